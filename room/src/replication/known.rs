//! The record of what was sent to one player about each entity, and what the player has acknowledged.
//!
//! The last **sent** state, which the player shows if nothing was lost, decides *whether* an update is due. The last **acknowledged**
//! state, which the player has for certain, decides *how* to encode it. When a snapshot is lost, its entities are due again.

use shared::{EntityId, Tick, game::Replicate};

use crate::history::{End, History};

/// The record of one entity for one player. Tick 0 means never.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Known {
    pub(crate) id: EntityId,
    /// False once the player should forget the entity.
    pub(crate) wanted: bool,
    /// The state that the player may show under this id.
    shown: Shown,
    /// Tick in which the record began. Updates sent earlier belong to another life of the entity.
    since: Tick,
    /// Tick of the last update sent, or of the last removal sent if the entity is not wanted.
    pub(crate) sent: Tick,
    /// Tick of the newest state that the player has acknowledged.
    pub(crate) acked: Tick,
    /// The first misprediction after `acked`, as far as known at `looked`.
    surprised: Tick,
    /// Tick in which `surprised` was last brought up to date.
    looked: Tick,
    /// In a crowd, a distant entity is not checked before this tick.
    rests_until: Tick,
    /// The player is up to date with this entity until it changes.
    settled: bool,
}

/// The state that a player may show under an entity's id. A snapshot that counts as lost may still arrive, so only an acknowledgement
/// makes this certain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shown {
    /// Nothing: no update was ever sent.
    Nothing,
    /// This life of the entity, or nothing.
    This,
    /// Maybe still a state that was sent before the record began.
    Older,
}

/// The update that a player needs about an entity in this tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Due {
    /// None: the player shows the true state.
    Nothing,
    /// None, and the record can be dropped.
    Forgotten,
    /// The removal of the entity.
    Gone,
    /// The complete state.
    Full,
    /// The changes since the state before the misprediction at this tick.
    Delta {
        /// The first misprediction that the player has not acknowledged.
        surprised: Tick,
    },
}

const NEVER: Tick = Tick(0);

impl Known {
    /// A record of an entity that has just come within interest.
    pub(crate) fn new(id: EntityId, now: Tick) -> Self {
        Self {
            id,
            wanted: true,
            shown: Shown::Nothing,
            since: now,
            sent: NEVER,
            acked: NEVER,
            surprised: NEVER,
            looked: now,
            rests_until: now,
            settled: false,
        }
    }

    /// The record, started again: the state that the player shows is from before.
    fn renewed(&self, now: Tick) -> Self {
        let shown = if self.shown == Shown::Nothing { Shown::Nothing } else { Shown::Older };
        Self { shown, ..Self::new(self.id, now) }
    }

    /// True if the entity is not checked in this tick.
    #[inline]
    pub(crate) fn rests(&self, now: Tick) -> bool {
        now < self.rests_until
    }

    /// True if nothing is due, at the cost of one comparison: most entities move as predicted in most ticks.
    #[inline]
    pub(crate) fn is_quiet<E: Replicate>(&mut self, history: &History<E>) -> bool {
        let quiet = self.settled && history.stirred(self.id) <= self.looked;
        if quiet {
            self.looked = history.now();
        }
        quiet
    }

    /// Rests the entity until its next turn; it has one turn in `stride` ticks.
    pub(crate) fn rest(&mut self, now: Tick, stride: u32) {
        let turn = (now.0 + u32::from(self.id.0)) % stride;
        self.rests_until = now.plus(stride - turn);
    }

    /// Marks the entity as wanted again, if the player was about to forget it.
    pub(crate) fn want(&mut self, now: Tick) {
        if !self.wanted {
            *self = self.renewed(now);
        }
    }

    /// Marks the entity as not wanted. Returns false if no update was ever sent, so that the record can be dropped at once.
    pub(crate) fn unwant(&mut self, now: Tick) -> bool {
        if self.wanted {
            *self = Self { wanted: false, ..self.renewed(now) };
            return self.shown != Shown::Nothing;
        }
        true
    }

    /// The update that the player needs at the newest tick. `foresees` is false for plain clients, which do not run entities forward.
    /// `looks_ticks` is the wait of cosmetic changes.
    pub(crate) fn due<E: Replicate>(&mut self, history: &History<E>, foresees: bool, looks_ticks: u32) -> Due {
        if !self.wanted {
            return if self.sent == NEVER { Due::Gone } else { Due::Nothing };
        }
        self.settled = false;
        let now = history.now();
        let life = history.life(self.id);
        if let Some(end) = life.end {
            // If the player shows an older life than the one that ended, it has not seen that end.
            let shows_this = life.born <= self.since && self.shown != Shown::Older;
            let foreseen = foresees && end == End::Foreseen && shows_this;
            if foreseen || !self.unwant(now) {
                return Due::Forgotten;
            }
            return Due::Gone;
        }
        if life.born > self.since {
            *self = self.renewed(now);
        }
        if self.sent == NEVER {
            self.look(history);
            return Due::Full;
        }
        if !foresees {
            self.look(history);
            // A client that does not run entities forward shows the state that was sent, so it needs every move. Entities that are sent
            // once always move, and the history does not hold them.
            let is_shown = history.at(self.id, self.sent) == history.current(self.id);
            return if is_shown { Due::Nothing } else { Due::Full };
        }
        let hard = life.surprised_hard > self.sent;
        let looks = life.surprised > self.sent && now.since(self.sent) >= looks_ticks;
        if !hard && !looks {
            self.settled = life.surprised <= self.sent;
            if self.settled {
                self.look(history);
            }
            return Due::Nothing;
        }
        self.look(history);
        match (self.acked, self.surprised) {
            (NEVER, _) | (_, NEVER) => Due::Full,
            (_, surprised) => Due::Delta { surprised },
        }
    }

    /// Notes that the update was sent at `tick`. On a `reliable` link it counts as acknowledged. Returns true when the record can be
    /// dropped.
    pub(crate) fn mark_sent(&mut self, tick: Tick, reliable: bool) -> bool {
        self.sent = tick;
        if reliable || self.shown == Shown::Nothing {
            self.shown = Shown::This;
        }
        if reliable {
            self.acked = tick;
            self.surprised = NEVER;
            self.looked = tick;
        }
        reliable && !self.wanted
    }

    /// Notes that the update of `tick` arrived. Returns true when the record can be dropped.
    pub(crate) fn handle_acked<E: Replicate>(&mut self, tick: Tick, history: &History<E>) -> bool {
        if !self.wanted {
            return tick >= self.since && self.sent != NEVER;
        }
        if tick >= self.since && tick > self.acked && tick <= self.sent {
            self.acked = tick;
            self.shown = Shown::This;
            // Changes while the entity rested were not checked yet, so the record is not settled.
            self.settled &= history.stirred(self.id) <= self.looked;
            self.looked = history.now();
            self.surprised = history.first_surprise_after(self.id, tick).unwrap_or(NEVER);
        }
        false
    }

    /// Notes that the update of `tick` was lost. Unless a newer one was sent, it is due again.
    pub(crate) fn handle_lost(&mut self, tick: Tick) {
        if self.sent == tick {
            self.sent = if self.wanted { self.acked } else { NEVER };
            self.settled = false;
        }
    }

    /// Notes that it is unknown whether the update of `tick` arrived. The client applies deltas to the newest state that it has, which
    /// may be that one or an older one, so only a complete state is safe.
    pub(crate) fn handle_unknown(&mut self, tick: Tick) {
        if tick > self.acked {
            self.acked = NEVER;
            self.surprised = NEVER;
        }
        self.handle_lost(tick);
    }

    /// Brings `surprised` up to date. If this does not happen at least once in 63 ticks, `acked` may be lost.
    fn look<E: Replicate>(&mut self, history: &History<E>) {
        let now = history.now();
        if self.acked != NEVER && self.surprised == NEVER && self.looked < now {
            if now.since(self.looked) >= u64::BITS - 1 && history.life(self.id).surprised > self.looked {
                // Too long ago: the tick of the first misprediction is unknown.
                self.acked = NEVER;
            } else {
                self.surprised = history.first_surprise_after(self.id, self.looked).unwrap_or(NEVER);
            }
        }
        self.looked = now;
    }

    /// Tick of the state that the player shows, run forward; `None` if no state was sent, or if the player should forget the entity.
    pub(crate) fn shown_since(&self) -> Option<Tick> {
        (self.wanted && self.sent != NEVER).then_some(self.sent)
    }
}
