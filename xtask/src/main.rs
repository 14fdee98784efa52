//! Ricochet's commands, run as `cargo xtask COMMAND`.
//!
//! `test` is what CI runs, `check` its quick part; `bench` measures the server beside raw sockets.

mod ci;
mod machine;
mod process;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "Ricochet's commands")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything CI runs: format, lints, rules, tests, the wasm build, documents, dependencies
    Test {
        /// Only format, lints, rules and tests
        #[arg(long)]
        fast: bool,
    },
    /// The quick part of `test`: format, lints, rules and tests
    Check,
    /// The project's own rules, which no other tool knows
    Tidy,
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let outcome = match command {
        Command::Test { fast } => ci::run(fast),
        Command::Check => ci::run(true),
        Command::Tidy => tidy::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
