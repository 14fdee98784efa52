//! Changes a game while it is played: `cargo xtask dev --game NAME` in this repository, `cargo dev` in a game of one's own.
//!
//! ```text
//!                 saved                     Build                       Stop, Start
//! sources ──> watcher ──> Cycle (the core) ──────> cargo, web-packer    ────────────> server --dev-page FOLDER --state STATE
//!                              │  Publish                                                 ^ /dev.json
//!                              └────────> FOLDER/page, FOLDER/dev.json                    │
//!                                                                     the page's dev.js ──┘ loads the page again, shows errors
//! ```
//!
//! The server keeps its matches and sessions in a state directory: it is ended by SIGTERM, which saves them, and the next one goes on with
//! them. A change of the page alone needs neither cargo nor another server.
//!
//! [`Cycle`] decides and does no I/O. Everything else is thin: [`Sources`] says which file means what, the rest runs programs.

mod addresses;
mod builder;
mod cargo;
mod cycle;
mod event;
mod folder;
mod project;
mod run;
mod server;
mod sources;
mod watcher;

use std::{path::Path, process::ExitCode};

use clap::Parser;

pub use self::{
    addresses::Addresses,
    cycle::{Built, Command, Cycle, Scope},
    project::Project,
    run::run,
    sources::{Part, Sources},
};

/// Flags of the command line.
#[derive(clap::Args, Clone, Debug)]
// Groups have the names of types, and other commands have options too.
#[group(skip)]
pub struct Options {
    #[command(flatten)]
    addresses: Addresses,
    /// Flags for the server, behind `--`: `-- --fill 4 --room-size 8`
    #[arg(last = true, value_name = "FLAGS")]
    server: Vec<String>,
}

#[derive(Parser)]
#[command(
    bin_name = "cargo dev",
    about = "Serves the game, and builds and serves it again whenever its sources change: players go on where they are"
)]
struct Line {
    #[command(flatten)]
    options: Options,
}

/// All of `cargo dev` in a game of one's own, whose workspace lies in `root`.
pub fn main(root: impl AsRef<Path>) -> ExitCode {
    let Line { options } = Line::parse();
    match Project::of_workspace(root.as_ref()).and_then(|project| run(project, &options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
