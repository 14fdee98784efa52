//! The states of all entities in the last ticks, and the ticks at which an entity was mispredicted (in the code: a *surprise*).
//!
//! **Problem.** A room of 64 players has 64 moving entities, and 64 clients want to see all of them in every tick. Sending each state to
//! each client costs 64 × 64 updates per tick, most of them for entities that fly straight on. Delta compression makes an update shorter,
//! but a moving entity still has one per tick.
//!
//! **Idea.** A client knows the rules. [`Entity::step`](shared::game::Entity::step) is the part of them that needs only the entity and
//! the map. Server and client compute it with integers, so they get the same bits. The client *runs forward* the state that it received,
//! tick by tick. The server does the same with the state of the tick before and compares the result with the truth:
//!
//! ```text
//! tick                   100      101      102      103      104      105
//! the truth               A ─────> B ─────> C ──╲    D' ────> E' ────> F'
//! run forward from T-1             B        C    ╲_> D        E'       F'
//! misprediction                    –        –        yes      –        –       the player turned at 103
//! sent                   (known)   nothing  nothing  D'       nothing  nothing
//! ```
//!
//! Where both are equal, every client that knew the entity already shows the truth, and nothing is sent. Where they differ, the entity
//! was mispredicted, because of its player's input, a hit or a collision. Only these ticks need an update. An entity that ends by itself
//! (`step` returns false) also ends on the clients, without a message.
//!
//! **Stored data.** For each entity the last mispredicted tick, and a mask of the mispredicted ticks among the last 64. They answer all
//! questions, for every player:
//!
//! - Does a player need an update whose last sent state is that of tick T? Yes, if the last misprediction is later than T.
//! - Which state does a player show that received the state of tick T and nothing since? Go to the first misprediction after T, take the
//!   state before it from the ring, and run it forward to now ([`History::as_known_since`]). This state is also the baseline of a delta,
//!   and the input of the checksum that the client compares.
//! - All players whose last acknowledged states lie between the same two mispredictions show the same state. So a delta is encoded once
//!   for all of them; `replication/fragment.rs` stores it under the tick of that misprediction.
//!
//! **Consequences.** The server compares with the tick before, not with the state of each client, so the work per tick is one `step` per
//! entity, whatever the number of players. This costs CPU and memory (64 states per entity) instead of bytes. The rules must give the
//! same bits on every machine; the checksum finds a game that breaks this. While an update is lost or late, a client shows the old
//! course, run forward: a plausible error. The next snapshot repeats the lost update.
//!
//! One ring serves three readers: replication takes baselines from it, lag compensation looks up the past, and the checksum needs the
//! state that an outdated view shows. The ring holds only entities that may be sent more than once. An entity that is sent once, when it
//! is created, never needs a baseline.

use shared::{
    EntityId, Tick,
    game::{Game, Past, Replicate, Slots},
    limits::HISTORY_TICKS,
};

use crate::{
    contract::{Breach, BreachKind, Contract},
    play::Play,
};

/// The entities of a room over the last [`HISTORY_TICKS`] ticks.
#[derive(Debug)]
pub(crate) struct History<E> {
    now: Tick,
    slots: Slots,
    breach: Option<Breach>,
    /// Entities from this id on are sent once and have no row in the ring.
    tracked: usize,
    /// Rows of `tracked` states, row `tick % HISTORY_TICKS`.
    ring: Vec<Option<E>>,
    current: Vec<Option<E>>,
    lives: Vec<Life>,
    /// The last tick in which an entity was created, mispredicted or removed. It is a small array of its own, because replication reads
    /// it for every player and entity in every tick.
    stirred: Vec<Tick>,
    alive: Vec<EntityId>,
    /// Second buffer for `alive`, so that a tick allocates nothing.
    spare: Vec<EntityId>,
    born: Vec<EntityId>,
}

/// The present or last life of an entity with this id.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Life {
    /// Tick in which the entity appeared; tick 0 if it never did.
    pub(crate) born: Tick,
    /// The last mispredicted tick: its state differs from the state before it, run forward.
    pub(crate) surprised: Tick,
    /// Like `surprised`, without mispredictions of cosmetic fields.
    pub(crate) surprised_hard: Tick,
    /// How the entity ended; `None` while it lives.
    pub(crate) end: Option<End>,
    /// Bit `i` is set if tick `now - i` was mispredicted.
    surprises: u64,
}

/// How an entity ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// By its own `step`: a client that runs it forward sees the end too.
    Foreseen,
    /// By anything else, which a client cannot predict.
    Sudden,
}

impl<E: Replicate> History<E> {
    /// An empty history for this table of entities.
    pub(crate) fn new(slots: Slots, now: Tick) -> Self {
        let Slots { tracked, all } = slots;
        Self {
            now,
            slots,
            breach: None,
            tracked,
            ring: vec![None; tracked * HISTORY_TICKS],
            current: vec![None; all],
            lives: vec![Life::default(); all],
            stirred: vec![Tick::default(); all],
            alive: Vec::with_capacity(tracked),
            spare: Vec::with_capacity(tracked),
            born: Vec::new(),
        }
    }

    /// Records the state at the end of `tick`; entities come in the order of their ids. At a breach of the contract it stops in the
    /// middle of the tick, and the history must not be read any more, see [`History::breach`].
    pub(crate) fn record(
        &mut self,
        tick: Tick,
        map: &E::Map,
        slots: Slots,
        entities: impl Iterator<Item = (EntityId, E)>,
    ) {
        if slots != self.slots {
            let fault = BreachKind::Slots { before: self.slots, now: slots };
            self.breach.get_or_insert(Breach { tick, fault });
        }
        if self.breach.is_some() {
            return;
        }
        self.now = tick;
        self.born.clear();
        let before = std::mem::replace(&mut self.alive, std::mem::take(&mut self.spare));
        let mut previous = before.iter().copied().peekable();
        let mut contract = Contract::new(tick, self.slots);
        for (id, truth) in entities {
            if let Err(breach) = contract.check(id, &truth, Some(map)) {
                self.breach = Some(breach);
                return;
            }
            while let Some(ended) = previous.next_if(|&ended| ended < id) {
                self.end(ended, map);
            }
            if previous.next_if_eq(&id).is_some() {
                self.advance(id, truth, map);
            } else {
                self.begin(id, truth);
            }
            self.alive.push(id);
        }
        for ended in previous {
            self.end(ended, map);
        }
        self.spare = before;
        self.spare.clear();
        let row = self.row(tick);
        self.ring[row..row + self.tracked].copy_from_slice(&self.current[..self.tracked]);
    }

    /// Starts with a match that this history has not recorded, and with the past ticks that `past` knows. Replication treats every entity
    /// as new; lag compensation can use the past.
    pub(crate) fn restore<G: Game<Entity = E>>(&mut self, play: &Play<G>, past: &dyn Past<E>) {
        let now = play.tick();
        self.record(now, play.map(), play.game().slots(), play.game().entities());
        // The present tick too, since entities may have joined or left after its end.
        for age in 0..play.past_ticks().min(now.0) {
            let tick = now.minus(age);
            let row = self.row(tick);
            for slot in 0..self.tracked {
                self.ring[row + slot] = past.entity(EntityId(slot as u16), tick);
            }
        }
    }

    /// The breach of contract that stopped the history, if any.
    pub(crate) fn breach(&self) -> Option<Breach> {
        self.breach
    }

    /// The newest tick recorded.
    pub(crate) fn now(&self) -> Tick {
        self.now
    }

    /// The newest state of an entity; `None` if it does not live.
    #[inline]
    pub(crate) fn current(&self, id: EntityId) -> Option<&E> {
        self.current[id.index()].as_ref()
    }

    /// Like [`History::current`], for an id that may be out of range.
    pub(crate) fn current_of(&self, id: EntityId) -> Option<&E> {
        self.current.get(id.index())?.as_ref()
    }

    /// The present or last life of an entity.
    #[inline]
    pub(crate) fn life(&self, id: EntityId) -> &Life {
        &self.lives[id.index()]
    }

    /// The last tick in which an entity was created, mispredicted or removed.
    #[inline]
    pub(crate) fn stirred(&self, id: EntityId) -> Tick {
        self.stirred[id.index()]
    }

    /// All living entities, ascending by id.
    pub(crate) fn alive(&self) -> &[EntityId] {
        &self.alive
    }

    /// The entities that appeared in the newest tick.
    pub(crate) fn born(&self) -> &[EntityId] {
        &self.born
    }

    /// The state of a tracked entity at an earlier tick; `None` outside the history and where the entity did not live.
    pub(crate) fn at(&self, id: EntityId, tick: Tick) -> Option<&E> {
        let age = tick.offset_from(self.now);
        if age > 0 || age <= -(HISTORY_TICKS as i32) || id.index() >= self.tracked {
            return None;
        }
        self.ring[self.row(tick) + id.index()].as_ref()
    }

    /// The first misprediction after `tick`; `None` if there was none among the last 64 ticks.
    pub(crate) fn first_surprise_after(&self, id: EntityId, tick: Tick) -> Option<Tick> {
        let ticks = self.now.since(tick);
        let life = self.life(id);
        let mask = if ticks >= u64::BITS { u64::MAX } else { (1 << ticks) - 1 };
        let surprises = life.surprises & mask;
        if surprises == 0 { None } else { Some(self.now.minus(u64::BITS - 1 - surprises.leading_zeros())) }
    }

    /// The state that a client shows now if it received the state of `tick` and nothing since; `None` if `tick` is too long ago.
    pub(crate) fn as_known_since(&self, id: EntityId, tick: Tick, map: &E::Map) -> Option<E> {
        if self.life(id).surprised <= tick {
            return self.current(id).copied();
        }
        if self.now.since(tick) >= u64::BITS {
            return None;
        }
        let surprise = self.first_surprise_after(id, tick)?;
        let mut state = *self.at(id, surprise.minus(1))?;
        for _ in 0..self.now.since(surprise) + 1 {
            state.step(map);
        }
        Some(state)
    }

    fn begin(&mut self, id: EntityId, truth: E) {
        self.current[id.index()] = Some(truth);
        let tick = self.now;
        self.lives[id.index()] = Life { born: tick, surprised: tick, surprised_hard: tick, end: None, surprises: 1 };
        self.stirred[id.index()] = tick;
        self.born.push(id);
    }

    fn advance(&mut self, id: EntityId, truth: E, map: &E::Map) {
        let current = &mut self.current[id.index()];
        let mut foreseen = current.expect("an entity that lived the tick before has a state");
        if !foreseen.step(map) {
            // Clients that ran the entity forward saw it end. An entity with its id is now another one, however similar.
            return self.begin(id, truth);
        }
        *current = Some(truth);
        let life = &mut self.lives[id.index()];
        life.surprises <<= 1;
        if foreseen == truth {
            return;
        }
        life.surprises |= 1;
        life.surprised = self.now;
        self.stirred[id.index()] = self.now;
        if !truth.is_cosmetic_change(&foreseen) {
            life.surprised_hard = self.now;
        }
    }

    fn end(&mut self, id: EntityId, map: &E::Map) {
        let mut foreseen = self.current[id.index()].take().expect("an entity that lived the tick before has a state");
        let end = if foreseen.step(map) { End::Sudden } else { End::Foreseen };
        self.lives[id.index()].end = Some(end);
        self.stirred[id.index()] = self.now;
    }

    fn row(&self, tick: Tick) -> usize {
        tick.0 as usize % HISTORY_TICKS * self.tracked
    }
}

#[cfg(test)]
mod tests {
    use shared::game::{Entity, IVec2};

    use super::*;

    /// An entity that burns down and does not move.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
    struct Candle {
        #[replicate(position, fixed)]
        position: IVec2,
        ticks_left: u16,
    }

    impl Entity for Candle {
        type Map = ();

        fn step(&mut self, (): &()) -> bool {
            self.ticks_left = self.ticks_left.saturating_sub(1);
            self.ticks_left > 0
        }

        fn position(&self, (): &()) -> IVec2 {
            self.position
        }
    }

    #[test]
    fn what_takes_the_place_of_something_in_the_tick_of_its_end_is_born() {
        const ID: EntityId = EntityId(0);
        let mut history = History::new(Slots::tracked(1), Tick(0));
        for (tick, ticks_left) in [(1, 2), (2, 1), (3, 9), (4, 8)] {
            let candle = Candle { position: IVec2::ZERO, ticks_left };
            history.record(Tick(tick), &(), Slots::tracked(1), [(ID, candle)].into_iter());
        }
        // A delta of the first candle would be useless to a client that has seen it end.
        assert_eq!((history.life(ID).born, history.life(ID).surprised), (Tick(3), Tick(3)));
    }
}
