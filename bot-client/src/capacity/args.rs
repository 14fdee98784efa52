//! The command line of `ricochet-bots capacity`.

use super::search::{Bounds, Precision};
use crate::{
    options::{
        args::Args,
        behavior::BehaviorKind,
        common::CommonArgs,
        number::{number, seconds},
        output::OutputArgs,
    },
    slo::Objectives,
};

/// Finds how many players a server holds, and what breaks first: doubles the number until an objective breaks, then
/// halves the interval.
///
/// Exit code 0: a number was found. 1: no number of players kept the objectives, or nothing could be measured. 2: bad usage.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct CapacityArgs {
    /// Objectives, such as 'tick_p99_ms<10,state_mismatches=0': figures of the report, with <, <=, >, >= or =
    #[arg(long, value_name = "OBJECTIVES")]
    pub(crate) slo: Objectives,
    /// First number of players to try
    #[arg(long, default_value_t = 16, value_parser = players())]
    from: u32,
    /// Largest number of players to try
    #[arg(long, default_value_t = 10_000, value_parser = players())]
    max: u32,
    /// Precision of the result, in players or in percent
    #[arg(long, default_value = "5%", value_name = "PLAYERS|PERCENT%", value_parser = precision)]
    precision: Precision,
    /// Seconds to measure each number of players
    #[arg(long, default_value_t = 15.0, value_name = "SECS", value_parser = seconds)]
    pub(crate) hold: f64,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

impl CapacityArgs {
    /// The bounds of the search.
    ///
    /// # Errors
    /// The options contradict each other; the text says how.
    pub(crate) fn bounds(&self) -> Result<Bounds, String> {
        let Self { from, max, precision, .. } = *self;
        if let BehaviorKind::Hostile(_) = &self.common.behavior {
            return Err(format!("--behavior {}: capacity is measured with fair players only", self.common.behavior));
        }
        if from > max {
            return Err(format!("--from {from} is more than --max {max}"));
        }
        let of_server = self.slo.iter().find(|objective| objective.figure.is_of_server());
        match of_server.filter(|_| self.common.ops.is_none()) {
            Some(objective) => {
                Err(format!("{objective}: only the server has this figure, give its ops listener with --ops"))
            }
            None => Ok(Bounds { from, max, precision }),
        }
    }

    /// Arguments of the plain run that measures this many players once.
    pub(crate) fn run_of(&self, players: u32) -> Args {
        let Self { hold, common, .. } = self;
        Args {
            bots: players,
            seconds: *hold,
            output: OutputArgs::default(),
            quiet: false,
            cut: None,
            stall: None,
            hostile: None,
            slo: None,
            common: common.clone(),
        }
    }
}

fn players() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=100_000)
}

fn precision(text: &str) -> Result<Precision, String> {
    match text.strip_suffix('%') {
        Some(percent) => number(percent, 0.1, 50.0).map(Precision::Percent),
        None => {
            let players = text.parse().ok().filter(|&players| players > 0);
            players
                .map(Precision::Players)
                .ok_or_else(|| "must be a number of players or a percentage such as 5%".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser, Debug)]
    struct Command {
        #[command(flatten)]
        args: CapacityArgs,
    }

    fn parse(line: &str) -> Result<CapacityArgs, clap::Error> {
        let words = std::iter::once("capacity").chain(line.split_whitespace());
        Command::try_parse_from(words).map(|command| command.args)
    }

    #[test]
    fn what_is_not_asked_has_its_default_and_a_run_has_the_common_options() {
        let args = parse("--slo joined>0 --transport ws --hold 2").unwrap();
        assert_eq!(args.bounds(), Ok(Bounds { from: 16, max: 10_000, precision: Precision::Percent(5.0) }));
        let run = args.run_of(7);
        assert_eq!(
            (run.bots, run.seconds, run.common.transport),
            (7, 2.0, crate::options::transport::TransportChoice::Ws)
        );
    }

    #[test]
    fn precision_is_players_or_percent() {
        assert_eq!(precision("16"), Ok(Precision::Players(16)));
        assert_eq!(precision("2.5%"), Ok(Precision::Percent(2.5)));
        for text in ["", "0", "-1", "5 %", "%", "0%", "51%", "x"] {
            assert!(precision(text).is_err(), "{text}");
        }
    }

    #[test]
    fn options_that_do_not_fit_each_other_are_refused_in_words() {
        let refused = |line: &str| parse(line).unwrap().bounds().unwrap_err();
        assert!(refused("--slo joined>0 --from 9 --max 8").contains("--max 8"));
        assert!(refused("--slo joined>0 --behavior hostile:late").contains("hostile:late"));
        assert!(refused("--slo joined>0,tick_p99_ms<10").starts_with("tick_p99_ms<10"));
        assert!(parse("--slo joined>0,tick_p99_ms<10 --ops http://127.0.0.1:9090").unwrap().bounds().is_ok());
        assert!(parse("--from 9").is_err(), "objectives are required");
    }
}
