//! The wire's document and vectors against the code.
//!
//! `RICOCHET_TEST_WRITE_VECTORS=1 cargo test -p tests --test wire` writes `tests/data/wire/`, `games/arena/tests/data/wire/` and the marked parts of
//! `docs/protocol.md` and `games/arena/docs/protocol.md` anew; without it they are compared, so that neither can part from the code unnoticed.

mod client_view;
mod document;
mod fields;
mod flight;
mod grammar;
mod json;
mod messages;
mod read;
mod receiver;
mod records;
mod refused;
mod sequences;
mod terrain;
mod vectors;
