//! What happened, as JSON objects whose `kind` says what: rare things, so that texts are cheap enough.

use arena::{
    event::{self, Standing},
    rules::Mode,
};
#[cfg(feature = "play")]
use client::{ClientEvent, Ending};
use serde::Serialize;
#[cfg(feature = "play")]
use shared::wire::{SessionMessage, Welcome};
use shared::{quantize::position_to_px, wire::Event};

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
    Standing {
        player: u16,
        team: u8,
        score: i32,
        deaths: u32,
    },
    Left {
        player: u16,
    },
    Killed {
        tick: u32,
        killer: u16,
        victim: u16,
        rail: bool,
    },
    Hit {
        tick: u32,
        shooter: u16,
        victim: u16,
        damage: u8,
        rail: bool,
    },
    Rail {
        tick: u32,
        shooter: u16,
        from_x: f32,
        from_y: f32,
        to_x: f32,
        to_y: f32,
    },
    Chat {
        from: Option<u16>,
        text: &'a str,
    },
    Match {
        team_mode: bool,
        phase: u8,
        ends: Option<u32>,
        score_limit: u16,
        team_scores: [i32; 2],
    },
    #[cfg(feature = "play")]
    Ended {
        code: u8,
        reason: &'a str,
        text: &'a str,
    },
    #[cfg(feature = "replay")]
    /// A replay goes on from elsewhere: everyone and the match follow anew.
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

/// An event; `welcome` is the client's, which a join comes with.
#[cfg(feature = "play")]
pub(crate) fn json(event: &ClientEvent<event::Event>, welcome: Option<&Welcome>) -> Option<String> {
    let told = match event {
        ClientEvent::Joined => joined(welcome?),
        ClientEvent::Session(SessionMessage { id, token, resume_secs }) => {
            Told::Session { id, token, resume_secs: *resume_secs }
        }
        ClientEvent::MapChanged => Told::Map,
        ClientEvent::Room { tick: _, event } => room(event),
        ClientEvent::Game { tick, event } => game(tick.0, event),
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

/// Who came, left, or said something.
pub(crate) fn room(event: &Event) -> Told<'_> {
    match event {
        Event::Joined { player, name, opponent } => Told::Player { player: player.0, name, opponent: *opponent },
        Event::Left(player) => Told::Left { player: player.0 },
        Event::Chat { from, text } => Told::Chat { from: from.map(|player| player.0), text },
    }
}

/// What happened in the game at a tick.
pub(crate) fn game(tick: u32, event: &event::Event) -> Told<'static> {
    use arena::event::{Event, Weapon::Rail};
    match *event {
        Event::Standing(Standing { player, team, score, deaths }) => {
            Told::Standing { player: player.0, team: team as u8, score, deaths }
        }
        Event::Killed { killer, victim, weapon } => {
            Told::Killed { tick, killer: killer.0, victim: victim.0, rail: weapon == Rail }
        }
        Event::Hit { shooter, victim, damage, weapon } => {
            Told::Hit { tick, shooter: shooter.0, victim: victim.0, damage, rail: weapon == Rail }
        }
        Event::Rail { shooter, from, to } => {
            let (from, to) = (position_to_px(from), position_to_px(to));
            Told::Rail { tick, shooter: shooter.0, from_x: from.x, from_y: from.y, to_x: to.x, to_y: to.y }
        }
        Event::Match { mode, phase, ends, score_limit, team_scores } => Told::Match {
            team_mode: mode == Mode::TeamDeathmatch,
            phase: phase as u8,
            ends: (ends.0 != NEVER).then_some(ends.0),
            score_limit,
            team_scores,
        },
    }
}

/// The tick at which a phase without an end ends.
const NEVER: u32 = u32::MAX;

#[cfg(all(test, feature = "play"))]
mod tests {
    use arena::event::MatchPhase;
    use shared::{PlayerId, Tick, wire::DisconnectReason};

    use super::*;

    #[track_caller]
    fn check(event: event::Event, told: &str) {
        let event = ClientEvent::Game { tick: Tick(7), event };
        assert_eq!(json(&event, None).as_deref(), Some(told));
    }

    #[track_caller]
    fn check_room(event: Event, told: &str) {
        let event = ClientEvent::Room { tick: Tick(7), event };
        assert_eq!(json(&event, None).as_deref(), Some(told));
    }

    #[test]
    fn chat_keeps_its_signs() {
        let text = "<b>\"hi\"</b>".to_owned();
        check_room(Event::Chat { from: Some(PlayerId(3)), text }, r#"{"kind":"chat","from":3,"text":"<b>\"hi\"</b>"}"#);
        check_room(Event::Chat { from: None, text: "x".into() }, r#"{"kind":"chat","from":null,"text":"x"}"#);
    }

    #[test]
    fn beam_is_told_in_pixels() {
        let event = event::Event::Rail { shooter: PlayerId(1), from: [16, 32].into(), to: [-16, 8].into() };
        check(event, r#"{"kind":"rail","tick":7,"shooter":1,"from_x":1.0,"from_y":2.0,"to_x":-1.0,"to_y":0.5}"#);
    }

    #[test]
    fn match_without_an_end_says_so() {
        let event = |ends| event::Event::Match {
            mode: Mode::TeamDeathmatch,
            phase: MatchPhase::Running,
            ends: Tick(ends),
            score_limit: 20,
            team_scores: [1, 2],
        };
        check(event(9), r#"{"kind":"match","team_mode":true,"phase":1,"ends":9,"score_limit":20,"team_scores":[1,2]}"#);
        check(
            event(NEVER),
            r#"{"kind":"match","team_mode":true,"phase":1,"ends":null,"score_limit":20,"team_scores":[1,2]}"#,
        );
    }

    #[test]
    fn ending_names_its_reason() {
        let ended = ClientEvent::Ended(Ending { reason: DisconnectReason::Kicked, text: "bye".into() });
        let told = r#"{"kind":"ended","code":10,"reason":"kicked","text":"bye"}"#;
        assert_eq!(json(&ended, None).as_deref(), Some(told));
    }
}
