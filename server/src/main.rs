//! `ricochet-server`: the server with the games of this repository.

use std::process::ExitCode;

use arena::rules::World;
use server::games::game_with_page;

/// The arena's page, as `cargo xtask web` has packed it.
static PAGE: server::games::PackedPage = include!(concat!(env!("OUT_DIR"), "/page.rs"));

fn main() -> ExitCode {
    server::main(&[game_with_page::<World>(&PAGE)])
}
