//! Ricochet's commands, run as `cargo xtask COMMAND`.
//!
//! `test` is what CI runs, `check` its quick part; `bench` measures the server next to raw sockets.

mod bench;
mod ci;
mod cluster_swarm;
mod count_lines;
mod dev;
mod fuzz;
mod house;
mod instructions;
mod live_server;
#[cfg(target_os = "linux")]
mod loss;
mod machine;
mod new_game;
mod npm;
mod outage;
mod overload;
mod played;
mod process;
mod siege;
mod soak;
mod source;
mod swarm;
mod tidy;
mod wasm;
mod web;
mod wire_vectors;
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
    /// Everything CI runs: format, lints, rules, tests, the page in Chromium, the wasm build, documents, dependencies
    Test {
        /// Only format, lints, rules and tests
        #[arg(long)]
        fast: bool,
        /// Only the step of this name
        #[arg(long, value_name = "STEP")]
        only: Option<String>,
    },
    /// The quick part of `test`: format, lints, rules and tests
    Check,
    /// The project's own rules, which no other tool knows
    Tidy,
    /// How the sources are built and how they read, in tables: modules, cycles, lengths, names, words
    House(house::Options),
    /// Measures the figures of docs/performance.md: the server next to raw sockets
    Bench(bench::Options),
    /// Counts the instructions of the hot paths under callgrind and compares them with the committed baseline
    Instructions(instructions::Options),
    /// Floods a real server while bots play on it, and shows what they notice
    Siege(siege::Options),
    /// The effect of packet loss on each transport: snapshot gaps and input to effect, across real sockets
    #[cfg(target_os = "linux")]
    Loss(loss::Options),
    /// Kills a server under playing bots, and ends one in order: what the next one brings back
    Outage(outage::Options),
    /// Pushes a server to more than it can do while bots play on it: rungs, a kick, recovery, SIGTERM
    Overload(overload::Options),
    /// Random games on bad networks, by seed: every view must equal the truth in the end
    Swarm(swarm::Options),
    /// Random clusters with random faults, by seed: who owns which room, checked after every step
    ClusterSwarm(cluster_swarm::Options),
    /// Half an hour of players who come and go: what they leave behind must go with them
    Soak(soak::Options),
    /// Runs fuzz targets under libFuzzer
    Fuzz(fuzz::Options),
    /// Builds the pages that the server embeds, assets/web
    Web(web::Options),
    /// Makes packages of npm for pages in TypeScript: the engine's half, and a game's modules with their types
    Npm(npm::Options),
    /// Makes a game of your own: a copy of games/template in a folder of its own
    NewGame(new_game::Options),
    /// Serves a game, and builds and serves it again whenever its sources change: players go on where they are
    Dev(dev::Options),
    /// Counts lines of Rust and of JavaScript without comments, blank lines and tests
    CountLines(count_lines::Options),
    /// Writes the wire vectors of the engine and of the arena, and what the documents show of them
    WireVectors,
    /// One end of a raw-socket loop of the bench
    #[command(hide = true)]
    Floor(bench::floor::End),
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let outcome = match command {
        Command::Test { fast, only } => ci::run(fast, only.as_deref()),
        Command::Check => ci::run(true, None),
        Command::Tidy => tidy::run(),
        Command::House(options) => house::run(&options),
        Command::Bench(options) => bench::measure(&options),
        Command::Instructions(options) => instructions::run(&options),
        Command::Siege(options) => siege::siege(&options),
        #[cfg(target_os = "linux")]
        Command::Loss(options) => loss::loss(&options),
        Command::Outage(options) => outage::outage(&options),
        Command::Overload(options) => overload::overload(&options),
        Command::Swarm(options) => swarm::run(&options),
        Command::ClusterSwarm(options) => cluster_swarm::run(&options),
        Command::Soak(options) => soak::run(&options),
        Command::Fuzz(options) => fuzz::fuzz(&options),
        Command::Web(options) => web::web(&options),
        Command::Npm(options) => npm::npm(&options),
        Command::NewGame(options) => new_game::run(&options),
        Command::Dev(options) => dev::run(&options),
        Command::CountLines(options) => count_lines::run(&options),
        Command::WireVectors => wire_vectors::write(),
        Command::Floor(end) => bench::floor::run_end(&end),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn command_line_has_no_fault() {
        Arguments::command().debug_assert();
    }
}
