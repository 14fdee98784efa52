//! The transports of bots.

use clap::ValueEnum;
use serde::Serialize;

/// Transports of the bots of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TransportChoice {
    /// All bots use QUIC.
    Quic,
    /// All bots use WebSocket.
    Ws,
    /// All bots use WebTransport.
    Wt,
    /// A third of the bots uses each.
    Mix,
}

/// Transport of one bot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Transport {
    /// QUIC.
    Quic,
    /// WebSocket.
    Ws,
    /// WebTransport.
    Wt,
}

impl TransportChoice {
    /// Transport of the bot with this number.
    pub(crate) const fn of(self, number: u32) -> Transport {
        match self {
            Self::Quic => Transport::Quic,
            Self::Ws => Transport::Ws,
            Self::Wt => Transport::Wt,
            Self::Mix => Transport::ALL[number as usize % Transport::ALL.len()],
        }
    }
}

impl Transport {
    /// All of them, in the order of their index.
    pub(crate) const ALL: [Self; 3] = [Self::Quic, Self::Ws, Self::Wt];

    /// Position in tables.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// The name that the client library has for it.
    pub(crate) const fn native(self) -> client::native::Carrier {
        match self {
            Self::Quic => client::native::Carrier::Quic,
            Self::Ws => client::native::Carrier::WebSocket,
            Self::Wt => client::native::Carrier::WebTransport,
        }
    }

    /// The name on the command line and in the report.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Quic => "quic",
            Self::Ws => "ws",
            Self::Wt => "wt",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mix_takes_turns() {
        for transport in Transport::ALL {
            assert_eq!((0..300).filter(|&number| TransportChoice::Mix.of(number) == transport).count(), 100);
        }
    }
}
