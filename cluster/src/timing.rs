//! Every duration of the protocol in one value.

use std::time::Duration;

/// How long the protocol waits for what. The defaults are the budget of a failover: 150 ms of silence, 50 ms for a direct request, and
/// the claim.
#[derive(Clone, Debug)]
pub struct Timing {
    /// Silence of the feed after which a standby asks the owner. At least three ticks of the room in any case.
    pub silence: Duration,
    /// How long a direct request may take.
    pub direct: Duration,
    /// How long a fetch of a checkpoint may take.
    pub fetch: Duration,
    /// How long a request to the key-value store may take; then its outcome is unknown.
    pub kv: Duration,
    /// Pause before something is tried again that failed.
    pub retry: Duration,
    /// How long a node may stand still before it asks for the epoch of a room that has a standby.
    pub pause: Duration,
    /// The same for a room without a standby. A node with an old copy claims such a room after `spare`, which is longer.
    pub pause_alone: Duration,
    /// Longest time between two polls. Well below `pause`, so that only a node that really stood still is in doubt.
    pub heartbeat: Duration,
    /// How long ticks of several rooms wait for each other, to share one message of the feed.
    pub feed_batch: Duration,
    /// How often a standby says how far it is.
    pub ack: Duration,
    /// Silence of a standby after which its owner chooses another one.
    pub standby_silence: Duration,
    /// How long a gap in the feed may close by itself, by messages that overtook each other, before its ticks are fetched.
    pub gap: Duration,
    /// How long a standby that lags waits for the owner, once it is suspected, before it claims with an old copy.
    pub stale: Duration,
    /// How long owner and standby must be silent before a node with an old copy that is not the standby claims.
    pub spare: Duration,
    /// How often such a node asks.
    pub spare_ask: Duration,
    /// How long such a node keeps its copy while the room is owned by another.
    pub spare_keep: Duration,
    /// How long the record of a room that has ended is kept. An owner that is cut off for longer ends the room when it comes back.
    pub ended: Duration,
    /// How long a room has no living owner before its record is removed.
    pub orphan: Duration,
    /// How often a node renews its record.
    pub renew: Duration,
    /// How long a node's record lives without renewal.
    pub node_ttl: Duration,
    /// How often a node announces its load.
    pub load: Duration,
    /// How long a standby that does not own the room keeps a player's link waiting.
    pub hold_link: Duration,
    /// How long a seat is kept for a player that has a ticket and does not come.
    pub reservation: Duration,
    /// How long a move may wait until the new owner has caught up.
    pub move_follow: Duration,
    /// How long players have to open their links to the new owner.
    pub move_links: Duration,
    /// How long a sealed room waits for its new owner's claim before it plays on.
    pub sealed: Duration,
    /// How long a join may take.
    pub join: Duration,
    /// Least time between two writes of a room's seats.
    pub seats: Duration,
    /// How often an owner reads its room's seats, to find reservations whose time has passed.
    pub seats_read: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        let ms = Duration::from_millis;
        Self {
            silence: ms(150),
            direct: ms(50),
            fetch: ms(1_000),
            kv: ms(250),
            retry: ms(100),
            pause: ms(100),
            pause_alone: ms(1_000),
            heartbeat: ms(25),
            feed_batch: ms(5),
            ack: ms(250),
            standby_silence: ms(2_000),
            gap: ms(30),
            stale: ms(1_000),
            spare: ms(3_000),
            spare_ask: ms(250),
            spare_keep: ms(30_000),
            ended: ms(600_000),
            orphan: ms(15_000),
            renew: ms(2_000),
            node_ttl: ms(5_000),
            load: ms(1_000),
            hold_link: ms(1_000),
            reservation: ms(10_000),
            move_follow: ms(5_000),
            move_links: ms(1_000),
            sealed: ms(300),
            join: ms(3_000),
            seats: ms(50),
            seats_read: ms(4_000),
        }
    }
}

impl Timing {
    /// Relations between the durations without which the protocol is unsafe or works against itself.
    ///
    /// # Errors
    /// The first relation that does not hold, in words.
    pub fn check(&self) -> Result<(), &'static str> {
        let rules = [
            (self.heartbeat * 2 < self.pause, "heartbeat must be less than half of pause"),
            (
                self.pause < self.silence,
                "pause must be shorter than silence: an owner is in doubt before its standby is",
            ),
            (self.pause_alone * 2 < self.spare, "pause_alone must be less than half of spare"),
            (self.renew * 2 < self.node_ttl, "renew must be less than half of node_ttl"),
            (self.node_ttl * 2 < self.orphan, "orphan must be longer than twice node_ttl"),
            (self.spare + self.node_ttl < self.orphan, "orphan must be longer than spare and node_ttl together"),
            (self.ack * 4 <= self.standby_silence, "standby_silence must be at least four times ack"),
            (self.direct < self.hold_link, "direct must be shorter than hold_link"),
        ];
        rules.iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, rule)| Err(rule))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_fit_together() {
        assert_eq!(Timing::default().check(), Ok(()));
    }

    #[test]
    fn owner_that_doubts_later_than_its_standby_is_refused() {
        let timing = Timing { pause: Duration::from_millis(150), ..Timing::default() };
        assert!(timing.check().is_err_and(|rule| rule.contains("pause must be shorter")));
    }
}
