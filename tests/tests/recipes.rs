//! `docs/recipes.md`: each snippet is part of a game that compiles, and that game plays.

use harness::harbour::{Boat, Event, Harbour, Thing};
use shared::TickRate;
use testkit::Sim;

fn harbour() -> Sim<Harbour, testkit::Behavior> {
    Sim::of((), TickRate::new(30).expect("30 Hz is allowed")).players(6).fill(10)
}

#[test]
fn game_of_the_recipes_is_shown_as_it_is_on_any_link() {
    for (reliable, plain, loss) in [(true, false, 0.0), (false, false, 0.1), (false, true, 0.05)] {
        let sim = harbour().reliable(reliable).plain(plain).loss(loss).delay_ms(50).jitter_ms(10);
        let mut scenario = sim.run_secs(40);
        scenario.heal();
        for number in scenario.present() {
            scenario.player_mut(number).set_behavior(testkit::Behavior::Idle);
        }
        scenario.run_secs(4);
        for number in scenario.present() {
            scenario.assert_truthful(number);
            scenario.assert_roster(number);
        }
    }
}

#[test]
fn what_a_player_presses_is_predicted_to_the_bit() {
    let scenario = harbour().delay_ms(60).draws(true).run_secs(60);
    let sunk = |event: &Event| matches!(event, Event::Sunk { .. });
    let mut hits = 0;
    for number in scenario.present() {
        let counters = scenario.stats(number).counters;
        assert_eq!(counters.corrections, 0, "player {number} was shown what was not so");
        hits += scenario.player(number).seen().filter(|&event| sunk(event)).count();
    }
    assert!(hits > 5, "{hits} hits: nobody was hit, so nothing was tried");
}

#[test]
fn boat_under_water_is_in_no_view_but_its_own() {
    let mut scenario = harbour().delay_ms(30).start();
    let (mut hidden, mut shown) = (0, 0);
    for _ in 0..400 {
        scenario.run_ticks(3);
        for number in scenario.present() {
            let seat = scenario.seat(number);
            for (id, thing) in scenario.view(number).entities() {
                if let Thing::Boat(Boat { dived: true, .. }) = thing {
                    assert_eq!(id.0, seat.0, "player {number} sees the boat of seat {}", id.0);
                    hidden += 1;
                }
                shown += 1;
            }
        }
    }
    assert!(hidden > 0 && shown > 1_000, "{hidden} of {shown}");
}
