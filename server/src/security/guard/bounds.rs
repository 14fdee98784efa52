//! The limits of one address or one network, converted for fast look-up.

use super::limit::{Held, Paced};
use crate::{base::token_bucket::Rate, config::Limits};

/// The limits of one address or of one network.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Bounds {
    held: [u32; Held::ALL.len()],
    paced: [u32; Paced::ALL.len()],
    rates: [Rate; Paced::ALL.len()],
}

impl Bounds {
    /// From numbers in the orders of [`Held::ALL`] and [`Paced::ALL`].
    pub(super) fn new(held: [u32; Held::ALL.len()], paced: [u32; Paced::ALL.len()]) -> Self {
        let rates = Paced::ALL.map(|what| {
            let count = paced[what as usize].saturating_mul(what.parts());
            Rate::new(count, what.period(), count.saturating_mul(what.burst()))
        });
        Self { held, paced, rates }
    }

    /// The limits of one address, and those of one network.
    pub(super) fn of(limits: &Limits) -> [Self; 2] {
        let address = Self::new(
            [
                limits.connections_per_address,
                limits.half_open_per_address,
                limits.tickets_per_address,
                limits.players_per_address,
            ],
            [
                limits.new_connections_per_minute_per_address,
                limits.joins_per_minute_per_address,
                limits.handshakes_per_sec_per_address,
                limits.bytes_per_sec_per_address,
                limits.messages_per_sec_per_address,
                limits.requests_per_sec_per_address,
                limits.answer_bytes_per_sec_per_address,
            ],
        );
        let network = Self::new(
            [
                limits.connections_per_network,
                limits.half_open_per_network,
                limits.tickets_per_network,
                limits.players_per_network,
            ],
            [
                limits.new_connections_per_minute_per_network,
                limits.joins_per_minute_per_network,
                limits.handshakes_per_sec_per_network,
                limits.bytes_per_sec_per_network,
                limits.messages_per_sec_per_network,
                limits.requests_per_sec_per_network,
                limits.answer_bytes_per_sec_per_network,
            ],
        );
        [address, network]
    }

    pub(super) fn held(&self, what: Held) -> u32 {
        self.held[what as usize]
    }

    pub(super) fn paced(&self, what: Paced) -> u32 {
        self.paced[what as usize]
    }

    pub(super) fn rate(&self, what: Paced) -> Rate {
        self.rates[what as usize]
    }
}
