//! What one player has been told of each entity it may know, and what of that surely arrived.
//!
//! *Whether* to send is decided by the last **sent** state (what the player shows if nothing is lost), *how* to
//! encode by the last **acknowledged** one (what it surely has). A lost snapshot makes its entities due again.

use shared::{EntityId, Tick, game::Replicate};

use crate::history::{End, History};

/// What a player knows of one entity. The tick 0 stands for never.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Known {
    pub(crate) id: EntityId,
    /// Whether the player shall know it, or shall forget it.
    pub(crate) wanted: bool,
    /// What the player may show in its place.
    shown: Shown,
    /// When the record was begun: what was sent before speaks of something else.
    since: Tick,
    /// When its state, or its removal if it is not wanted, was last sent.
    pub(crate) sent: Tick,
    /// The newest state that surely arrived.
    pub(crate) acked: Tick,
    /// The first surprise after `acked`, known up to `looked`.
    surprised: Tick,
    /// The tick `surprised` was last brought up to date.
    looked: Tick,
    /// In a crowd, what is far is not looked at before this tick.
    rests_until: Tick,
    /// When it was looked at last, the player had nothing more to hear of it until it stirs.
    settled: bool,
}

/// What a player may show in the place of an entity. A snapshot that was given up may have arrived after all, so that
/// only an acknowledgement makes sure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shown {
    /// Nothing: it was never told.
    Nothing,
    /// This life of the entity, if anything.
    This,
    /// Perhaps still what was told before the record was begun.
    Older,
}

/// What a player must be told of an entity at this tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Due {
    /// Nothing: what it shows is true.
    Nothing,
    /// Nothing, and nothing ever again: forget the record.
    Forgotten,
    /// That the entity is gone.
    Gone,
    /// The whole state.
    Full,
    /// What changed, made from the state before the surprise at this tick.
    Delta {
        /// The first surprise that the player surely has not heard of.
        surprised: Tick,
    },
}

const NEVER: Tick = Tick(0);

impl Known {
    /// An entity that has just come within interest.
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

    /// The record begun anew: what the player shows is of before.
    fn renewed(&self, now: Tick) -> Self {
        let shown = if self.shown == Shown::Nothing { Shown::Nothing } else { Shown::Older };
        Self { shown, ..Self::new(self.id, now) }
    }

    /// Whether it need not be looked at in this tick.
    #[inline]
    pub(crate) fn rests(&self, now: Tick) -> bool {
        now < self.rests_until
    }

    /// Whether nothing is due, at the price of one comparison: most entities fly on as foreseen in most ticks.
    #[inline]
    pub(crate) fn is_quiet<E: Replicate>(&mut self, history: &History<E>) -> bool {
        let quiet = self.settled && history.stirred(self.id) <= self.looked;
        if quiet {
            self.looked = history.now();
        }
        quiet
    }

    /// Lets it rest until the next of every `stride` ticks that is its turn.
    pub(crate) fn rest(&mut self, now: Tick, stride: u32) {
        let turn = (now.0 + u32::from(self.id.0)) % stride;
        self.rests_until = now.plus(stride - turn);
    }

    /// Wants the entity again, after it was to be forgotten.
    pub(crate) fn want(&mut self, now: Tick) {
        if !self.wanted {
            *self = self.renewed(now);
        }
    }

    /// Wants the entity forgotten; false if the player never heard of it, so that the record can go at once.
    pub(crate) fn unwant(&mut self, now: Tick) -> bool {
        if self.wanted {
            *self = Self { wanted: false, ..self.renewed(now) };
            return self.shown != Shown::Nothing;
        }
        true
    }

    /// What the player must be told at the newest tick. `foresees` is false for plain clients, which run nothing
    /// forward.
    pub(crate) fn due<E: Replicate>(&mut self, history: &History<E>, foresees: bool, looks_ticks: u32) -> Due {
        if !self.wanted {
            return if self.sent == NEVER { Due::Gone } else { Due::Nothing };
        }
        self.settled = false;
        let now = history.now();
        let life = history.life(self.id);
        if let Some(end) = life.end {
            // Of an older life than the one that ended the player has seen no end.
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
            // Who runs nothing forward shows what was sent, and must hear of every move. What is sent once always moves, and
            // the history does not keep it.
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

    /// Notes that what was due has been sent at `tick`; `reliable` links lose nothing. True when the record has
    /// served its time.
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

    /// Notes that what was sent at `tick` arrived; true when the record has served its time.
    pub(crate) fn handle_acked<E: Replicate>(&mut self, tick: Tick, history: &History<E>) -> bool {
        if !self.wanted {
            return tick >= self.since && self.sent != NEVER;
        }
        if tick >= self.since && tick > self.acked && tick <= self.sent {
            self.acked = tick;
            self.shown = Shown::This;
            // What happened while it rested has not been looked at, and must not be passed over as if it had been.
            self.settled &= history.stirred(self.id) <= self.looked;
            self.looked = history.now();
            self.surprised = history.first_surprise_after(self.id, tick).unwrap_or(NEVER);
        }
        false
    }

    /// Notes that what was sent at `tick` was lost: unless something newer is on its way, it is due again.
    pub(crate) fn handle_lost(&mut self, tick: Tick) {
        if self.sent == tick {
            self.sent = if self.wanted { self.acked } else { NEVER };
            self.settled = false;
        }
    }

    /// Notes that nobody can say whether what was sent at `tick` arrived. The player makes deltas from the newest state
    /// it holds, which may be that one or an older one: only a whole state is safe then.
    pub(crate) fn handle_unknown(&mut self, tick: Tick) {
        if tick > self.acked {
            self.acked = NEVER;
            self.surprised = NEVER;
        }
        self.handle_lost(tick);
    }

    /// Brings `surprised` up to date. Must happen at least once in a history's length, or `acked` is given up.
    fn look<E: Replicate>(&mut self, history: &History<E>) {
        let now = history.now();
        if self.acked != NEVER && self.surprised == NEVER && self.looked < now {
            if now.since(self.looked) >= u64::BITS - 1 && history.life(self.id).surprised > self.looked {
                // Too long ago to tell when the first surprise was.
                self.acked = NEVER;
            } else {
                self.surprised = history.first_surprise_after(self.id, self.looked).unwrap_or(NEVER);
            }
        }
        self.looked = now;
    }

    /// The tick whose state the player shows run forward, if it was told of the entity and shall know it.
    pub(crate) fn shown_since(&self) -> Option<Tick> {
        (self.wanted && self.sent != NEVER).then_some(self.sent)
    }
}
