//! What bots connect over.

use clap::ValueEnum;
use serde::Serialize;

/// How bots connect.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TransportChoice {
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
pub(crate) enum Transport {
    /// QUIC.
    Quic,
    /// WebSocket.
    Ws,
    /// WebTransport.
    Wt,
}

impl TransportChoice {
    /// What the bot with this number connects over.
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
