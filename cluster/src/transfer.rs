//! A planned move, seen by the room's present owner: a failover without the silence.
//!
//! Players open their links to the new owner before the room goes there, so the gap is the claim and nothing else. The seal makes
//! sure that both owners never tick at the same time: the old one makes tick T, says so, and makes no other until it has written the record
//! again. That write is what makes a late claim fail.
//!
//! ```text
//! state      event                                     next       what follows
//! Idle       move to X                                 Placing    X becomes the standby
//! Placing    X is within three ticks                   Opening    players open links to X and wait there
//! Placing    5 s                                       Idle       failed: "behind"
//! Opening    as many links wait at X as play, or 1 s   Sealing    the shard stops after its present tick
//! Sealing    stopped after T                           Sealed     the last ticks of the feed, then "sealed at T", repeated each 50 ms
//! Sealed     record: X owns the room, epoch + 1        Idle       players who are left get `moved`
//! Sealed     300 ms                                    Unsealing  write the record again, by compare-and-set; ask X
//! Unsealing  written, or X does not claim              Idle       tick on; failed: "no claim"
//! Unsealing  record: X owns the room                   Idle       as above
//! any        X is gone, or not the standby any more    Idle, or Unsealing once sealed
//! ```

use std::time::Duration;

use crate::id::{NodeId, Tick};

/// Where a move is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Transfer {
    #[default]
    Idle,
    Placing {
        to: NodeId,
        until: Duration,
    },
    Opening {
        to: NodeId,
        until: Duration,
        links: u16,
    },
    Sealing {
        to: NodeId,
    },
    Sealed {
        to: NodeId,
        last: Tick,
        until: Duration,
        repeat: Duration,
    },
    Unsealing {
        to: NodeId,
        next_ask: Duration,
    },
}

impl Transfer {
    pub(crate) fn is_idle(self) -> bool {
        self == Self::Idle
    }

    /// Where the room goes.
    pub(crate) fn to(self) -> Option<NodeId> {
        match self {
            Self::Idle => None,
            Self::Placing { to, .. }
            | Self::Opening { to, .. }
            | Self::Sealing { to }
            | Self::Sealed { to, .. }
            | Self::Unsealing { to, .. } => Some(to),
        }
    }

    /// True if the shard makes no tick.
    pub(crate) fn is_sealed(self) -> bool {
        matches!(self, Self::Sealing { .. } | Self::Sealed { .. } | Self::Unsealing { .. })
    }

    pub(crate) fn deadline(self) -> Option<Duration> {
        match self {
            Self::Idle | Self::Sealing { .. } => None,
            Self::Placing { until, .. } | Self::Opening { until, .. } => Some(until),
            Self::Sealed { until, repeat, .. } => Some(until.min(repeat)),
            Self::Unsealing { next_ask, .. } => Some(next_ask),
        }
    }
}
