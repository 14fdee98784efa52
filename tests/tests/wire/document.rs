//! `docs/protocol.md`, the engine's, and the page of each game against the code: what is generated must be the newest, and what is marked
//! as a table of fields must have the code's names and ranges.

use std::{collections::BTreeSet, fmt::Write as _, path::PathBuf};

use arena::{
    limits::{MAP_TILES_MAX, PICKUPS_MAX},
    rules::numbers::{CRAFT_HALF, CRAFT_HIT_RADIUS, HEALTH_MAX, Motion, PICKUP_RADIUS, Rules},
};
use client::{NextStep, comeback::LinkEnd};
use shared::{
    TickRate,
    limits::{
        ACK_MASK_TICKS, BASELINE_AGE_MAX, BLOCKED_TIMEOUT_SECS, CHAT_BYTES_MAX, CHAT_LINES_MAX, CHAT_WINDOW_SECS,
        CLIENT_MESSAGE_BYTES_MAX, DATAGRAM_BYTES_MAX, DEPTH_MAX, EVENTS_PER_MESSAGE_MAX, GAME_NAME_BYTES_MAX,
        HELLO_TIMEOUT_SECS, IDLE_TIMEOUT_SECS, INPUT_BURST_SECS, INPUT_MESSAGES_PER_TICK_MAX, INPUT_REPEAT_TICKS,
        INPUT_WINDOW, INPUTS_PER_MESSAGE_MAX, MAP_NAME_BYTES_MAX, MESSAGE_BURST_SECS, MESSAGE_BYTES_PER_TICK_MAX,
        MESSAGES_PER_TICK_MAX, NAME_BYTES_MAX, PACKETS_PER_TICK_MAX, PROTOCOL_VERSION, REASON_BYTES_MAX,
        RESYNCS_PER_SEC_MAX, REWIND_MAX_MS, ROOM_PLAYERS_MAX, SERVER_MESSAGE_BYTES_MAX, SPECTATORS_PER_ROOM_MAX,
        TICK_HZ_MAX, TICK_HZ_MIN, TICKET_BYTES_MAX, VIEW_INTERPOLATION_MAX_MS, WATCHES_PER_SEC_MAX,
    },
    quantize::POSITION_PER_PX,
    wire::{DecodeError, DisconnectReason},
};

use crate::{
    fields::{self, Row, Table},
    grammar::{ARENA_EVENTS, ENTITIES, EVENTS, EntityLayout, EventLayout, LAYOUTS},
    messages::{self, Sample},
    petri::document::PETRI,
    vectors::{self, hex},
};

const GENERATED: &str = "<!-- generated: ";
const FIELDS: &str = "<!-- fields: ";
const END: &str = "<!-- end -->";

/// A document and what it must have.
pub(crate) struct Document {
    pub(crate) path: &'static str,
    pub(crate) generated: &'static [&'static str],
    /// The part that is made from the code under a name.
    pub(crate) generate: fn(&str) -> String,
    pub(crate) tables: fn() -> Vec<Table>,
    /// Sentences of the document that quote values of the code.
    pub(crate) quotes: fn() -> Vec<String>,
}

const ENGINE: Document = Document {
    path: "../docs/protocol.md",
    generated: &["kinds", "events", "limits", "paces", "reasons", "errors"],
    generate: generated,
    tables: fields::engine,
    quotes: engine_quotes,
};
const ARENA: Document = Document {
    path: "../games/arena/docs/protocol.md",
    generated: &["events", "plain entities", "entities", "rules", "motion", "limits"],
    generate: generated_of_arena,
    tables: fields::arena,
    quotes: arena_quotes,
};
const DOCUMENTS: [Document; 3] = [ENGINE, ARENA, PETRI];

impl Document {
    fn path(&self) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(self.path)
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.path()).unwrap_or_else(|error| panic!("{}: {error}", self.path))
    }
}

#[test]
fn generated_parts_are_the_newest() {
    DOCUMENTS.iter().for_each(generated_parts_of);
}

fn generated_parts_of(document: &Document) {
    let text = document.text();
    let mut renewed = String::new();
    let mut names = BTreeSet::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let _ = writeln!(renewed, "{line}");
        let Some(name) = marked(line, GENERATED) else { continue };
        assert!(lines.any(|line| line == END), "{name} has no end");
        let _ = writeln!(renewed, "{}\n{END}", (document.generate)(name).trim_end());
        names.insert(name.to_owned());
    }
    for &name in document.generated {
        assert!(names.contains(name), "{} lacks {name}", document.path);
    }
    vectors::check_text(&document.path(), &renewed);
}

#[test]
fn tables_of_fields_have_the_names_and_ranges_of_the_code() {
    DOCUMENTS.iter().for_each(tables_of);
}

fn tables_of(document: &Document) {
    let text = document.text();
    let tables = (document.tables)();
    let mut checked = BTreeSet::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(name) = marked(line, FIELDS) else { continue };
        let rows = rows(&mut lines);
        let table =
            tables.iter().find(|table| table.name == name).unwrap_or_else(|| panic!("nothing is called {name}"));
        if let Some(complaint) = table.complaint(&rows) {
            panic!("table {name}: {complaint}");
        }
        checked.insert(name.to_owned());
    }
    for table in &tables {
        assert!(checked.contains(&table.name), "{} lacks the fields of {}", document.path, table.name);
    }
}

/// The documents speak of one version each and of numbers that no table holds.
#[test]
fn prose_quotes_the_numbers_of_the_code() {
    for document in &DOCUMENTS {
        let text = document.text();
        for sentence in (document.quotes)() {
            assert!(text.contains(&sentence), "{} lacks {sentence:?}", document.path);
        }
    }
}

fn engine_quotes() -> Vec<String> {
    vec![
        format!("# The protocol of Ricochet, version {PROTOCOL_VERSION}"),
        format!("\"protocol\": {PROTOCOL_VERSION}"),
        format!("| version | 0..65535 | {PROTOCOL_VERSION}. With another"),
        format!("| version | 0..65535 | {PROTOCOL_VERSION} |"),
        format!("in version {PROTOCOL_VERSION} there are none"),
        format!("this page describes version {PROTOCOL_VERSION}."),
        format!("at most {CHAT_LINES_MAX} in {CHAT_WINDOW_SECS} seconds"),
        format!("comes more than {} ticks ahead", INPUT_WINDOW - 1),
        format!("more than {BASELINE_AGE_MAX} ticks back"),
        format!("counts as {REWIND_MAX_MS} ms"),
        format!("at most {VIEW_INTERPOLATION_MAX_MS} ms, a tick and a frame"),
        format!("granted {} bytes** of snapshots **per second", thousands(room::PLAIN_BYTES_PER_SEC)),
        format!("grants you {} bytes** of snapshots **per second", thousands(room::PLAYER_BYTES_PER_SEC)),
        format!("saved up to {} bytes", thousands(4 * DATAGRAM_BYTES_MAX as u32)),
    ]
}

fn arena_quotes() -> Vec<String> {
    vec![
        format!("# The protocol of the arena, version {}", arena::VERSION),
        format!("`game` is `{}`", arena::NAME),
        format!("moves a box of half side {CRAFT_HALF} ({} px)", CRAFT_HALF / POSITION_PER_PX),
        format!("target + {} if delta > 0 else target - {CRAFT_HALF}", CRAFT_HALF - 1),
        format!("repeated for up to {INPUT_REPEAT_TICKS} ticks"),
        format!("within {} px of its path", CRAFT_HIT_RADIUS / POSITION_PER_PX),
        format!("within {} px, by the nearest", PICKUP_RADIUS / POSITION_PER_PX),
        format!("`health` 0 to {HEALTH_MAX}"),
    ]
}

/// A number as the document's prose writes it.
fn thousands(number: u32) -> String {
    format!("{},{:03}", number / 1_000, number % 1_000)
}

fn marked<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    line.strip_prefix(mark)?.strip_suffix(" -->")
}

/// The rows of the table that begins here, by the names in its head.
fn rows<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Vec<Row> {
    fn cells(line: &str) -> Vec<&str> {
        line.trim_matches('|').split('|').map(str::trim).collect()
    }
    let head = cells(lines.next().expect("a table follows its mark"));
    let column = |name: &str| head.iter().position(|&column| column == name);
    let (field, range) = (column("field").expect("a column of fields"), column("range").expect("a column of ranges"));
    let body = lines.skip(1).take_while(|line| line.starts_with('|'));
    body.map(|line| {
        let cells = cells(line);
        let bit = column("bit").map(|bit| cells[bit].parse().expect("a bit is a number"));
        Row { bit, field: cells[field].to_owned(), range: cells[range].to_owned() }
    })
    .collect()
}

fn generated_of_arena(name: &str) -> String {
    match name {
        "events" => events(ARENA_EVENTS),
        "entities" => entities(ENTITIES),
        "plain entities" => plain_entities(ENTITIES),
        "rules" => rules(),
        "motion" => motion(),
        "limits" => arena_limits(),
        name => arena_example(name),
    }
}

fn generated(name: &str) -> String {
    match name {
        "kinds" => kinds(),
        "events" => events(EVENTS),
        "limits" => limits(),
        "paces" => paces(),
        "reasons" => reasons(),
        "errors" => errors(),
        name => arena_example(name),
    }
}

/// An example of the engine's page or of the arena's, which share their samples.
fn arena_example(name: &str) -> String {
    example(name, messages::client().into_iter().chain(messages::server()).chain(messages::snapshots()))
}

pub(crate) fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut out = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        let _ = writeln!(out, "| {} |", row.join(" | "));
    }
    out
}

fn kinds() -> String {
    let layouts = LAYOUTS.iter().map(|layout| {
        let fields: Vec<_> = std::iter::once(layout.kind.to_string())
            .chain(layout.fields.iter().map(|&field| field.to_owned()))
            .collect();
        vec![
            layout.kind.to_string(),
            layout.name.to_owned(),
            layout.sender.to_owned(),
            format!("`[{}]`", fields.join(", ")),
        ]
    });
    table(&["kind", "name", "sender", "layout"], layouts)
}

pub(crate) fn events(events: &[EventLayout]) -> String {
    let events = events.iter().enumerate().map(|(code, (name, fields))| {
        let fields = match fields {
            [first @ .., one, other] if first.len() > FIELDS_SHOWN_MAX => {
                format!("{}, …, {one}, {other}", first[..FIELDS_SHOWN_MAX].join(", "))
            }
            all => all.join(", "),
        };
        vec![code.to_string(), (*name).to_owned(), format!("`[{code}, {fields}]`")]
    });
    table(&["code", "event", "layout"], events)
}

pub(crate) fn entities(entities: &[EntityLayout]) -> String {
    let entities = entities.iter().zip(64..).map(|((name, fields, _), operation)| {
        vec![operation.to_string(), (*name).to_owned(), format!("`{operation}, {}`", fields.join(", "))]
    });
    table(&["operation", "entity", "layout"], entities)
}

pub(crate) fn plain_entities(entities: &[EntityLayout]) -> String {
    let entities = entities.iter().zip(64..).map(|((name, _, fields), kind)| {
        vec![kind.to_string(), (*name).to_owned(), format!("`id, {kind}, {}`", fields.join(", "))]
    });
    table(&["kind", "entity", "layout"], entities)
}

fn rate(hz: u16) -> TickRate {
    TickRate::new(hz).expect("a rate the server accepts")
}

fn rules() -> String {
    let Rules {
        tick_rate: _,
        motion: _,
        fire_ticks,
        rapid_fire_ticks,
        rail_ticks,
        dash_ticks,
        shell_life_ticks,
        shell_bounces,
        shell_damage,
        rail_damage,
        rail_shots,
        rail_reach,
        respawn_ticks,
        protection_ticks,
        rapid_ticks,
        shield_points,
        pickup_health,
        pickup_return_ticks,
        kill_credit_ticks,
    } = Rules::new(rate(30));
    let rows = [
        ("ticks between two shells, at 30 Hz", fire_ticks.into()),
        ("the same under rapid fire", rapid_fire_ticks.into()),
        ("ticks between two rail shots", rail_ticks.into()),
        ("ticks between two dashes", dash_ticks.into()),
        ("ticks a shell lives", shell_life_ticks.into()),
        ("walls a shell survives", shell_bounces.into()),
        ("damage of a shell", shell_damage.into()),
        ("damage of the rail", rail_damage.into()),
        ("rail shots per pickup", rail_shots.into()),
        ("reach of the rail, px", rail_reach / POSITION_PER_PX),
        ("ticks from death to respawn", respawn_ticks.into()),
        ("ticks of protection after a respawn", protection_ticks.into()),
        ("ticks rapid fire lasts", rapid_ticks.into()),
        ("damage a shield absorbs", shield_points.into()),
        ("health a pickup restores", pickup_health.into()),
        ("ticks until a taken pickup returns", pickup_return_ticks.into()),
        ("ticks after a hit in which leaving counts as killed", kill_credit_ticks.into()),
        ("health of a fresh craft", HEALTH_MAX.into()),
    ];
    table(&["rule", "number"], rows.map(|(rule, number): (_, i32)| vec![rule.to_owned(), number.to_string()]))
}

fn motion() -> String {
    let rows = [10, 20, 30, 60, 120].map(|hz| {
        let Motion { acceleration, drag, dash, speed_max, shell_speed, shell_steps } = Motion::new(rate(hz));
        [hz.into(), acceleration, drag, dash, speed_max, shell_speed, shell_steps]
            .map(|number| number.to_string())
            .to_vec()
    });
    table(&["tick_hz", "acceleration", "drag", "dash", "speed_max", "shell speed", "shell_steps"], rows)
}

fn limits() -> String {
    let rows = [
        ("a datagram's payload, bytes", DATAGRAM_BYTES_MAX),
        ("a message from the server, bytes", SERVER_MESSAGE_BYTES_MAX),
        ("a message from a client, bytes", CLIENT_MESSAGE_BYTES_MAX),
        ("nested arrays", DEPTH_MAX),
        ("ticket, bytes", TICKET_BYTES_MAX),
        ("player name and server name, bytes", NAME_BYTES_MAX),
        ("line of chat, bytes", CHAT_BYTES_MAX),
        ("text of a goodbye, bytes", REASON_BYTES_MAX),
        ("name of a game, bytes", GAME_NAME_BYTES_MAX),
        ("events in a message", EVENTS_PER_MESSAGE_MAX),
        ("players in a room", ROOM_PLAYERS_MAX),
        ("least ticks per second", TICK_HZ_MIN.into()),
        ("most ticks per second", TICK_HZ_MAX.into()),
        ("inputs in a message", INPUTS_PER_MESSAGE_MAX),
        ("ticks covered by `missing`", ACK_MASK_TICKS as usize),
        ("spectators of a room", SPECTATORS_PER_ROOM_MAX),
        ("bytes of snapshots per second to a full client", room::PLAYER_BYTES_PER_SEC as usize),
        ("bytes of snapshots per second to a plain client", room::PLAIN_BYTES_PER_SEC as usize),
        ("seconds until the hello", HELLO_TIMEOUT_SECS as usize),
        ("seconds of silence until a link ends", IDLE_TIMEOUT_SECS as usize),
        ("seconds a link may take no bytes", BLOCKED_TIMEOUT_SECS as usize),
    ];
    table(&["limit", "number"], rows.map(|(limit, number)| vec![limit.to_owned(), number.to_string()]))
}

fn arena_limits() -> String {
    let rows = [
        ("map name, bytes", MAP_NAME_BYTES_MAX),
        ("map width and height, tiles", MAP_TILES_MAX.into()),
        ("pickup places on a map", PICKUPS_MAX),
    ];
    table(&["limit", "number"], rows.map(|(limit, number)| vec![limit.to_owned(), number.to_string()]))
}

/// Rate limits of a client's messages: per second, in a burst, and the consequence of more.
fn paces() -> String {
    let hz = 30;
    let per_tick = |what: &str, pace: u32, burst_secs: u32, burst_each: u32, more: &str| {
        [
            what.to_owned(),
            format!("{pace} per tick"),
            format!("{} × `tick_hz`", burst_secs * burst_each),
            format!("{} a second, {} at once", pace * hz, burst_secs * burst_each * hz),
            more.to_owned(),
        ]
    };
    let per_sec = |what: &str, pace: u32, burst: u32, more: &str| {
        let pace = format!("{pace} per second");
        [what.to_owned(), pace.clone(), burst.to_string(), format!("{pace}, {burst} at once"), more.to_owned()]
    };
    let closes = "the link ends with `too_fast`";
    let rows = [
        per_tick("messages of any kind", MESSAGES_PER_TICK_MAX, MESSAGE_BURST_SECS, 1, closes),
        per_tick("bytes of them", MESSAGE_BYTES_PER_TICK_MAX, MESSAGE_BURST_SECS, MESSAGE_BYTES_PER_TICK_MAX, closes),
        per_tick("`input`", INPUT_MESSAGES_PER_TICK_MAX, INPUT_BURST_SECS, 1, "ignored"),
        per_tick("packets of QUIC", PACKETS_PER_TICK_MAX, MESSAGE_BURST_SECS, PACKETS_PER_TICK_MAX, "dropped unread"),
        per_sec("`chat`", CHAT_LINES_MAX / CHAT_WINDOW_SECS, CHAT_LINES_MAX, "dropped, and the server says so"),
        per_sec("`resync`", RESYNCS_PER_SEC_MAX, 2 * RESYNCS_PER_SEC_MAX, "done later"),
        per_sec("`watch`", WATCHES_PER_SEC_MAX, 2 * WATCHES_PER_SEC_MAX, "the newest is done later"),
    ];
    table(
        &["what", "in the long run", "at once, after a pause", "at 30 ticks per second", "more is"],
        rows.map(Vec::from),
    )
}

fn reasons() -> String {
    let meaning = |reason| match reason {
        DisconnectReason::Left => "you left",
        DisconnectReason::VersionMismatch => "another protocol version; the text names both",
        DisconnectReason::BadMessage => "a message that cannot be read; the text says what was wrong",
        DisconnectReason::BadTicket => "the ticket is unknown, used, expired, or none of this server's",
        DisconnectReason::RoomFull => "no seat is free",
        DisconnectReason::TimedOut => "no hello came in time, or nothing was heard for too long",
        DisconnectReason::TooFast => "more messages than allowed",
        DisconnectReason::TooSlow => "the link took no bytes for too long",
        DisconnectReason::ShuttingDown => "the server ends",
        DisconnectReason::RoomClosed => "the room was closed",
        DisconnectReason::Kicked => "removed by the host; or you watched the match that you have joined now",
        DisconnectReason::Overloaded => "the server cannot take more",
        DisconnectReason::OutOfOrder => "the first message was no hello, or a second hello came",
        DisconnectReason::Internal => "a fault of the server",
        DisconnectReason::ResumedElsewhere => {
            "your session goes on over another link, or your account began another session"
        }
        DisconnectReason::SessionOver => "the session is over or the token was used",
        DisconnectReason::WrongShard => "the ticket or token is for another shard; the text names it",
        DisconnectReason::RoomFailed => "the game of the room failed, and the room ended",
    };
    let then = |reason| match NextStep::after(LinkEnd::Told(reason)) {
        NextStep::Resume => "come back",
        NextStep::Rejoin => "join again",
        NextStep::Stop => "stop",
    };
    let reasons: Vec<_> = (0..=u8::MAX).filter_map(DisconnectReason::from_code).collect();
    let rows = reasons.into_iter().map(|reason| {
        let code = reason.code();
        vec![
            code.to_string(),
            (4_000 + u16::from(code)).to_string(),
            format!("`{}`", reason.label()),
            meaning(reason).to_owned(),
            then(reason).to_owned(),
        ]
    });
    table(&["code", "WebSocket", "reason", "meaning", "then"], rows)
}

fn errors() -> String {
    let meaning = |error: &DecodeError| match error {
        DecodeError::Truncated { .. } => "the bytes end inside a value or before the last element",
        DecodeError::WrongType { .. } => "an element of another type",
        DecodeError::OutOfRange { .. } => "a number outside its range",
        DecodeError::TooLong { .. } => "a message, a text or a list longer than allowed",
        DecodeError::TooDeep { .. } => "arrays nested too deep",
        DecodeError::BadText { .. } => "text that is not UTF-8 or holds control characters",
        DecodeError::UnknownKind { .. } => {
            "a kind of message, or code of an event, that nobody has or the sender must not send"
        }
        DecodeError::UnknownOperation { .. } => {
            "an operation that fits no entity, or a mask that does not fit this one"
        }
        DecodeError::WrongLength { .. } => "an array with fewer or more elements than its kind has",
        DecodeError::TrailingBytes { .. } => "bytes behind the message",
        DecodeError::VersionMismatch { .. } => "another protocol version",
        DecodeError::UnknownBaseline { .. } => "a delta against a state that the receiver does not have",
    };
    let field = "a field";
    let errors = [
        DecodeError::Truncated { field },
        DecodeError::WrongType { field, expected: "another" },
        DecodeError::OutOfRange { field, value: 2, low: 0, high: 1 },
        DecodeError::TooLong { field, length: 2, limit: 1 },
        DecodeError::TooDeep { limit: DEPTH_MAX },
        DecodeError::BadText { field },
        DecodeError::UnknownKind { kind: 99 },
        DecodeError::UnknownOperation { operation: 67 },
        DecodeError::WrongLength { found: 2, expected: 1 },
        DecodeError::TrailingBytes { count: 1 },
        DecodeError::VersionMismatch { theirs: PROTOCOL_VERSION + 1, ours: PROTOCOL_VERSION },
        DecodeError::UnknownBaseline { entity: 1 },
    ];
    table(
        &["word", "meaning"],
        errors.iter().map(|error| vec![format!("`{}`", error.label()), meaning(error).to_owned()]),
    )
}

/// The part `example {name of a sample}`.
pub(crate) fn example(part: &str, mut samples: impl Iterator<Item = Sample>) -> String {
    let name = part.strip_prefix("example ").unwrap_or_else(|| panic!("nothing is called {part}"));
    let sample = samples.find(|sample| sample.name == name).unwrap_or_else(|| panic!("no sample is called {name}"));
    let mut out = String::from("```text\n");
    for line in hex(&sample.bytes).as_bytes().chunks(96) {
        let _ = writeln!(out, "{}", String::from_utf8_lossy(line));
    }
    let _ = write!(out, "```\n```json\n{}```\n", sample.decoded().pretty());
    out
}

/// Fields of an event that are listed before the middle ones are left out.
const FIELDS_SHOWN_MAX: usize = 5;
