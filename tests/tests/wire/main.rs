//! The wire's document and vectors against the code.
//!
//! `RICOCHET_TEST_WRITE_VECTORS=1 cargo test -p tests --test wire` writes `tests/data/wire/`, `games/*/tests/data/wire/` and the marked parts of
//! `docs/protocol.md` and `games/*/docs/protocol.md` again; without it they are compared, so that neither can part from the code unnoticed.
//! Modules at the top are of the engine and of the arena, which is the example in the engine's vectors; each other game has a module of its own.

mod client_view;
mod document;
mod fields;
mod flight;
mod grammar;
mod json;
mod messages;
mod petri;
mod read;
mod receiver;
mod records;
mod refused;
mod sequences;
mod terrain;
mod vectors;
