//! The command line of a plain run.

use clap::{Parser, ValueEnum};
use serde::Serialize;

use crate::{
    behavior::BehaviorKind,
    common_args::CommonArgs,
    hostile::{self, Foul},
    output::OutputArgs,
    slo::Objectives,
    stall::Stall,
};

/// Brings bots into a Ricochet server, has them play and verify what they are shown, and reports.
///
/// Exit code 0: all joined, none was dropped, no state was wrong, every objective was kept. 1: something of that failed. 2: bad usage.
#[derive(Parser, Clone, Debug)]
#[command(name = "ricochet-bots", version)]
pub(crate) struct Args {
    /// Players to bring
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) bots: u32,
    /// Seconds to measure, once all have joined
    #[arg(long, default_value_t = 20.0, value_parser = seconds)]
    pub(crate) seconds: f64,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Show nothing while it runs
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Let go of each bot's link every so many seconds without a word, come back after so many more (0), over the same
    /// transport or `quic`, `ws`, `wt` or `next`
    #[arg(long, value_name = "EVERY[:DOWN[:TRANSPORT]]", value_parser = Cut::parse)]
    pub(crate) cut: Option<Cut>,
    /// Some bots stop reading in the middle of it: PERCENT of them, AT seconds into the measurement, for SECS
    #[arg(long, value_name = "PERCENT:AT:SECS")]
    pub(crate) stall: Option<Stall>,
    /// Some bots break the rules, spread evenly among the others: PERCENT of them, each in another way or all by this FOUL.
    /// They are told apart, and what becomes of them is no failure
    #[arg(long, value_name = "PERCENT[:FOUL]")]
    pub(crate) hostile: Option<hostile::Share>,
    /// What must hold, such as 'tick_p99_ms<10,state_mismatches=0': figures of the report, with <, <=, >, >= or =
    #[arg(long, value_name = "OBJECTIVES")]
    pub(crate) slo: Option<Objectives>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

impl Args {
    /// Whether the bot with this number shall be driven by a thread of many. Those that break rules are tasks: what they send no
    /// driver would.
    pub(crate) fn is_driven(&self, number: u32) -> bool {
        !self.common.stock && self.common.transport.carrier(number) != Carrier::Wt && self.foul_of(number).is_none()
    }

    /// Whether bots that play are tasks.
    pub(crate) fn has_tasks(&self) -> bool {
        let CommonArgs { stock, transport, ref server, .. } = self.common;
        // The server says where its WebSockets are: within TLS if its page is.
        let within_tls = server.starts_with("https:") && transport != Transport::Quic;
        stock || within_tls || matches!(transport, Transport::Wt | Transport::Mix)
    }

    /// What the bot with this number does wrong, if it is hostile.
    pub(crate) fn foul_of(&self, number: u32) -> Option<Foul> {
        let seed = self.common.seed;
        match self.common.behavior {
            BehaviorKind::Hostile(foul) => Some(foul.unwrap_or_else(|| Foul::in_turn(number, seed))),
            BehaviorKind::Plays(_) => self.hostile?.foul_of(number, seed),
        }
    }

    /// The numbers of the bots that play fair.
    pub(crate) fn fair(&self) -> impl Iterator<Item = u32> {
        (0..self.bots).filter(|&number| self.foul_of(number).is_none())
    }
}

/// Links that are cut on purpose.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub(crate) struct Cut {
    /// Seconds from the start of the measurement, and from each return, to the next cut.
    pub(crate) every: f64,
    /// Seconds until a bot tries to come back.
    pub(crate) down: f64,
    /// Over what it comes back.
    pub(crate) back_over: BackOver,
}

/// What a bot comes back over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BackOver {
    /// What it was on.
    Same,
    /// The next of the three.
    Next,
    /// This one.
    Carrier(Carrier),
}

impl Cut {
    fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split(':');
        let every = number(parts.next().unwrap_or_default(), 0.1, 100_000.0)?;
        let down = parts.next().map_or(Ok(0.0), |down| number(down, 0.0, 3_600.0))?;
        let back_over = match parts.next() {
            None => BackOver::Same,
            Some("next") => BackOver::Next,
            Some(name) => BackOver::Carrier(
                Carrier::ALL
                    .into_iter()
                    .find(|carrier| carrier.label() == name)
                    .ok_or("a transport is quic, ws, wt or next")?,
            ),
        };
        if parts.next().is_some() {
            Err("at most EVERY:DOWN:TRANSPORT".into())
        } else {
            Ok(Self { every, down, back_over })
        }
    }
}

impl BackOver {
    /// What a bot that was on `carrier` comes back over.
    pub(crate) const fn after(self, carrier: Carrier) -> Carrier {
        match self {
            Self::Same => carrier,
            Self::Next => Carrier::ALL[(carrier.index() + 1) % Carrier::ALL.len()],
            Self::Carrier(carrier) => carrier,
        }
    }
}

/// How bots connect.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Transport {
    /// All over QUIC.
    Quic,
    /// All over WebSocket.
    Ws,
    /// All over WebTransport.
    Wt,
    /// A third over each.
    Mix,
}

/// What one bot connects over.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Carrier {
    /// QUIC.
    Quic,
    /// WebSocket.
    Ws,
    /// WebTransport.
    Wt,
}

impl Transport {
    /// What the bot with this number connects over.
    pub(crate) const fn carrier(self, number: u32) -> Carrier {
        match self {
            Self::Quic => Carrier::Quic,
            Self::Ws => Carrier::Ws,
            Self::Wt => Carrier::Wt,
            Self::Mix => Carrier::ALL[number as usize % Carrier::ALL.len()],
        }
    }
}

impl Carrier {
    /// All of them, in the order of their index.
    pub(crate) const ALL: [Self; 3] = [Self::Quic, Self::Ws, Self::Wt];

    /// Position in tables.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// The same as the client library calls it.
    pub(crate) const fn native(self) -> client::native::Carrier {
        match self {
            Self::Quic => client::native::Carrier::Quic,
            Self::Ws => client::native::Carrier::WebSocket,
            Self::Wt => client::native::Carrier::WebTransport,
        }
    }

    /// As the command line and the report call it.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Quic => "quic",
            Self::Ws => "ws",
            Self::Wt => "wt",
        }
    }
}

/// So many percent of all bots, spread evenly: the place of the bot with this number among them, if it is one.
pub(crate) fn place_in_share(percent: u32, number: u32) -> Option<u32> {
    let before = |number: u64| number * u64::from(percent) / 100;
    let place = before(number.into());
    (place != before(u64::from(number) + 1)).then_some(place as u32)
}

pub(crate) fn number(text: &str, low: f64, high: f64) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "must be a number".to_owned())?;
    if (low..=high).contains(&value) { Ok(value) } else { Err(format!("must be {low} to {high}")) }
}

pub(crate) fn seconds(text: &str) -> Result<f64, String> {
    number(text, 0.1, 1_000_000.0)
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
            (200, Transport::Mix, BehaviorKind::Plays("fight".to_owned()))
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
    fn cut_is_told_by_one_to_three_parts() {
        let cut = |line: &str| parse(&format!("--cut {line}")).map(|args| args.cut.unwrap());
        assert_eq!(cut("20").unwrap(), Cut { every: 20.0, down: 0.0, back_over: BackOver::Same });
        assert_eq!(cut("20:10").unwrap().down, 10.0);
        assert_eq!(cut("5:0:ws").unwrap().back_over, BackOver::Carrier(Carrier::Ws));
        assert_eq!(cut("5:0.5:next").unwrap().back_over.after(Carrier::Wt), Carrier::Quic);
        for line in ["", "0", "5:-1", "5:1:tcp", "5:1:ws:9"] {
            assert_eq!(cut(line).unwrap_err().exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn hostile_bots_are_a_share_or_all_of_them() {
        let args = parse("--bots 100 --hostile 10%:late").unwrap();
        assert_eq!((args.fair().count(), args.foul_of(0), args.foul_of(9)), (90, None, Some(Foul::Late)));
        let args = parse("--bots 13 --behavior hostile --seed 5").unwrap();
        assert_eq!((args.fair().count(), args.foul_of(3)), (0, Some(Foul::in_turn(3, 5))));
        let args = parse("--behavior hostile:deaf").unwrap();
        assert!((0..16).all(|number| args.foul_of(number) == Some(Foul::Deaf)));
        let error = parse("--behavior hostile:loud").unwrap_err().to_string();
        assert!(error.contains("deaf"), "{error}");
    }

    #[test]
    fn mix_takes_turns() {
        for carrier in Carrier::ALL {
            assert_eq!((0..300).filter(|&number| Transport::Mix.carrier(number) == carrier).count(), 100);
        }
    }
}
