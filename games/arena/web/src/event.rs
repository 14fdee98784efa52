//! What happened in the arena, as JSON objects whose `kind` says what: rare things, so that texts are cheap enough.

use arena::{
    event::{Event, Standing, Weapon},
    rules::Mode,
};
use serde::Serialize;
use shared::{Tick, quantize::position_to_px};

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Happened {
    Standing { player: u16, team: u8, score: i32, deaths: u32 },
    Killed { tick: u32, killer: u16, victim: u16, rail: bool },
    Hit { tick: u32, shooter: u16, victim: u16, damage: u8, rail: bool },
    Rail { tick: u32, shooter: u16, from_x: f32, from_y: f32, to_x: f32, to_y: f32 },
    Match { team_mode: bool, phase: u8, ends: Option<u32>, score_limit: u16, team_scores: [i32; 2] },
}

pub(crate) fn json(tick: Tick, event: &Event) -> String {
    let tick = tick.0;
    let happened = match *event {
        Event::Standing(Standing { player, team, score, deaths }) => {
            Happened::Standing { player: player.0, team: team as u8, score, deaths }
        }
        Event::Killed { killer, victim, weapon } => {
            Happened::Killed { tick, killer: killer.0, victim: victim.0, rail: weapon == Weapon::Rail }
        }
        Event::Hit { shooter, victim, damage, weapon } => {
            Happened::Hit { tick, shooter: shooter.0, victim: victim.0, damage, rail: weapon == Weapon::Rail }
        }
        Event::Rail { shooter, from, to } => {
            let (from, to) = (position_to_px(from), position_to_px(to));
            Happened::Rail { tick, shooter: shooter.0, from_x: from.x, from_y: from.y, to_x: to.x, to_y: to.y }
        }
        Event::Match { mode, phase, ends, score_limit, team_scores } => Happened::Match {
            team_mode: mode == Mode::TeamDeathmatch,
            phase: phase as u8,
            ends: (ends.0 != NEVER).then_some(ends.0),
            score_limit,
            team_scores,
        },
    };
    serde_json::to_string(&happened).expect("numbers are JSON")
}

/// The tick at which a phase without an end ends.
const NEVER: u32 = u32::MAX;

#[cfg(test)]
mod tests {
    use arena::event::MatchPhase;
    use shared::PlayerId;

    use super::*;

    #[track_caller]
    fn check(event: Event, happened: &str) {
        assert_eq!(json(Tick(7), &event), happened);
    }

    #[test]
    fn beam_is_told_in_pixels() {
        let event = Event::Rail { shooter: PlayerId(1), from: [16, 32].into(), to: [-16, 8].into() };
        check(event, r#"{"kind":"rail","tick":7,"shooter":1,"from_x":1.0,"from_y":2.0,"to_x":-1.0,"to_y":0.5}"#);
    }

    #[test]
    fn match_without_an_end_says_so() {
        let event = |ends| Event::Match {
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
}
