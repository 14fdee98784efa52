//! The contract of a game with the engine about its entities: ids, their order, positions and slots.
//!
//! A room checks the contract in every tick, when it reads the entities. At a breach the room stops: it makes no further tick, and
//! [`Room::breach`](crate::Room::breach) returns the tick, the entity and the fault. A server ends such a room; its `Guarded` also
//! catches panics of the game. `testkit` makes the same checks without a room and lists all breaches.

use std::fmt;

use shared::{
    EntityId, Tick,
    game::{IVec2, Replicate, Slots},
    wire::POSITION_MAX,
};

/// A breach of the contract by a game.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Breach {
    /// The tick in which the game broke the contract.
    pub tick: Tick,
    /// The fault.
    pub fault: BreachKind,
}

/// The kinds of faults in a game's entities.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BreachKind {
    /// An entity is not in ascending order of ids, or its id occurs twice.
    Order {
        /// Id of the entity.
        id: EntityId,
        /// Id of the entity before it.
        after: EntityId,
    },
    /// An id is not below [`Slots::all`].
    Id {
        /// Id of the entity.
        id: EntityId,
        /// Slots of the game.
        slots: Slots,
    },
    /// An id is not below [`Slots::tracked`], but its kind is sent more than once.
    Untracked {
        /// Id of the entity.
        id: EntityId,
        /// Slots of the game.
        slots: Slots,
    },
    /// A position is farther from 0 than receivers accept.
    Position {
        /// Id of the entity.
        id: EntityId,
        /// Its position, in position units.
        position: IVec2,
    },
    /// The number of slots has changed within a match.
    Slots {
        /// Slots when the match began.
        before: Slots,
        /// Slots now.
        now: Slots,
    },
}

/// Checks the entities of one tick, one after another.
#[derive(Clone, Copy, Debug)]
pub struct Contract {
    tick: Tick,
    slots: Slots,
    last: Option<EntityId>,
}

impl Contract {
    /// A check for the end of `tick`, in a match with these slots.
    pub fn new(tick: Tick, slots: Slots) -> Self {
        Self { tick, slots, last: None }
    }

    /// Checks the next entity. Pass `None` for `map` if the position is known to be valid.
    ///
    /// # Errors
    /// The first fault of this entity.
    #[inline]
    pub fn check<E: Replicate>(&mut self, id: EntityId, entity: &E, map: Option<&E::Map>) -> Result<(), Breach> {
        if id.index() >= self.slots.tracked && (id.index() >= self.slots.all || !entity.is_sent_once()) {
            return Err(self.beyond(id));
        }
        if let Some(after) = self.last.replace(id).filter(|&after| after >= id) {
            return Err(self.breach(BreachKind::Order { id, after }));
        }
        if let Some(position) = map.map(|map| entity.position(map))
            && !is_acceptable(position)
        {
            return Err(self.breach(BreachKind::Position { id, position }));
        }
        Ok(())
    }

    #[cold]
    fn beyond(&self, id: EntityId) -> Breach {
        let slots = self.slots;
        let beyond = id.index() >= slots.all;
        self.breach(if beyond { BreachKind::Id { id, slots } } else { BreachKind::Untracked { id, slots } })
    }

    #[cold]
    fn breach(&self, fault: BreachKind) -> Breach {
        Breach { tick: self.tick, fault }
    }
}

#[inline]
fn is_acceptable(position: IVec2) -> bool {
    let range = -POSITION_MAX..=POSITION_MAX;
    range.contains(&position.x) && range.contains(&position.y)
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tick = self.tick.0;
        match self.fault {
            BreachKind::Order { id, after } if id == after => {
                write!(
                    f,
                    "`Game::entities` gives entity {} twice in tick {tick}: each id once, in ascending order",
                    id.0
                )
            }
            BreachKind::Order { id, after } => write!(
                f,
                "`Game::entities` gives entity {} after entity {} in tick {tick}: ids must ascend, so sort them",
                id.0, after.0
            ),
            BreachKind::Id { id, slots } => write!(
                f,
                "`Game::entities` gives entity {} in tick {tick}, but `Game::slots` allows only ids below {}",
                id.0, slots.all
            ),
            BreachKind::Untracked { id, slots } => write!(
                f,
                "`Game::entities` gives entity {} in tick {tick}, which is not below `Slots::tracked` ({}) and not of a kind with \
                 `#[replicate(once)]`: raise `tracked`, or mark the kind",
                id.0, slots.tracked
            ),
            BreachKind::Position { id, position } => write!(
                f,
                "entity {} is at ({}, {}) in tick {tick}; receivers accept ±{POSITION_MAX} position units: clamp what `Game::step` and \
                 `Entity::step` move",
                id.0, position.x, position.y
            ),
            BreachKind::Slots { before, now } => write!(
                f,
                "`Game::slots` says {} of {} in tick {tick} and said {} of {} when the match began: it must stay the same until \
                 `Game::restart`",
                now.tracked, now.all, before.tracked, before.all
            ),
        }
    }
}
