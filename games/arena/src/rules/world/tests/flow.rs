//! Warm-up, match, results, next map, sides.

use std::sync::Arc;

use super::stage::{HALL, RIGHT, Stage, config, stage};
use crate::{craft_of, event::Event};
use crate::{
    event::{MatchPhase, Team},
    rules::{
        Mode,
        world::{Audience, WorldConfig},
    },
};
use shared::PlayerId;

/// Player 0 shoots player 1 once, which kills it.
fn kill(stage: &mut Stage) {
    stage.place(0, 100, 200).place(1, 200, 200).craft_mut(1).health = 20;
    stage.own_mut(0).fire_ticks = 0;
    stage.own_mut(1).protection_ticks = 0;
    let before = stage.kills().len();
    stage.shoot(0, RIGHT);
    while stage.kills().len() == before {
        stage.run(1);
    }
    stage.craft_mut(1).health = 100;
}

fn phase_events(stage: &Stage) -> Vec<MatchPhase> {
    let phase = |event: &Event| if let Event::Match { phase, .. } = event { Some(*phase) } else { None };
    stage.events.iter().filter_map(|(_, event)| phase(event)).collect()
}

#[test]
fn nothing_counts_in_the_warm_up() {
    let mut stage = Stage::new(HALL, 2, WorldConfig { warm_up_secs: 10, ..config(Mode::Deathmatch) });
    assert_eq!(stage.world.phase(), MatchPhase::WarmUp);
    kill(&mut stage);
    assert_eq!((stage.score(0), stage.score(1)), ((0, 0), (0, 0)));
    stage.run(90);
    assert_eq!(stage.world.phase(), MatchPhase::Running);
    assert!(stage.craft(1).health == 100 && stage.own(1).protection_ticks > 0, "everyone starts afresh");
}

#[test]
fn score_limit_ends_the_match_and_a_map_follows() {
    let mut stage = stage(HALL, 2);
    for point in 1..=10 {
        assert_eq!(stage.world.phase(), MatchPhase::Running);
        kill(&mut stage);
        assert_eq!(stage.score(0), (point, 0));
    }
    assert_eq!(stage.world.phase(), MatchPhase::Results);
    // Guns do not fire, and scores do not change.
    stage.place(0, 100, 200).place(1, 200, 200);
    stage.fire(0, RIGHT);
    stage.run(59);
    assert!(stage.world.shells.is_empty());
    assert!(!stage.world.wants_next_map());
    stage.run(1);
    assert!(stage.world.wants_next_map());

    let map = Arc::clone(&stage.world.terrain().map);
    let tick = stage.world.tick();
    stage.world.change_map(map, tick, 1);
    stage.release(0);
    stage.run(1);
    assert!(!stage.world.wants_next_map());
    assert_eq!((stage.score(0), stage.score(1)), ((0, 0), (0, 0)));
    assert_eq!(stage.world.crafts().filter(|(_, craft)| craft.health == 100).count(), 2);
    assert_eq!(phase_events(&stage), [MatchPhase::Results, MatchPhase::WarmUp, MatchPhase::Running]);
}

#[test]
fn time_limit_ends_the_match() {
    let mut stage = stage(HALL, 2);
    // The match began in the first tick, two have passed.
    stage.run(60 * 30 - 2);
    assert_eq!(stage.world.phase(), MatchPhase::Running);
    stage.run(1);
    assert_eq!(stage.world.phase(), MatchPhase::Results);
}

#[test]
fn sides_are_balanced_and_score_together() {
    let mut stage = Stage::new(HALL, 5, config(Mode::TeamDeathmatch));
    let teams = |stage: &Stage| stage.world.standings().map(|info| info.team).collect::<Vec<_>>();
    use Team::{Blue, Red};
    assert_eq!(teams(&stage), [Red, Blue, Red, Blue, Red]);
    stage.world.remove_player(PlayerId(0));
    stage.world.remove_player(PlayerId(2));
    stage.world.add_player(PlayerId(6));
    stage.world.add_player(PlayerId(7));
    assert_eq!(teams(&stage), [Blue, Blue, Red, Red, Red]);
    stage.run(1);
    stage.place(6, 100, 200).place(1, 200, 200).craft_mut(1).health = 20;
    stage.own_mut(1).protection_ticks = 0;
    stage.shoot(6, RIGHT);
    stage.run(10);
    assert_eq!(stage.world.team_scores, [1, 0]);
    assert!(stage.events.iter().any(|(_, event)| matches!(event, Event::Match { team_scores: [1, 0], .. })));
}

#[test]
fn sides_appear_at_their_own_spawns() {
    let rows = &["r.......b", "r.......b", "r.......b", "........."];
    let stage = Stage::new(rows, 6, config(Mode::TeamDeathmatch));
    for (player, craft) in stage.world.crafts() {
        let column = craft.position.x / (64 * 16);
        assert_eq!(column, if stage.world.team(player) == Team::Red { 0 } else { 8 });
    }
}

#[test]
fn spawns_take_turns_when_there_are_fewer_than_crafts() {
    let stage = stage(HALL, 8);
    let mut tiles: Vec<_> = stage.world.crafts().map(|(_, craft)| (craft.position / 1_024).to_array()).collect();
    tiles.sort_unstable();
    tiles.dedup();
    assert_eq!(tiles.len(), 4);
}

#[test]
fn respawn_is_far_from_enemies() {
    let mut stage = stage(HALL, 3);
    // All crafts are near the left side, so the right side is the place to spawn.
    stage.run(60);
    stage.place(0, 60, 60).place(2, 60, 320);
    stage.run(1);
    stage.craft_mut(1).health = 0;
    stage.run(1);
    assert!(stage.craft(1).position.x > 500 * 16, "at {}", stage.craft(1).position / 16);
}

#[test]
fn large_room_hears_of_far_kills_in_turn() {
    let mut stage = Stage::new(HALL, 2, WorldConfig { seats: 100, ..config(Mode::Deathmatch) });
    kill(&mut stage);
    stage.run(2);
    let told: Vec<_> = stage
        .events
        .iter()
        .filter(|(_, event)| matches!(event, Event::Killed { .. } | Event::Standing(_)))
        .map(|(audience, _)| *audience)
        .collect();
    let alone = |player: u16| Audience::Players([Some(PlayerId(player)), None]);
    assert_eq!(told, [Audience::Seeing(craft_of(PlayerId(1))), alone(0), alone(1), Audience::All, Audience::All]);
}
