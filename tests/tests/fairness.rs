//! Measures which enemies a player receives beyond those it may see, in a crowded fight, and compares the result with
//! `docs/fairness.md`.

use arena::settings::Settings;
use std::{collections::BTreeMap, path::PathBuf};

use arena::{
    entity::EntityState,
    input::{Buttons, Heading, Input},
    rules::collide,
};
use harness::{BareRoom, maps, truth::distance_squared};
use room::RoomConfig;
use shared::{TickRate, quantize::POSITION_PER_PX, rng::Rng};

const HZ: u32 = 30;
/// The page shows 1280 x 760 px of the world, in a window of whatever shape: in one of 21:9 the corners are 820 px away, and the view
/// leans by 70 px towards where the gun points.
const VIEW_PX: i64 = 890;
/// Distance that a craft at full thrust flies in 250 ms, px.
const FLIGHT_PX: i64 = 83;
const SECS: u32 = 120;

/// Counts over every tick and every living enemy: was it sent, and could it be seen.
#[derive(Default)]
struct Measured {
    ticks: u64,
    /// Sent although it was out of view, or in view and behind a wall.
    unseen: u64,
    /// Sent although it was farther than the largest view plus 250 ms of flight.
    far: u64,
    /// Ticks from the first time that an enemy was sent until it came into view.
    leads: Vec<u32>,
}

fn measure(map: &str, seed: u64) -> Measured {
    let rate = TickRate::new(HZ as u16).expect("30 Hz is allowed");
    let config = RoomConfig {
        fill: 16,
        settings: Settings { warm_up_secs: 0, ..Settings::default() },
        ..harness::arena_room(maps::by_name(map), rate)
    };
    let mut room = BareRoom::new(config, seed);
    let player = room.join(false, true).expect("there are seats");
    let (mut rng, mut input) = (Rng::new(seed), Input::default());
    let mut measured = Measured::default();
    // By enemy: the tick since which it has been sent without a break, and whether it was in view in the tick before.
    let mut told: BTreeMap<u16, (u32, bool)> = BTreeMap::new();
    for tick in 0..SECS * HZ {
        if rng.chance(1, 6) {
            let aim = rng.below(1_024) as u16;
            input = Input { heading: Heading::from_aim(aim), aim, buttons: Buttons::FIRE };
        }
        room.play(player, input);
        room.tick(|_| true);
        let world = room.room().game();
        let Some(own) = world.craft(player).filter(|craft| craft.is_alive()) else {
            told.clear();
            continue;
        };
        let shown = room.listener(player).shown();
        for (enemy, craft) in world.crafts().filter(|(enemy, craft)| *enemy != player && craft.is_alive()) {
            measured.ticks += 1;
            let is_told = matches!(shown.get(&arena::craft_of(enemy).0), Some(EntityState::Craft(_)));
            if !is_told {
                told.remove(&enemy.0);
                continue;
            }
            let px = distance_squared(own.position, craft.position).isqrt() / i64::from(POSITION_PER_PX);
            let in_view = px <= VIEW_PX;
            let in_sight = collide::cast(&world.terrain().map, own.position, craft.position) == craft.position;
            measured.unseen += u64::from(!(in_view && in_sight));
            measured.far += u64::from(px > VIEW_PX + FLIGHT_PX);
            let (since, was_in_view) = told.entry(enemy.0).or_insert((tick, in_view));
            if in_view && !*was_in_view {
                measured.leads.push(tick - *since);
            }
            *was_in_view = in_view;
            if in_view {
                // The next lead counts from the tick in which it left the view.
                *since = tick;
            }
        }
    }
    measured.leads.sort_unstable();
    measured
}

/// The row of a map in the document's table: percent unseen, percent far, seconds of lead.
fn published(map: &str) -> [f64; 3] {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/fairness.md");
    let text = std::fs::read_to_string(path).expect("the document is there");
    let row = text.lines().find(|line| line.starts_with(&format!("| {map} |"))).expect("the document has the map");
    let number = |cell: &str| cell.trim().split(' ').next().and_then(|word| word.parse().ok()).expect("a number");
    let cells: Vec<f64> = row.trim_matches('|').split('|').skip(1).map(number).collect();
    cells.try_into().expect("three numbers follow the map")
}

#[test]
fn what_is_told_beyond_what_is_seen_is_what_the_document_says() {
    for map in ["pit", "foundry", "divide"] {
        let Measured { ticks, unseen, far, leads } = measure(&format!("shipped/{map}"), 5);
        assert!(ticks > 15_000 && leads.len() > 20, "{map}: it plays");
        let percent = |part: u64| part as f64 * 100.0 / ticks as f64;
        let lead = f64::from(leads[leads.len() / 2]) / f64::from(HZ);
        let measured = [percent(unseen), percent(far), lead];
        println!("| {map} | {:.0} % | {:.0} % | {:.1} s |", measured[0], measured[1], measured[2]);
        for (measured, (published, margin)) in measured.into_iter().zip(published(map).into_iter().zip([5.0, 5.0, 1.5]))
        {
            assert!((measured - published).abs() <= margin, "{map}: {measured} where the document says {published}");
        }
    }
}
