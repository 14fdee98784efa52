//! The wire, tested from outside: encoded values decode to the same values, the bytes are canonical MessagePack, and
//! invalid bytes are refused with a named error.

mod arbitrary;
mod entities;
mod oracle;
mod read;
mod refusals;
mod round_trip;
mod samples;
mod snapshots;
