//! Events for the page, as JSON objects with a `kind`. Events are rare, so text is cheap enough for them.

#[cfg(feature = "play")]
use client::{ClientEvent, Ending};
use serde::Serialize;
#[cfg(feature = "play")]
use shared::wire::{SessionMessage, Welcome};
use shared::{
    Tick,
    game::{Record, reflect::Reflected},
    wire::Event,
};

#[cfg(feature = "play")]
use crate::Page;

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Told<'a> {
    #[cfg(feature = "play")]
    Joined {
        player: u16,
        tick_hz: u16,
        seats: u16,
        interest_px: u32,
        room: u32,
        server: &'a str,
    },
    #[cfg(feature = "play")]
    Session {
        id: &'a str,
        token: &'a str,
        resume_secs: u16,
    },
    #[cfg(feature = "play")]
    Map,
    Player {
        player: u16,
        name: &'a str,
        opponent: bool,
    },
    Left {
        player: u16,
    },
    Chat {
        from: Option<u16>,
        text: &'a str,
    },
    #[cfg(feature = "play")]
    Ended {
        code: u8,
        reason: &'a str,
        text: &'a str,
    },
    #[cfg(feature = "replay")]
    /// A replay goes on from another moment: events that list the players and the state of the match follow.
    Anew {
        tick: u32,
    },
    #[cfg(feature = "replay")]
    /// Ticks of a recording are missing.
    Gap {
        from: u32,
        to: u32,
    },
}

impl Told<'_> {
    #[cfg(feature = "replay")]
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).expect("numbers and texts are JSON")
    }
}

/// Event type of the client of a page's game.
#[cfg(feature = "play")]
pub(crate) type EventOf<P> = ClientEvent<<<P as Page>::Game as shared::game::Game>::Event>;

/// JSON of an event. `welcome` is the client's; an event of the join without it gives none.
#[cfg(feature = "play")]
pub(crate) fn json<P: Page>(event: &EventOf<P>, welcome: Option<&Welcome>) -> Option<String> {
    let told = match event {
        ClientEvent::Joined => joined(welcome?),
        ClientEvent::Session(SessionMessage { id, token, resume_secs }) => {
            Told::Session { id, token, resume_secs: *resume_secs }
        }
        ClientEvent::MapChanged => Told::Map,
        ClientEvent::Room { tick: _, event } => room(event),
        ClientEvent::Game { tick, event } => return Some(P::event(*tick, event)),
        ClientEvent::Ended(Ending { reason, text }) => {
            Told::Ended { code: reason.code(), reason: reason.label(), text }
        }
    };
    Some(serde_json::to_string(&told).expect("numbers and texts are JSON"))
}

#[cfg(feature = "play")]
fn joined(welcome: &Welcome) -> Told<'_> {
    Told::Joined {
        player: welcome.member.number(welcome.seats),
        tick_hz: welcome.tick_rate.hz(),
        seats: welcome.seats,
        interest_px: welcome.interest_px,
        room: welcome.room,
        server: &welcome.server,
    }
}

/// JSON of an event of the game: its fields by name, with `kind` and `tick`.
pub(crate) fn game<E: Record>(tick: Tick, event: &E) -> String {
    let mut fields = match event.reflect() {
        Reflected::Fields(fields) => fields,
        Reflected::Nothing => Vec::new(),
        other => vec![("event".into(), other)],
    };
    // Only an enum reflects a `kind` of its own.
    if fields.first().is_none_or(|(name, _)| name != "kind") {
        fields.insert(0, ("kind".into(), "event".into()));
    }
    fields.insert(1, ("tick".into(), i64::from(tick.0).into()));
    serde_json::to_string(&Reflected::Fields(fields)).expect("fields are JSON")
}

/// The page's form of a room event: a join, a leave, or a line of chat.
pub(crate) fn room(event: &Event) -> Told<'_> {
    match event {
        Event::Joined { player, name, opponent } => Told::Player { player: player.0, name, opponent: *opponent },
        Event::Left(player) => Told::Left { player: player.0 },
        Event::Chat { from, text } => Told::Chat { from: from.map(|player| player.0), text },
    }
}

#[cfg(all(test, feature = "play", feature = "replay"))]
mod tests {
    use shared::{PlayerId, wire::DisconnectReason};

    use super::*;
    use crate::fixtures::Plain;

    #[track_caller]
    fn check(event: Event, told: &str) {
        let event = ClientEvent::Room { tick: Tick(7), event };
        assert_eq!(json::<Plain>(&event, None).as_deref(), Some(told));
    }

    #[test]
    fn chat_keeps_its_signs() {
        let text = "<b>\"hi\"</b>".to_owned();
        check(Event::Chat { from: Some(PlayerId(3)), text }, r#"{"kind":"chat","from":3,"text":"<b>\"hi\"</b>"}"#);
        check(Event::Chat { from: None, text: "x".into() }, r#"{"kind":"chat","from":null,"text":"x"}"#);
    }

    #[test]
    fn ending_names_its_reason() {
        let ended = ClientEvent::Ended(Ending { reason: DisconnectReason::Kicked, text: "bye".into() });
        let told = r#"{"kind":"ended","code":10,"reason":"kicked","text":"bye"}"#;
        assert_eq!(json::<Plain>(&ended, None).as_deref(), Some(told));
    }

    #[derive(Clone, PartialEq, Debug, Record)]
    enum Happened {
        BellRang { player: PlayerId, loud: bool },
        Silence,
    }

    #[test]
    fn game_event_has_its_fields_by_name() {
        let rang = Happened::BellRang { player: PlayerId(4), loud: true };
        assert_eq!(game(Tick(7), &rang), r#"{"kind":"bell_rang","tick":7,"player":4,"loud":true}"#);
        assert_eq!(game(Tick(8), &Happened::Silence), r#"{"kind":"silence","tick":8}"#);
    }

    #[test]
    fn event_without_kinds_is_called_event() {
        assert_eq!(game(Tick(7), &()), r#"{"kind":"event","tick":7}"#);
    }
}
