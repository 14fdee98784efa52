//! The command line: a plain run, or one of the commands.

mod results;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, builder::PossibleValuesParser, error::ErrorKind};

use crate::{
    capacity::CapacityArgs,
    cli::results::ResultsCommand,
    game::{BotGame, behaviors_help, games_help, versions},
    options::args::Args,
    report::command_line,
};

/// Connects bots to a Ricochet server. They play, check the states they receive, and report.
///
/// Exit code 0: all bots joined, none was dropped, no state was wrong, every objective was kept. 1: one of these
/// failed. 2: bad usage.
#[derive(Parser, Clone, Debug)]
#[command(name = "ricochet-bots", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) run: Args,
}

/// Commands besides a plain run.
#[derive(Subcommand, Clone, Debug)]
pub(crate) enum Command {
    Capacity(Box<CapacityArgs>),
    #[command(flatten)]
    Results(ResultsCommand),
}

impl Cli {
    /// Reads the command line of this process. Prints help or an error and exits if there is nothing to run.
    pub(crate) fn read(games: &[BotGame]) -> Self {
        Self::parsed(games, std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    fn parsed(
        games: &[BotGame],
        words: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<Self, clap::Error> {
        Self::from_arg_matches(&command(games).try_get_matches_from(words)?)
    }

    /// Exits like clap does for bad usage, with this message.
    pub(crate) fn refuse(why: &str) -> ! {
        Self::command().name(name()).error(ErrorKind::ValueValidation, why).exit()
    }
}

/// The command line with the names and behaviours of these games.
fn command(games: &[BotGame]) -> clap::Command {
    let with_games = |command: clap::Command| {
        let names = PossibleValuesParser::new(games.iter().map(|game| game.name));
        command
            .mut_arg("game", |arg| arg.value_parser(names).help(games_help(games)))
            .mut_arg("behavior", |arg| arg.help(behaviors_help(games)))
    };
    // A program with bots for other games has its own name.
    let whole = Cli::command().name(name()).long_version(leaked(versions(games)));
    with_games(whole).mut_subcommand("capacity", with_games)
}

/// Name of this program; clap needs it for as long as the process runs.
fn name() -> &'static str {
    leaked(command_line::program())
}

fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::tests::GAMES;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::parsed(&GAMES, line.split_whitespace())
    }

    #[test]
    fn commands_are_consistent() {
        command(&GAMES).debug_assert();
    }

    #[test]
    fn help_lists_the_games_and_the_behaviors_of_their_bots() {
        for line in ["ricochet-bots --help", "ricochet-bots capacity --help"] {
            let help = parse(line).unwrap_err().to_string();
            let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
            for part in [
                "Game that the bots play; one by default",
                "in one: fight (fight everybody), idle",
                "possible values: one, other",
                "late, early",
            ] {
                assert!(help.contains(part), "{part} is missing in {help}");
            }
        }
        assert_eq!(parse("ricochet-bots --game chess").unwrap_err().exit_code(), 2);
        assert_eq!(parse("ricochet-bots --game other").unwrap().run.common.game.as_deref(), Some("other"));
    }

    #[test]
    fn version_names_the_games() {
        let versions = parse("pond-bots --version").unwrap_err().to_string();
        assert!(versions.contains("games: one, version 3; other, version 3"), "{versions}");
    }

    #[test]
    fn plain_run_needs_no_command() {
        let cli = parse("ricochet-bots --bots 200 --slo tick_p99_ms<10 --report out --quiet").unwrap();
        assert!(cli.command.is_none() && cli.run.quiet);
        assert_eq!((cli.run.bots, cli.run.slo.unwrap().iter().count()), (200, 1));
    }

    #[test]
    fn command_takes_its_own_options_only() {
        let cli = parse("ricochet-bots capacity --slo joined>0 --max 64 --transport ws --delay-ms 5").unwrap();
        assert!(matches!(cli.command, Some(Command::Capacity(_))));
        let cli = parse("ricochet-bots compare a.json b.json").unwrap();
        let compares = matches!(cli.command, Some(Command::Results(ResultsCommand::Compare { report: None, .. })));
        assert!(compares);
        for line in [
            "ricochet-bots capacity --slo joined>0 --bots 5",
            "ricochet-bots --bots 5 capacity --slo joined>0",
            "ricochet-bots compare a.json",
            "ricochet-bots report a.json",
            "ricochet-bots --bots 3 compare a.json b.json",
            "ricochet-bots rapport a b",
        ] {
            assert_eq!(parse(line).unwrap_err().exit_code(), 2, "{line}");
        }
    }
}
