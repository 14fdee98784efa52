//! `cargo xtask dev --game NAME`: a game of this repository, changed while it is played. The crate `dev` does it.

use ::dev::Project;
use anyhow::Result;
use clap::Args;

use crate::workspace;

#[derive(Args)]
pub(crate) struct Options {
    /// The game
    #[arg(long, value_name = "NAME", default_value = "arena")]
    game: String,
    #[command(flatten)]
    options: ::dev::Options,
}

/// Serves it until a signal comes.
///
/// # Errors
/// There is no such game, folders cannot be made or watched, or no port is free.
pub(crate) fn run(Options { game, options }: &Options) -> Result<()> {
    ::dev::run(Project::of_engine(workspace::root(), game)?, options)
}
