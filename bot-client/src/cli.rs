//! The command line: a plain run, or one of the commands.

use clap::{CommandFactory, Parser, Subcommand, error::ErrorKind};

use crate::{args::Args, capacity::CapacityArgs, results::ResultsCommand};

/// Brings bots into a Ricochet server, has them play and verify what they are shown, and reports.
///
/// Exit code 0: all joined, none was dropped, no state was wrong, every objective was kept. 1: something of that failed. 2: bad usage.
#[derive(Parser, Clone, Debug)]
#[command(name = "ricochet-bots", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) run: Args,
}

/// What to do other than one plain run.
#[derive(Subcommand, Clone, Debug)]
pub(crate) enum Command {
    Capacity(Box<CapacityArgs>),
    #[command(flatten)]
    Results(ResultsCommand),
}

impl Cli {
    /// Ends the process as clap does for bad usage of this kind.
    pub(crate) fn refuse(why: &str) -> ! {
        Self::command().error(ErrorKind::ValueValidation, why).exit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn commands_are_consistent() {
        Cli::command().debug_assert();
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
