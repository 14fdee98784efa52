//! An owner that stood still asks whether it still owns its room.
//!
//! ```text
//! state   event                                             next    what follows
//! Sure    stood still                                       Asking  read the record; ask the standby directly
//! Asking  stood still                                       Asking  the same again: earlier answers count for nothing
//! Asking  record: mine, in my epoch                         Sure    the shard may tick
//! Asking  standby: I follow you in this epoch, and claim nothing
//!                                                           Sure    the same: only the standby could have claimed
//! Asking  record: another owner                             (the room is not mine)
//! Asking  record: none                                      Asking  register again, in the next epoch
//! Asking  no answer within 100 ms of the last one           Asking  ask again
//! ```
//! Two ways to the answer, so that a room goes on after a hiccup also while the broker is away.

use std::time::Duration;

use crate::id::RequestId;

/// True if an owner is in doubt.
#[derive(Debug, Default)]
pub(crate) struct Doubt {
    asking: Option<Asking>,
    /// The shard's question, that its answer must name.
    pub(crate) question: Option<u64>,
}

#[derive(Debug)]
struct Asking {
    read: Option<RequestId>,
    standing: Option<RequestId>,
    again: Duration,
}

impl Doubt {
    pub(crate) fn is_sure(&self) -> bool {
        self.asking.is_none()
    }

    /// Asks, with these requests, and again at that time if neither is answered.
    pub(crate) fn ask(&mut self, read: RequestId, standing: Option<RequestId>, again: Duration) {
        self.asking = Some(Asking { read: Some(read), standing, again });
    }

    /// True if this answers the newest question; it counts once.
    pub(crate) fn is_answer(&mut self, request: RequestId) -> bool {
        let Some(asking) = &mut self.asking else { return false };
        asking.read.take_if(|read| *read == request).is_some()
            || asking.standing.take_if(|standing| *standing == request).is_some()
    }

    /// True if it is time to ask again.
    pub(crate) fn is_due(&self, now: Duration) -> bool {
        self.asking.as_ref().is_some_and(|asking| now >= asking.again)
    }

    /// It still owns the room. Returns the shard's question.
    pub(crate) fn settle(&mut self) -> Option<u64> {
        self.asking = None;
        self.question.take()
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.asking.as_ref().map(|asking| asking.again)
    }
}
