//! The server of `cargo xtask dev`. Its page is read from a folder (`--dev-page`).

use std::process::ExitCode;

use arena::rules::World;
use petri::Dish;
use server::games::{PackedPage, game_with_page};

/// In place of a page: the folder has it.
static NO_PAGE: PackedPage = PackedPage::new("", &[]);

fn main() -> ExitCode {
    server::main(&[game_with_page::<World>(&NO_PAGE), game_with_page::<Dish>(&NO_PAGE)])
}
