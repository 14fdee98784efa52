//! The layouts of `docs/protocol.md` and `games/arena/docs/protocol.md` as tables, and messages described by them, apart from the code that reads them.
//! Those of another game are in its module.

use std::vec::IntoIter;

use serde::{Deserialize, Serialize};

use crate::json::{Json, object};

/// MessagePack values that messages use.
#[derive(Clone, Serialize, Deserialize, PartialEq, Debug)]
#[serde(untagged)]
pub(crate) enum Value {
    Int(i64),
    Text(String),
    Array(Vec<Value>),
}

/// A kind of message: number, name, who sends it, names of the elements behind the kind.
pub(crate) struct Layout {
    pub(crate) kind: u8,
    pub(crate) name: &'static str,
    pub(crate) sender: &'static str,
    pub(crate) fields: &'static [&'static str],
}

/// Every kind of message. A field that ends in `…` repeats or is described in a section of its own.
pub(crate) const LAYOUTS: &[Layout] = &[
    layout(0, "hello", "client", &["version", "plain", "name", "ticket"]),
    layout(1, "input", "client", &["newest", "ack", "missing", "view_age", "inputs…"]),
    layout(2, "ping", "client", &["token"]),
    layout(3, "chat", "client", &["text"]),
    layout(4, "leave", "client", &[]),
    layout(5, "resync", "client", &[]),
    layout(6, "watch", "client", &["player"]),
    layout(
        16,
        "welcome",
        "server",
        &["version", "player", "tick", "tick_hz", "seats", "interest_px", "room", "server", "game", "game_version"],
    ),
    layout(17, "goodbye", "server", &["code", "text"]),
    layout(
        18,
        "snapshot",
        "server",
        &["flags", "tick", "baseline_age", "input_age", "margin", "own…", "checksum…", "updates…"],
    ),
    layout(19, "plain_snapshot", "server", &["tick", "input_age", "margin", "epoch", "own…", "updates…"]),
    layout(20, "events", "server", &["tick", "events…"]),
    layout(21, "pong", "server", &["token", "tick"]),
    layout(22, "map", "server", &["epoch", "first_tick", "map"]),
    layout(23, "session", "server", &["id", "token", "resume_secs"]),
    layout(24, "restart", "server", &["epoch", "first_tick"]),
    layout(25, "game_events", "server", &["tick", "events…"]),
];

const fn layout(kind: u8, name: &'static str, sender: &'static str, fields: &'static [&'static str]) -> Layout {
    Layout { kind, name, sender, fields }
}

/// An event by its code: its name and fields.
pub(crate) type EventLayout = (&'static str, &'static [&'static str]);

/// A kind of entities by its operation less 64: its name, fields, and fields of the plain record.
pub(crate) type EntityLayout = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Fields of a delta by bit of its mask.
pub(crate) type Mask = &'static [(u8, &'static [&'static str])];

/// Layouts of the values that a game puts into messages.
pub(crate) struct GameLayouts {
    pub(crate) events: &'static [EventLayout],
    pub(crate) entities: &'static [EntityLayout],
    /// The mask of the entity with an id of the samples.
    pub(crate) mask: fn(u16) -> Mask,
    /// One input; the angle is that of the input before.
    pub(crate) input: fn(&mut Elements, &mut i64) -> Json,
    pub(crate) map: fn(&mut Elements) -> Json,
    pub(crate) own: fn(&mut Elements) -> Json,
}

/// The layouts of the arena. In its samples ids 4 and 5 are pickups.
pub(crate) const ARENA: GameLayouts = GameLayouts {
    events: ARENA_EVENTS,
    entities: ENTITIES,
    mask: |id| if id == 4 || id == 5 { PICKUP_MASK } else { CRAFT_MASK },
    input,
    map,
    own,
};

/// Events of a room by code: name and fields.
pub(crate) const EVENTS: &[EventLayout] =
    &[("joined", &["player", "name", "opponent"]), ("left", &["player"]), ("chat", &["player", "text"])];

/// Events of the arena by code: name and fields.
pub(crate) const ARENA_EVENTS: &[EventLayout] = &[
    ("standing", &["player", "team", "score", "deaths"]),
    ("killed", &["killer", "victim", "weapon"]),
    ("hit", &["shooter", "victim", "damage", "weapon"]),
    ("rail", &["shooter", "from_x", "from_y", "to_x", "to_y"]),
    ("match", &["mode", "phase", "ends", "score_limit", "red_score", "blue_score"]),
];

/// One input of the arena.
pub(crate) const INPUT: &[&str] = &["heading", "aim_change", "buttons"];

/// The map of the arena.
pub(crate) const MAP: &[&str] = &[
    "name",
    "tile_px",
    "width",
    "height",
    "runs",
    "pickups",
    "acceleration",
    "drag",
    "dash",
    "speed_max",
    "shell_steps",
];

/// Fields of the own record, by bit of its mask.
pub(crate) const OWN: &[&str] =
    &["fire_ticks", "dash_ticks", "rail_shots", "shield", "rapid_ticks", "protection_ticks", "respawn_ticks"];

/// Whole states by operation less 64: name, fields, fields of the plain record.
pub(crate) const ENTITIES: &[EntityLayout] = &[
    (
        "craft",
        &["x", "y", "vx", "vy", "heading", "aim", "health", "flags"],
        &["x", "y", "vx", "vy", "aim", "health", "flags"],
    ),
    ("shell", &["x", "y", "vx", "vy", "owner", "bounces_left", "ticks_left"], &["x", "y", "vx", "vy", "owner"]),
    ("pickup", &["place", "available"], &["x", "y", "place", "available"]),
];

/// Fields of a craft's delta, by bit of its mask. The dash has none.
pub(crate) const CRAFT_MASK: Mask = &[
    (1, &["heading"]),
    (2, &["aim_change"]),
    (4, &["health"]),
    (8, &["flags"]),
    (16, &[]),
    (32, &["x_change", "y_change", "vx_change", "vy_change"]),
];

/// Fields of a pickup's delta.
const PICKUP_MASK: Mask = &[(1, &["available"])];

/// Describes a message by the names of its fields. `newest` is the tick of the newest snapshot its receiver has applied.
pub(crate) fn describe(bytes: &[u8], newest: u32, game: &GameLayouts) -> Json {
    let mut elements = Elements::of(bytes);
    let kind = elements.int();
    let layout = LAYOUTS.iter().find(|layout| i64::from(layout.kind) == kind).expect("the kind is known");
    let mut fields = vec![("message", Json::from(layout.name))];
    let mut flags = 0;
    for &name in layout.fields {
        let value = match (layout.name, name) {
            ("input", "inputs…") => inputs(&mut elements, game),
            ("events", "events…") => events(&mut elements, EVENTS),
            ("game_events", "events…") => events(&mut elements, game.events),
            ("map", "map") => (game.map)(&mut elements),
            ("snapshot", "own…") if flags & 2 == 0 => Json::Null,
            ("snapshot", "checksum…") if flags & 4 == 0 => Json::Null,
            ("snapshot", "checksum…") => object! { "sum": elements.int(), "since": elements.int() },
            ("snapshot" | "plain_snapshot", "own…") => (game.own)(&mut elements),
            ("snapshot", "updates…") => updates(&mut elements, game),
            ("plain_snapshot", "updates…") => plain_updates(&mut elements, game),
            _ => elements.value(),
        };
        if (layout.name, name) == ("snapshot", "flags") {
            let Json::Int(found) = value else { panic!("flags are a number") };
            flags = found;
        }
        fields.push((name.trim_end_matches('…'), value));
        match (layout.name, name) {
            ("snapshot", "flags") => fields.push(("epoch", Json::Int(flags >> 4))),
            ("snapshot", "tick") if flags & 1 == 0 => {
                let Some((_, Json::Int(low))) = fields.pop() else { panic!("the tick is a number") };
                fields.push(("tick", Json::Int(nearest(newest.into(), low))));
            }
            _ => {}
        }
    }
    assert!(elements.is_empty(), "elements are left over");
    Json::Object(fields)
}

/// The tick nearest to `newest` whose lowest 7 bits are `low`; never below 0.
fn nearest(newest: i64, low: i64) -> i64 {
    let ahead = (low - newest).rem_euclid(128);
    if ahead <= 63 { newest + ahead } else { (newest - 128 + ahead).max(0) }
}

fn inputs(elements: &mut Elements, game: &GameLayouts) -> Json {
    let mut inputs = Vec::new();
    let mut angle = 0;
    while !elements.is_empty() {
        inputs.push((game.input)(elements, &mut angle));
    }
    inputs.into()
}

fn input(elements: &mut Elements, aim: &mut i64) -> Json {
    let heading = elements.int();
    *aim = (*aim + elements.int()).rem_euclid(1_024);
    object! { "heading": heading, "aim": *aim, "buttons": elements.int() }
}

fn events(elements: &mut Elements, table: &[EventLayout]) -> Json {
    let mut events = Vec::new();
    while !elements.is_empty() {
        let mut elements = elements.array();
        let (name, names) = table[elements.int() as usize];
        let mut fields = vec![("event", Json::from(name))];
        fields.extend(names.iter().map(|&name| (name, elements.value())));
        assert!(elements.is_empty(), "elements are left over in {name}");
        events.push(Json::Object(fields));
    }
    events.into()
}

/// The map of the arena, and the rows that its runs say.
fn map(elements: &mut Elements) -> Json {
    let mut elements = elements.array();
    let mut fields: Vec<_> = MAP.iter().map(|&name| (name, elements.value())).collect();
    assert!(elements.is_empty(), "elements are left over in the map");
    let (Json::Int(width), Json::List(runs)) = (&fields[2].1, &fields[4].1) else {
        panic!("the width is a number, and the runs are an array")
    };
    let rows = rows(runs, *width as usize);
    fields.insert(5, ("rows", rows));
    Json::Object(fields)
}

fn own(elements: &mut Elements) -> Json {
    let mask = elements.int();
    let mut field = |bit: usize| if mask >> bit & 1 == 0 { Json::Int(0) } else { elements.value() };
    Json::Object(OWN.iter().enumerate().map(|(bit, &name)| (name, field(bit))).collect())
}

fn updates(elements: &mut Elements, game: &GameLayouts) -> Json {
    let mut updates = Vec::new();
    let mut id = -1;
    while !elements.is_empty() {
        id += elements.int() + 1;
        let operation = elements.int();
        let mut fields = vec![("id", Json::Int(id)), ("operation", Json::Int(operation))];
        let mut push = |name: &'static str| fields.push((name, elements.value()));
        match operation {
            0 => {}
            64.. => game.entities[operation as usize - 64].1.iter().for_each(|&name| push(name)),
            mask => (game.mask)(id as u16)
                .iter()
                .filter(|&&(bit, _)| mask & i64::from(bit) != 0)
                .flat_map(|(_, names)| names.iter())
                .for_each(|&name| push(name)),
        }
        updates.push(Json::Object(fields));
    }
    updates.into()
}

fn plain_updates(elements: &mut Elements, game: &GameLayouts) -> Json {
    let mut updates = Vec::new();
    while !elements.is_empty() {
        let mut fields = vec![("id", elements.value())];
        let operation = elements.int();
        fields.push(("operation", Json::Int(operation)));
        if operation != 0 {
            fields.extend(game.entities[operation as usize - 64].2.iter().map(|&name| (name, elements.value())));
        }
        updates.push(Json::Object(fields));
    }
    updates.into()
}

fn rows(runs: &[Json], width: usize) -> Json {
    let mut tiles = String::new();
    for (run, tile) in runs.iter().zip(['.', '#'].into_iter().cycle()) {
        let &Json::Int(run) = run else { panic!("a run is a number") };
        tiles.extend(std::iter::repeat_n(tile, run as usize));
    }
    let rows = tiles.as_bytes().chunks(width).map(|row| String::from_utf8_lossy(row).into_owned());
    Json::list(rows)
}

/// The elements of an array, one after the other.
pub(crate) struct Elements(IntoIter<Value>);

impl Elements {
    fn of(bytes: &[u8]) -> Self {
        let value: Value = rmp_serde::from_slice(bytes).expect("rmp-serde reads our bytes");
        assert_eq!(rmp_serde::to_vec(&value).expect("plain values are written"), bytes, "the bytes are not canonical");
        let Value::Array(elements) = value else { panic!("a message is an array") };
        Self(elements.into_iter())
    }

    fn is_empty(&self) -> bool {
        self.0.len() == 0
    }

    fn array(&mut self) -> Self {
        match self.0.next() {
            Some(Value::Array(elements)) => Self(elements.into_iter()),
            other => panic!("an array was expected, not {other:?}"),
        }
    }

    pub(crate) fn int(&mut self) -> i64 {
        match self.0.next() {
            Some(Value::Int(value)) => value,
            other => panic!("a number was expected, not {other:?}"),
        }
    }

    pub(crate) fn value(&mut self) -> Json {
        fn json(value: Value) -> Json {
            match value {
                Value::Int(value) => Json::Int(value),
                Value::Text(text) => Json::Text(text),
                Value::Array(values) => Json::List(values.into_iter().map(json).collect()),
            }
        }
        json(self.0.next().expect("an element is there"))
    }
}
