//! The screen of a player over a bad link: its own craft reacts at once and is rarely corrected, others move smoothly
//! and are drawn where they were.

use std::collections::BTreeMap;

use arena::entity::{CraftState, EntityState};
use glam::{IVec2, Vec2};
use harness::{
    Behavior, Scenario, Sim, sim,
    watcher::{ArenaFrame, Frame},
};
use shared::{
    PlayerId, Tick,
    game::{Game, Key},
    quantize::position_to_px,
};

/// Fights on a link of 150 ms there and back, 30 ms of jitter and 2 % loss, watched for half a minute.
fn bad_link() -> Sim {
    sim().players(4).fill(8).behavior(Behavior::Fight).delay_ms(75).jitter_ms(30).loss(0.02).draws(true)
}

/// Every craft at the end of every tick.
type History = BTreeMap<u32, BTreeMap<PlayerId, CraftState>>;

fn play(mut arena: Scenario, secs: u32) -> (Scenario, History) {
    let mut history = History::new();
    for _ in 0..secs * u32::from(arena.config().tick_rate.hz()) {
        arena.run_ticks(1);
        let crafts = arena.room().game().entities().filter_map(|(id, state)| match state {
            EntityState::Craft(craft) => Some((PlayerId(id.0), craft)),
            _ => None,
        });
        history.insert(arena.room().now().0, crafts.collect());
    }
    arena.assert_sane();
    (arena, history)
}

/// The frames after the link's measure has been taken.
fn settled(arena: &Scenario, number: usize) -> &[Frame] {
    let frames = arena.player(number).frames();
    assert!(frames.len() > 1_000, "only {} frames", frames.len());
    &frames[300..]
}

/// Where a craft was between two ticks, if it lived through both.
fn truth_at(history: &History, player: PlayerId, tick: f64) -> Option<Vec2> {
    let living = |tick: u32| history.get(&tick)?.get(&player).filter(|craft| craft.is_alive());
    let (from, to) = (living(tick as u32)?, living(tick as u32 + 1)?);
    let is_flight = (to.position - from.position).abs().max_element() < 64 * 16;
    is_flight.then(|| position_to_px(from.position).lerp(position_to_px(to.position), tick.fract() as f32))
}

#[test]
fn corrections_over_a_bad_link_are_rare_and_small() {
    let (arena, _) = play(bad_link().run_secs(2), 30);
    for number in arena.present() {
        let mut sizes = Vec::new();
        let counters = arena.stats(number).counters;
        let mut stats = arena.stats(number).clone();
        while let Some(measurement) = stats.poll_measurement() {
            if let client::Measurement::Correction(size) = measurement {
                sizes.push(size);
            }
        }
        let large = sizes.iter().filter(|&&size| size > 10 * 16).count();
        println!(
            "player {number}: {} corrections in {} inputs, {large} above 10 px",
            counters.corrections, counters.inputs
        );
        assert!(counters.inputs > 800, "it plays");
        assert!((large as u64) * 100 < counters.inputs, "player {number}: {large} of {}", counters.inputs);
    }
}

#[test]
fn others_never_stand_still_while_they_move() {
    let (arena, _) = play(bad_link().run_secs(2), 30);
    for number in arena.present() {
        let frames = settled(&arena, number);
        let mut moved_at = frames[0].at;
        for pair in frames.windows(2) {
            if pair[1].render_tick > pair[0].render_tick {
                moved_at = pair[1].at;
            }
            let still = pair[1].at - moved_at;
            assert!(still.as_millis() <= 100, "player {number}: {still:?} at {:?}", pair[1].at);
        }
    }
}

#[test]
fn others_are_drawn_where_they_were() {
    let (arena, history) = play(bad_link().run_secs(2), 30);
    let mut errors = Vec::new();
    for number in arena.present() {
        for frame in settled(&arena, number) {
            for (player, drawn) in frame.crafts() {
                if let Some(truth) = truth_at(&history, player, frame.render_tick) {
                    errors.push((drawn - truth).length());
                }
            }
        }
    }
    errors.sort_by(f32::total_cmp);
    let part = |part: f64| errors[(part * (errors.len() - 1) as f64) as usize];
    println!(
        "{} crafts drawn, off by p50 {:.2} px, p99 {:.2} px, p999 {:.2} px",
        errors.len(),
        part(0.5),
        part(0.99),
        part(0.999)
    );
    assert!(errors.len() > 10_000);
    assert!(part(0.5) < 1.0 && part(0.99) < 12.0, "p50 {} p99 {}", part(0.5), part(0.99));
}

#[test]
fn wrong_prediction_lasts_less_than_a_second() {
    let (arena, history) = play(bad_link().run_secs(2), 30);
    let hz = u32::from(arena.config().tick_rate.hz());
    for number in arena.present() {
        let seat = arena.seat(number);
        let mut wrong_since: Option<Tick> = None;
        let mut right = 0;
        for frame in settled(&arena, number) {
            let Some((tick, predicted)) = frame.predicted else { continue };
            let Some(truth) = history.get(&tick.0).and_then(|crafts| crafts.get(&seat)) else { continue };
            if predicted == truth.position || !truth.is_alive() {
                wrong_since = None;
                right += 1;
                continue;
            }
            let since = *wrong_since.get_or_insert(tick);
            assert!(tick.since(since) < hz, "player {number} is wrong from {since:?} to {tick:?}");
        }
        assert!(right > 1_000, "player {number} was right in {right} frames");
    }
}

#[test]
fn perfect_link_needs_no_corrections() {
    let (arena, history) = play(sim().players(4).fill(8).behavior(Behavior::Fight).draws(true).run_secs(2), 20);
    for number in arena.present() {
        let seat = arena.seat(number);
        let wrong: Vec<(Tick, IVec2)> = settled(&arena, number)
            .iter()
            .filter_map(|frame| frame.predicted)
            .filter(|(tick, predicted)| {
                let truth = history.get(&tick.0).and_then(|crafts| crafts.get(&seat));
                truth.is_some_and(|truth| truth.is_alive() && truth.position != *predicted)
            })
            .collect();
        // A client cannot predict its own death and respawn.
        assert!(wrong.len() < 40, "player {number}: {wrong:?}");
        println!("player {number}: {} corrections", arena.stats(number).counters.corrections);
        assert!(arena.stats(number).counters.corrections <= 3, "player {number}");
    }
}

#[test]
fn own_craft_moves_smoothly_whatever_the_link() {
    let (arena, _) = play(bad_link().run_secs(2), 30);
    for number in arena.present() {
        let frames = settled(&arena, number);
        let steps = frames.windows(2).filter_map(|pair| Some((pair[1].own_craft()? - pair[0].own_craft()?).length()));
        let (jumps, all) = steps.fold((0, 0), |(jumps, all), step| (jumps + u32::from(step > 30.0), all + 1));
        // A dash moves a craft at most 16 px per frame; larger steps are deaths and respawns.
        assert!(jumps * 100 < all, "player {number}: {jumps} jumps in {all} frames");
    }
}

#[test]
fn shells_fly_on_from_prediction_to_truth_without_a_break() {
    let (arena, _) = play(sim().players(2).behavior(Behavior::Fight).delay_ms(50).draws(true).run_secs(2), 20);
    for number in arena.present() {
        let frames = settled(&arena, number);
        let mut last: BTreeMap<Key, (usize, Vec2)> = BTreeMap::new();
        let mut followed = 0;
        for (index, frame) in frames.iter().enumerate() {
            for (key, position) in frame.shells() {
                if let Some((before, from)) = last.insert(key, (index, position))
                    && before + 1 == index
                {
                    let step = (position - from).length();
                    // 640 px a second are 11 in a frame; a slide from one clock to the other adds half as much.
                    assert!(step < 30.0, "player {number}: shell {key:?} leapt {step} px");
                    followed += 1;
                }
            }
        }
        assert!(followed > 1_000, "player {number}: {followed} steps of shells");
    }
}
