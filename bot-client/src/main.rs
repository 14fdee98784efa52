//! `ricochet-bots` for the games of this repository.

use std::process::ExitCode;

use arena::rules::World;
use bot_client::BotGame;
use petri::Dish;

static GAMES: [BotGame; 2] = [BotGame::of::<World>(), BotGame::of::<Dish>()];

fn main() -> ExitCode {
    bot_client::main(&GAMES)
}
