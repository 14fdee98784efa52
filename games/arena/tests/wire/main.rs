//! The wire, seen from outside: what is written is read back, is canonical MessagePack, and what is wrong is refused
//! by name.

mod arbitrary;
mod entities;
mod oracle;
mod read;
mod refusals;
mod round_trip;
mod samples;
mod snapshots;
