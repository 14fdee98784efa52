//! The inspector's view of a room, with the names of the game's own declarations. It is for developers on the admin page; players do not
//! notice it.
//!
//! An inspection reads the match between two ticks. The room keeps events from the first inspection on, and no longer than
//! [`INSPECTED_SECS`] after the last one; so an inspector that nobody uses costs nothing.

use std::{collections::VecDeque, fmt::Write as _};

use serde::Serialize;
use shared::{
    EntityId, PlayerId, Tick,
    game::{Audience, Entity, Game, Input, Map, Record, Replicate, Word, reflect::Reflected},
    limits::{INSPECT_BOARD_BYTES_MAX, INSPECT_DOTS_MAX, INSPECT_ENTITIES_MAX, INSPECT_EVENTS_MAX},
    quantize::position_to_px,
};

use crate::{Room, play::Told};

/// Seconds that a room keeps its events after an inspection.
const INSPECTED_SECS: u32 = 10;

/// A request to inspect a room.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Look {
    /// Only entities of this kind.
    pub kind: Option<String>,
    /// Only this entity.
    pub id: Option<EntityId>,
    /// Only entities with higher ids than this one.
    pub after: Option<EntityId>,
    /// Number of entities, at most [`INSPECT_ENTITIES_MAX`].
    pub limit: usize,
    /// Also this player's own record and last input.
    pub player: Option<PlayerId>,
    /// Only events from this number on.
    pub events_since: u64,
}

/// The answer to a request to inspect a room.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Inspection {
    /// The newest tick.
    pub tick: u32,
    /// Size of the map, px; `None` for a map without an end.
    pub size: Option<[f32; 2]>,
    /// All kinds of entities.
    pub kinds: Vec<KindSeen>,
    /// The requested entities, ascending by id.
    pub entities: Vec<EntitySeen>,
    /// The last entity of this answer, if more entities follow it.
    pub more_after: Option<u16>,
    /// Positions of the entities of the requested kind, as id, x and y in px, and index of the kind; at most [`INSPECT_DOTS_MAX`].
    pub dots: Vec<(u16, f32, f32, u8)>,
    /// The player whose record and input follow.
    pub player: Option<u16>,
    /// The record that only this player receives; `None` for a free seat.
    pub own: Option<Reflected>,
    /// The player's last input.
    pub input: Option<Reflected>,
    /// The game's board, in Rust's debug format.
    pub board: String,
    /// The settings of the game.
    pub settings: Reflected,
    /// Events of the game, the oldest first.
    pub events: Vec<EventSeen>,
    /// Number of the event that will follow these.
    pub events_next: u64,
}

/// A kind of entity of the game.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct KindSeen {
    /// Name of the kind.
    pub name: &'static str,
    /// Number of its entities in the match.
    pub count: usize,
    /// Names of its fields, as declared.
    pub fields: Vec<Word>,
}

/// An entity with all its fields.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct EntitySeen {
    /// Id of the entity.
    pub id: u16,
    /// Name of its kind.
    pub kind: &'static str,
    /// Position, px.
    pub x: f32,
    /// Position, px.
    pub y: f32,
    /// Its fields, as declared.
    pub fields: Reflected,
}

/// An event of the game.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct EventSeen {
    /// Running number; the first event after the inspection began has 0.
    pub number: u64,
    /// Tick in which the event happened.
    pub tick: u32,
    /// Description of the receivers.
    pub audience: String,
    /// The event, in the form in which a web page receives it.
    pub event: Reflected,
}

/// The last events of a room under inspection.
#[derive(Debug, Default)]
pub(crate) struct EventTape {
    events: VecDeque<EventSeen>,
    next: u64,
    looked: Tick,
}

impl EventTape {
    pub(crate) fn note<E: Record>(&mut self, tick: Tick, audience: Audience, told: &Told<E>) {
        let Told::Game(event) = told else { return };
        if self.events.len() >= INSPECT_EVENTS_MAX {
            self.events.pop_front();
        }
        let audience = match audience {
            Audience::All => "all".to_owned(),
            Audience::Players(players) => {
                let seats = players.into_iter().flatten().map(|player| player.0.to_string());
                format!("players {}", seats.collect::<Vec<_>>().join(", "))
            }
            Audience::Seeing(id) => format!("players who see entity {}", id.0),
        };
        self.events.push_back(EventSeen { number: self.next, tick: tick.0, audience, event: event.reflect() });
        self.next += 1;
    }

    /// True if the last inspection was long ago. A last inspection in the future is from before the ticks were renumbered.
    fn is_stale(&self, now: Tick, hz: u16) -> bool {
        now < self.looked || now.since(self.looked) > INSPECTED_SECS * u32::from(hz)
    }
}

impl<G: Game> Room<G> {
    /// Answers a developer's request. It changes nothing in the match.
    pub fn inspect(&mut self, look: &Look) -> Inspection {
        let now = self.now();
        let tape = self.tape.get_or_insert_default();
        tape.looked = now;
        let events = tape.events.iter().filter(|event| event.number >= look.events_since).cloned().collect();
        let events_next = tape.next;
        let (game, map) = (self.play.game(), self.play.map());
        let size = map.size();
        let kinds = (0..).zip(G::Entity::NAMES).map(|(kind, &name)| {
            let fields = G::Entity::members(kind).into_iter().map(|member| member.name).collect();
            KindSeen { name, count: 0, fields }
        });
        let mut seen = Inspection {
            tick: now.0,
            size: size.map(|size| position_to_px(size).to_array()),
            kinds: kinds.collect(),
            entities: Vec::new(),
            more_after: None,
            dots: Vec::new(),
            player: None,
            own: None,
            input: None,
            board: bounded(self.play.board()),
            settings: Reflected::of_serde(&self.play.setup().settings),
            events,
            events_next,
        };
        let limit = look.limit.min(INSPECT_ENTITIES_MAX);
        for (id, entity) in game.entities() {
            let kind = entity.kind();
            let of_kind = &mut seen.kinds[usize::from(kind)];
            of_kind.count += 1;
            if look.kind.as_deref().is_some_and(|wanted| wanted != of_kind.name) {
                continue;
            }
            let place = position_to_px(entity.position(map));
            if seen.dots.len() < INSPECT_DOTS_MAX {
                seen.dots.push((id.0, place.x, place.y, kind));
            }
            if look.id.is_some_and(|wanted| wanted != id) || look.after.is_some_and(|after| id <= after) {
                continue;
            }
            if seen.entities.len() >= limit {
                seen.more_after = seen.more_after.or_else(|| seen.entities.last().map(|last| last.id));
                continue;
            }
            let fields = Reflected::Fields(entity.reflect());
            seen.entities.push(EntitySeen { id: id.0, kind: of_kind.name, x: place.x, y: place.y, fields });
        }
        if let Some(player) = look.player.filter(|&player| self.play.roster().get(player).is_some()) {
            seen.player = Some(player.0);
            seen.own = Some(game.own(player).reflect());
            seen.input = self.inputs.get(player.index()).and_then(Option::as_ref).map(|input| input.input.reflect());
        }
        seen
    }

    /// Sets a field of an entity; for development.
    ///
    /// # Errors
    /// A sentence that says what is wrong: there is no such entity or field, the value is not allowed, or the game cannot be edited.
    pub fn edit(&mut self, id: EntityId, field: &str, value: &Reflected) -> Result<(), String> {
        let wanted = self.play.with_field(id, field, value)?;
        self.play.edit(id, wanted, &self.stage.history)
    }

    /// Drops the events when the last inspection was long ago.
    pub(crate) fn end_inspection(&mut self) {
        let (now, hz) = (self.now(), self.config.tick_rate.hz());
        if self.tape.as_ref().is_some_and(|tape| tape.is_stale(now, hz)) {
            self.tape = None;
        }
    }
}

/// Debug text of a board, cut at [`INSPECT_BOARD_BYTES_MAX`]: the size of a board is up to the game.
fn bounded(board: &impl std::fmt::Debug) -> String {
    struct Bounded(String);
    impl std::fmt::Write for Bounded {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            if self.0.len() + text.len() > INSPECT_BOARD_BYTES_MAX {
                return Err(std::fmt::Error);
            }
            self.0.push_str(text);
            Ok(())
        }
    }
    let mut text = Bounded(String::new());
    if write!(text, "{board:#?}").is_err() {
        text.0.push('…');
    }
    text.0
}
