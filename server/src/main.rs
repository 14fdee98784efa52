//! `ricochet-server`: the server with the games of this repository.

use std::process::ExitCode;

use arena::rules::World;
use petri::Dish;
use server::games::game_with_page;

/// The games' pages, as packed by `cargo xtask web`.
static ARENA_PAGE: server::games::PackedPage = include!(concat!(env!("OUT_DIR"), "/arena.rs"));
static PETRI_PAGE: server::games::PackedPage = include!(concat!(env!("OUT_DIR"), "/petri.rs"));

fn main() -> ExitCode {
    server::main(&[game_with_page::<World>(&ARENA_PAGE), game_with_page::<Dish>(&PETRI_PAGE)])
}
