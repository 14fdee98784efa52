//! The states of all entities in the last ticks, and at which ticks an entity was mispredicted (in the code: a *surprise*).
//!
//! **Problem.** A room of 64 players has 64 moving entities, and 64 clients want to see all of them in every tick. Sending each state to
//! each client costs 64 × 64 updates per tick, most of them for entities that fly straight on. Delta compression makes an update shorter,
//! but a moving entity still has one per tick.
//!
//! **Idea.** A client knows the rules. [`Entity::step`](shared::game::Entity::step) is the part of them that needs only the entity and the
//! map, and both ends compute it with integers, so to the same bits. The client *runs forward* what it was sent, tick by tick. The server
//! does the same with the state of the tick before and compares the result with the truth:
//!
//! ```text
//! tick                   100      101      102      103      104      105
//! the truth               A ─────> B ─────> C ──╲    D' ────> E' ────> F'
//! run forward from T-1             B        C    ╲_> D        E'       F'
//! misprediction                    –        –        yes      –        –       the player turned at 103
//! sent                   (known)   nothing  nothing  D'       nothing  nothing
//! ```
//!
//! Where both are equal, every client that knew the entity shows the truth already, and nothing is sent. Where they differ, the entity
//! was mispredicted: by its player's input, a hit, a collision. Only these ticks need an update. An entity that ends by itself (`step`
//! returns false) ends for the clients too, without a message.
//!
//! **What is kept.** For each entity the last tick that was a misprediction, and a mask of the last 64 ticks that were. That is enough for
//! all questions, for every player:
//!
//! - Must a player who was last sent the state of tick T hear of the entity? If the last misprediction is later than T.
//! - Which state does a player show who knows tick T and nothing since? Go to the first misprediction after T, take the state before it
//!   from the ring, and run it forward to now ([`History::as_known_since`]). This is also the baseline of a delta, and what the checksum
//!   that the client compares is made of.
//! - All players whose last acknowledged state lies between the same two mispredictions show the same. So a delta is encoded once for
//!   all of them; `replication/fragment.rs` keeps it under the tick of that misprediction.
//!
//! **Consequences.** A misprediction compares with the tick before, not with what each client has; so the work per tick is one `step` per
//! entity, whatever the number of players. It costs CPU and memory (64 states per entity) instead of bytes. The rules must give the same
//! bits on every machine; a game that breaks this is found by the checksum. What a client shows while an update is lost or late is
//! the old course, run forward: a plausible mistake, and the next snapshot repeats what was lost.
//!
//! One ring serves three readers: replication takes baselines from it, lag compensation looks back in it, and the checksum asks what an
//! outdated view shows. Only what may be sent more than once is kept tick by tick; what is sent once, at its birth, never needs a baseline.

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
    /// Entities from here on are sent once.
    tracked: usize,
    /// Rows of `tracked` states, row `tick % HISTORY_TICKS`.
    ring: Vec<Option<E>>,
    current: Vec<Option<E>>,
    lives: Vec<Life>,
    /// The last tick an entity was born, surprised or ended: what every player asks of everything in every tick, and so
    /// apart and small.
    stirred: Vec<Tick>,
    alive: Vec<EntityId>,
    /// The other buffer of `alive`, so that a tick allocates nothing.
    spare: Vec<EntityId>,
    born: Vec<EntityId>,
}

/// What is known of the present or last life of an entity's place.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Life {
    /// The tick it appeared in; tick 0 if it never did.
    pub(crate) born: Tick,
    /// The last tick that was not what running the tick before forward gives.
    pub(crate) surprised: Tick,
    /// The same, not counting what is only drawn.
    pub(crate) surprised_hard: Tick,
    /// How it ended, if it did.
    pub(crate) end: Option<End>,
    /// Bit `i`: tick `now - i` was a surprise.
    surprises: u64,
}

/// How an entity's life ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// By itself: whoever ran it forward has seen it too.
    Foreseen,
    /// By something nobody could foresee.
    Sudden,
}

impl<E: Replicate> History<E> {
    /// An empty history of a table of entities.
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

    /// Takes in the state at the end of `tick`, in the order of ids. At a breach of the contract it stops in the middle of the tick, and must
    /// not be read any more, see [`History::breach`].
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

    /// Takes in a match that was not seen until now, and what was before, as far as `past` knows. To replication everything is
    /// new; lag compensation can look back.
    pub(crate) fn restore<G: Game<Entity = E>>(&mut self, play: &Play<G>, past: &dyn Past<E>) {
        let now = play.tick();
        self.record(now, play.map(), play.game().slots(), play.game().entities());
        // The present tick too: what appeared or left since its end was otherwise then.
        for age in 0..play.past_ticks().min(now.0) {
            let tick = now.minus(age);
            let row = self.row(tick);
            for slot in 0..self.tracked {
                self.ring[row + slot] = past.entity(EntityId(slot as u16), tick);
            }
        }
    }

    /// How the game has broken its contract, if it has.
    pub(crate) fn breach(&self) -> Option<Breach> {
        self.breach
    }

    /// The newest tick recorded.
    pub(crate) fn now(&self) -> Tick {
        self.now
    }

    /// The newest state of an entity, if it lives.
    #[inline]
    pub(crate) fn current(&self, id: EntityId) -> Option<&E> {
        self.current[id.index()].as_ref()
    }

    /// The same of an id that may be anybody's.
    pub(crate) fn current_of(&self, id: EntityId) -> Option<&E> {
        self.current.get(id.index())?.as_ref()
    }

    /// An entity's life.
    #[inline]
    pub(crate) fn life(&self, id: EntityId) -> &Life {
        &self.lives[id.index()]
    }

    /// The last tick at which an entity did what running it forward does not give.
    #[inline]
    pub(crate) fn stirred(&self, id: EntityId) -> Tick {
        self.stirred[id.index()]
    }

    /// All that live, in the order of ids.
    pub(crate) fn alive(&self) -> &[EntityId] {
        &self.alive
    }

    /// Those that appeared in the newest tick.
    pub(crate) fn born(&self) -> &[EntityId] {
        &self.born
    }

    /// What is not sent once, at an earlier tick; `None` outside the history or before its birth.
    pub(crate) fn at(&self, id: EntityId, tick: Tick) -> Option<&E> {
        let age = tick.offset_from(self.now);
        if age > 0 || age <= -(HISTORY_TICKS as i32) || id.index() >= self.tracked {
            return None;
        }
        self.ring[self.row(tick) + id.index()].as_ref()
    }

    /// The first surprise after `tick`, if `tick` is young enough to tell and there was one.
    pub(crate) fn first_surprise_after(&self, id: EntityId, tick: Tick) -> Option<Tick> {
        let ticks = self.now.since(tick);
        let life = self.life(id);
        let mask = if ticks >= u64::BITS { u64::MAX } else { (1 << ticks) - 1 };
        let surprises = life.surprises & mask;
        if surprises == 0 { None } else { Some(self.now.minus(u64::BITS - 1 - surprises.leading_zeros())) }
    }

    /// What an entity looks like now to someone who has known nothing of it since `tick`; `None` when that is too
    /// long ago to tell.
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
            // It has ended for everybody who ran it forward. What has its place now is something else, however alike.
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

    /// Burns down where it stands.
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
        // A change of the first one would be of no use to whoever has seen it end.
        assert_eq!((history.life(ID).born, history.life(ID).surprised), (Tick(3), Tick(3)));
    }
}
