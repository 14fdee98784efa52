//! Describes recordings, as text for people and as JSON for programs.

use std::{fmt::Write as _, time::Duration};

use room::record::{End, FirstDifference, RecordedFailure, Repeated, ReplayInfo, Start, Verified};
use serde_json::{Value, json};
use shared::game::{Difference, Part};

/// Most lines of damage, and of differing fields, in a text.
const LINES_MAX: usize = 20;

/// The description of a recording, in lines.
pub(super) fn info_text(info: &ReplayInfo) -> String {
    let ReplayInfo { header, start, chunks, damage, end, bytes, .. } = info;
    let Start { room, server, seats, mode, map, .. } = start;
    let mut text = String::new();
    let hz = start.tick_rate.hz();
    // Games without maps have one with an empty name.
    let map = if map.is_empty() { String::new() } else { format!(" on {map}") };
    let _ = writeln!(text, "room {room} of {server}: {mode}{map}, {seats} seats, {hz} Hz");
    let unix_s = header.started_unix_ms / 1_000;
    let build = &header.build;
    let _ = writeln!(text, "written by {build}, started at unix time {unix_s}");
    if !info.same_rules {
        let _ = writeln!(text, "made with other rules than this program's: it will not play exactly as recorded");
    }
    let _ = writeln!(
        text,
        "ticks {} to {}: {} ticks, {}",
        info.first.0,
        info.last.0,
        info.ticks,
        duration(secs(info, info.ticks))
    );
    let _ = writeln!(text, "{bytes} bytes in {chunks} chunks, {} checkpoints", info.checkpoints.len());
    match end {
        Some(End { failure: Some(RecordedFailure { reason, .. }), roster, .. }) => {
            let _ = writeln!(text, "a fault in the game ended the room, with {} players: {reason}", roster.len());
        }
        Some(End { roster, summary, .. }) => {
            let best = summary.players.first().and_then(|(best, facts)| {
                let (_, profile) = roster.iter().find(|(player, _)| player == best)?;
                let facts = facts.iter().map(|(fact, value)| format!("{fact} {}", json!(value)));
                Some(format!(", {} first ({})", profile.name, facts.collect::<Vec<_>>().join(", ")))
            });
            let _ = writeln!(text, "ended with {} players{}", roster.len(), best.unwrap_or_default());
        }
        None => text.push_str("not recorded to its end\n"),
    }
    for damage in damage.iter().take(LINES_MAX) {
        let _ = writeln!(text, "{damage}");
    }
    text
}

/// The same as JSON.
pub(super) fn info_json(info: &ReplayInfo) -> Value {
    let ReplayInfo { header, start, .. } = info;
    json!({
        "game": header.game,
        "game_version": header.game_version,
        "room": start.room,
        "server": start.server,
        "map": start.map,
        "mode": start.mode,
        "seats": start.seats,
        "tick_hz": info.start.tick_rate.hz(),
        "build": header.build,
        "protocol": header.protocol,
        "started_unix_ms": header.started_unix_ms,
        "same_rules": info.same_rules,
        "first_tick": info.first.0,
        "last_tick": info.last.0,
        "ticks": info.ticks,
        "seconds": secs(info, info.ticks),
        "bytes": info.bytes,
        "chunks": info.chunks,
        "checkpoints": info.checkpoints.len(),
        "ended": info.end.is_some(),
        "failure": info.end.as_ref().and_then(|end| end.failure.as_ref()).map(|failure| &failure.reason),
        "damage": info.damage.iter().map(|damage| json!({
            "chunk": damage.chunk, "offset": damage.offset, "text": damage.to_string(),
        })).collect::<Vec<_>>(),
    })
}

/// The result of playing a recording, in lines.
pub(super) fn verified_text(verified: &Verified, took: Duration) -> String {
    let mut text = info_text(&verified.info);
    for (from, to) in verified.gaps.iter().take(LINES_MAX) {
        let _ = writeln!(text, "gap: nothing is known between tick {} and tick {}", from.0, to.0);
    }
    let _ = writeln!(
        text,
        "{} people played, {} players at a time on average, {:.0} bytes per player-hour",
        verified.humans,
        verified.player_ticks.checked_div(verified.ticks.into()).unwrap_or(0),
        bytes_per_player_hour(verified),
    );
    let _ = writeln!(
        text,
        "played {} ticks and {} checkpoints in {:.2} s, {:.0} ticks per second",
        verified.ticks,
        verified.checkpoints,
        took.as_secs_f64(),
        ticks_per_second(verified, took),
    );
    match &verified.first_difference {
        Some(first) => {
            text.push_str(&difference_text(first));
            let _ = writeln!(text, "{} ticks differ", verified.ticks_differing);
        }
        None if verified.is_sound() => text.push_str("every tick is as recorded\n"),
        None => text.push_str("every tick that could be played is as recorded\n"),
    }
    match &verified.repeated {
        Some(Repeated::Failed(reason)) => {
            let _ = writeln!(text, "played once more, the game fails again: {reason}");
        }
        Some(Repeated::Passed) => text.push_str(
            "played once more, the game does not fail: it was mended since, or the fault is not in what a recording holds\n",
        ),
        None => {}
    }
    text
}

/// The same as JSON.
pub(super) fn verified_json(verified: &Verified, took: Duration) -> Value {
    let mut value = info_json(&verified.info);
    let gaps: Vec<_> = verified.gaps.iter().map(|(from, to)| json!([from.0, to.0])).collect();
    let first = verified.first_difference.as_ref().map(|first| {
        json!({
            "tick": first.tick.0,
            "part": first.part.map(part_text),
            "checkpoint": first.checkpoint.map(|tick| tick.0),
            "fields": first.fields.iter().map(|field| json!({
                "part": part_text(field.part), "field": field.field, "found": field.one, "recorded": field.other,
            })).collect::<Vec<_>>(),
        })
    });
    let more = json!({
        "sound": verified.is_sound(),
        "ticks_played": verified.ticks,
        "ticks_differing": verified.ticks_differing,
        "checkpoints_compared": verified.checkpoints,
        "humans": verified.humans,
        "player_ticks": verified.player_ticks,
        "human_ticks": verified.human_ticks,
        "gaps": gaps,
        "bytes_per_player_hour": bytes_per_player_hour(verified),
        "seconds_taken": took.as_secs_f64(),
        "ticks_per_second": ticks_per_second(verified, took),
        "first_difference": first,
        "fails_again": verified.repeated.as_ref().map(|repeated| matches!(repeated, Repeated::Failed(_))),
    });
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more);
    }
    value
}

fn difference_text(first: &FirstDifference) -> String {
    let mut text = format!("tick {} is the first that differs", first.tick.0);
    match first.part {
        Some(part) => {
            let _ = writeln!(text, ": {}", part_text(part));
        }
        None => text.push_str(": several things at once\n"),
    }
    if let Some(checkpoint) = first.checkpoint {
        let _ = writeln!(text, "at the checkpoint of tick {} differ:", checkpoint.0);
    }
    for Difference { part, field, one, other } in first.fields.iter().take(LINES_MAX) {
        let _ = writeln!(text, "  {}: {field} is {one}, recorded is {other}", part_text(*part));
    }
    text
}

fn part_text(part: Part) -> String {
    match part {
        Part::Entity(id) => format!("entity {}", id.0),
        Part::Rest => "the match itself".to_owned(),
    }
}

fn secs(info: &ReplayInfo, ticks: u32) -> f64 {
    f64::from(ticks) / f64::from(info.start.tick_rate.hz())
}

fn duration(secs: f64) -> String {
    format!("{} min {:02} s", (secs / 60.0) as u32, (secs % 60.0) as u32)
}

/// Bytes of the recording per hour of a player; opponents count, because their inputs are recorded, too.
fn bytes_per_player_hour(verified: &Verified) -> f64 {
    let ticks_per_hour = 3_600.0 * f64::from(verified.info.start.tick_rate.hz());
    let hours = verified.player_ticks as f64 / ticks_per_hour;
    if hours > 0.0 { verified.info.bytes as f64 / hours } else { 0.0 }
}

fn ticks_per_second(verified: &Verified, took: Duration) -> f64 {
    f64::from(verified.ticks) / took.as_secs_f64().max(1e-9)
}

#[cfg(test)]
mod tests {
    use room::{
        Match,
        record::{RecordOptions, pack},
    };
    use shared::TickRate;

    use super::*;
    use crate::games::testing;

    #[test]
    fn recording_of_a_room_that_failed_is_described_with_the_reason() {
        let mut room = testing::room(testing::setup(TickRate::new(30).expect("allowed")), 1);
        room.record(RecordOptions { shard: 0, checkpoint_secs: 10 });
        (0..40).for_each(|_| room.tick_observed(&mut |_| {}));
        room.fail_record("in tick 41: no such stone");
        let game = testing::played().game;
        let mut file = game.record_header("test", 0);
        while let Some(chunk) = room.poll_record() {
            pack(&chunk, &mut file);
        }
        let verified = game.verify(file).expect("it is a recording");
        let text = verified_text(&verified, Duration::from_secs(1));
        let words = "\na fault in the game ended the room, with 0 players: in tick 41: no such stone\n";
        assert!(text.contains(words) && text.contains("the game does not fail"), "{text}");
        let json = verified_json(&verified, Duration::from_secs(1));
        assert_eq!((&json["failure"], &json["fails_again"]), (&"in tick 41: no such stone".into(), &false.into()));

        let again = Verified { repeated: Some(Repeated::Failed("no such stone".to_owned())), ..verified };
        let text = verified_text(&again, Duration::from_secs(1));
        assert!(text.ends_with("played once more, the game fails again: no such stone\n"), "{text}");
        assert_eq!(verified_json(&again, Duration::from_secs(1))["fails_again"], true);
    }
}
