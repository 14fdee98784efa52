//! What the inspector of the admin page sees of a room, by the names of the game's own declarations: a developer's look at the match, of
//! which no player hears.
//!
//! It costs nothing while nobody looks. A look at entities reads the match between two ticks. Events are kept from the first look on, and
//! no longer than [`INSPECTED_SECS`] after the last one.

use std::{collections::VecDeque, fmt::Write as _};

use serde::Serialize;
use shared::{
    EntityId, PlayerId, Tick,
    game::{Audience, Entity, Game, Input, Map, Record, Replicate, Word, reflect::Reflected},
    limits::{INSPECT_BOARD_BYTES_MAX, INSPECT_DOTS_MAX, INSPECT_ENTITIES_MAX, INSPECT_EVENTS_MAX},
    quantize::position_to_px,
};

use crate::{Room, play::Told};

/// So long after a look a room goes on keeping its events.
const INSPECTED_SECS: u32 = 10;

/// What is looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Look {
    /// Only entities of this kind.
    pub kind: Option<String>,
    /// Only this entity.
    pub id: Option<EntityId>,
    /// Only entities behind this one.
    pub after: Option<EntityId>,
    /// At most so many entities, and at most [`INSPECT_ENTITIES_MAX`].
    pub limit: usize,
    /// Whose own record.
    pub player: Option<PlayerId>,
    /// Only events from this number on.
    pub events_since: u64,
}

/// What there is to see.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Inspection {
    /// The newest tick.
    pub tick: u32,
    /// Of the map, px, if it has an end.
    pub size: Option<[f32; 2]>,
    /// All kinds of entities.
    pub kinds: Vec<KindSeen>,
    /// Entities, by id.
    pub entities: Vec<EntitySeen>,
    /// The last entity of this answer, if there are more behind it.
    pub more_after: Option<u16>,
    /// Where the entities of the chosen kind are, px, each with the index of its kind; at most [`INSPECT_DOTS_MAX`].
    pub dots: Vec<(u16, f32, f32, u8)>,
    /// The player whose record follows.
    pub player: Option<u16>,
    /// What only that player knows; none for a free seat.
    pub own: Option<Reflected>,
    /// What that player's last input wanted.
    pub input: Option<Reflected>,
    /// What everybody knows, as Rust shows it.
    pub board: String,
    /// What the host has set.
    pub settings: Reflected,
    /// What happened, the oldest first.
    pub events: Vec<EventSeen>,
    /// The number of the event after these.
    pub events_next: u64,
}

/// A kind of entity.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct KindSeen {
    /// What it is called.
    pub name: &'static str,
    /// How many live.
    pub count: usize,
    /// Its fields, as they are declared.
    pub fields: Vec<Word>,
}

/// An entity.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct EntitySeen {
    /// Its id.
    pub id: u16,
    /// What it is.
    pub kind: &'static str,
    /// Where it is, px.
    pub x: f32,
    /// Where it is, px.
    pub y: f32,
    /// Its fields, as they are declared.
    pub fields: Reflected,
}

/// An event.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct EventSeen {
    /// Counts events since the room is looked at.
    pub number: u64,
    /// When it happened.
    pub tick: u32,
    /// Who is told.
    pub audience: String,
    /// What happened, as a page is told.
    pub event: Reflected,
}

/// Events of a room that is looked at.
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

    /// Whether nobody has looked for a while. A tick before the look is one of a match whose ticks were renumbered.
    fn is_stale(&self, now: Tick, hz: u16) -> bool {
        now < self.looked || now.since(self.looked) > INSPECTED_SECS * u32::from(hz)
    }
}

impl<G: Game> Room<G> {
    /// Shows the match to a developer.
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

    /// Sets a field of an entity, in development.
    ///
    /// # Errors
    /// There is no such entity or field, the value is not allowed, or the game cannot be edited, as a sentence.
    pub fn edit(&mut self, id: EntityId, field: &str, value: &Reflected) -> Result<(), String> {
        let wanted = self.play.with_field(id, field, value)?;
        self.play.edit(id, wanted, &self.stage.history)
    }

    /// Forgets the events that nobody asks for any more.
    pub(crate) fn end_inspection(&mut self) {
        let (now, hz) = (self.now(), self.config.tick_rate.hz());
        if self.tape.as_ref().is_some_and(|tape| tape.is_stale(now, hz)) {
            self.tape = None;
        }
    }
}

/// The text of a board, cut where it is too long: a board may be as large as the game likes.
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
