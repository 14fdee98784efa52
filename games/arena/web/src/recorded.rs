//! The facts of a recorded match, and the marks on its time line.

use arena::{
    event::{Event, Weapon},
    rules::Mode,
    settings::Settings,
};
use serde_json::json;
use shared::game::Value;
use web_client::{Facts, Names, facts};

use crate::ArenaPage;

impl ArenaPage {
    /// Kills, and the phases of the match.
    pub(crate) fn mark_of(&mut self, event: &Event, names: &Names) -> Option<Facts> {
        match event {
            Event::Killed { killer, victim, weapon } => Some(facts(json!({
                "kind": "kill",
                "killer": killer.0,
                "victim": victim.0,
                "killer_name": names.of(*killer),
                "victim_name": names.of(*victim),
                "rail": *weapon == Weapon::Rail,
            }))),
            Event::Match { phase, .. } => {
                let phase = *phase as u8;
                (self.phase.replace(phase) != Some(phase)).then(|| facts(json!({ "kind": "phase", "phase": phase })))
            }
            Event::Standing(_) | Event::Hit { .. } | Event::Rail { .. } => None,
        }
    }
}

/// The facts of a match.
pub(crate) fn of_match(settings: &Settings) -> Facts {
    facts(json!({ "team_mode": settings.mode == Mode::TeamDeathmatch, "score_limit": settings.score_limit }))
}

/// Standing of a player at the end.
pub(crate) fn of_player(fields: &[(shared::game::Word, Value)]) -> Facts {
    let fact = |name: &str| fields.iter().find(|(other, _)| other == name).map(|(_, value)| value);
    let number = |name: &str| match fact(name) {
        Some(Value::Int(number)) => *number,
        _ => 0,
    };
    let team = match fact("team") {
        Some(Value::Text(team)) => team,
        _ => "none",
    };
    facts(json!({ "team": team, "score": number("score"), "deaths": number("deaths") }))
}
