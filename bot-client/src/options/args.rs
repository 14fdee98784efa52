//! The command line of a plain run.

use clap::Parser;

use crate::{
    options::{
        attack_kind::AttackKind,
        behavior::BehaviorKind,
        common::CommonArgs,
        cut::Cut,
        hostile_share::HostileShare,
        number::seconds,
        output::OutputArgs,
        stall::Stall,
        transport::{Transport, TransportChoice},
    },
    slo::Objectives,
};

/// Connects bots to a Ricochet server. They play, check the states they receive, and report.
///
/// Exit code 0: all bots joined, none was dropped, no state was wrong, every objective was kept. 1: one of these
/// failed. 2: bad usage.
#[derive(Parser, Clone, Debug)]
#[command(name = "ricochet-bots", version)]
pub(crate) struct Args {
    /// Number of bots
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) bots: u32,
    /// Seconds to measure, once all bots have joined
    #[arg(long, default_value_t = 20.0, value_parser = seconds)]
    pub(crate) seconds: f64,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Show no progress
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Cut each bot's link every EVERY seconds without a close; it comes back DOWN seconds later (0), over the same
    /// transport or over `quic`, `ws`, `wt` or `next`
    #[arg(long, value_name = "EVERY[:DOWN[:TRANSPORT]]", value_parser = Cut::parse)]
    pub(crate) cut: Option<Cut>,
    /// Let PERCENT of the bots stop reading, AT seconds into the measurement, for SECS seconds
    #[arg(long, value_name = "PERCENT:AT:SECS")]
    pub(crate) stall: Option<Stall>,
    /// Let PERCENT of the bots break the rules, each in another way or all by this ATTACK; they are spread evenly. The
    /// report lists them separately, and their disconnects are not failures
    #[arg(long, value_name = "PERCENT[:ATTACK]")]
    pub(crate) hostile: Option<HostileShare>,
    /// Objectives, such as 'tick_p99_ms<10,state_mismatches=0': figures of the report, with <, <=, >, >= or =
    #[arg(long, value_name = "OBJECTIVES")]
    pub(crate) slo: Option<Objectives>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

impl Args {
    /// True if a driver thread shared by many bots drives the bot with this number. Hostile bots are tasks, because
    /// drivers would not send their messages.
    pub(crate) fn is_driven(&self, number: u32) -> bool {
        !self.common.stock && self.common.transport.of(number) != Transport::Wt && self.attack_of(number).is_none()
    }

    /// True if some fair bots are tasks.
    pub(crate) fn has_tasks(&self) -> bool {
        let CommonArgs { stock, transport, ref server, .. } = self.common;
        // The server's description names the address of its WebSockets, which use TLS if its page does.
        let within_tls = server.starts_with("https:") && transport != TransportChoice::Quic;
        stock || within_tls || matches!(transport, TransportChoice::Wt | TransportChoice::Mix)
    }

    /// The attack of the bot with this number, `None` if it plays fair.
    pub(crate) fn attack_of(&self, number: u32) -> Option<AttackKind> {
        let seed = self.common.seed;
        match self.common.behavior {
            BehaviorKind::Hostile(attack) => Some(attack.unwrap_or_else(|| AttackKind::in_turn(number, seed))),
            BehaviorKind::Plays(_) => self.hostile?.attack_of(number, seed),
        }
    }

    /// Numbers of the bots that play fair.
    pub(crate) fn fair(&self) -> impl Iterator<Item = u32> {
        (0..self.bots).filter(|&number| self.attack_of(number).is_none())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Args, clap::Error> {
        Args::try_parse_from(std::iter::once("ricochet-bots").chain(line.split_whitespace()))
    }

    #[test]
    fn command_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn documented_command_line_is_taken() {
        let args = parse(
            "--server http://127.0.0.1:8080 --bots 200 --transport mix --behavior fight --seconds 20 --ramp 200 \
             --seed 1 --json out.json --ops http://127.0.0.1:9090 --delay-ms 60 --jitter-ms 15 --loss-percent 5 \
             --duplicate-percent 2 --reorder-percent 2",
        )
        .unwrap();
        assert_eq!(
            (args.bots, args.common.transport, args.common.behavior),
            (200, TransportChoice::Mix, BehaviorKind::Plays("fight".to_owned()))
        );
        assert_eq!(args.common.conditions.config().loss, 0.05);
    }

    #[test]
    fn nonsense_is_bad_usage() {
        for line in ["--bots 0", "--loss-percent 101", "--transport udp", "--server 127.0.0.1", "--seconds -1"] {
            let error = parse(line).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn hostile_bots_are_a_share_or_all_of_them() {
        let args = parse("--bots 100 --hostile 10%:late").unwrap();
        assert_eq!((args.fair().count(), args.attack_of(0), args.attack_of(9)), (90, None, Some(AttackKind::Late)));
        let args = parse("--bots 13 --behavior hostile --seed 5").unwrap();
        assert_eq!((args.fair().count(), args.attack_of(3)), (0, Some(AttackKind::in_turn(3, 5))));
        let args = parse("--behavior hostile:deaf").unwrap();
        assert!((0..16).all(|number| args.attack_of(number) == Some(AttackKind::Deaf)));
        let error = parse("--behavior hostile:loud").unwrap_err().to_string();
        assert!(error.contains("deaf"), "{error}");
    }
}
