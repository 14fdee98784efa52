//! `ricochet-bots`: brings headless players into a server, has them play and verify what they are shown, and reports.

use std::process::ExitCode;

use arena::rules::World;
use bot_client::BotGame;

static GAMES: [BotGame; 1] = [BotGame::of::<World>()];

fn main() -> ExitCode {
    bot_client::main(&GAMES)
}
