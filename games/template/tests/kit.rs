//! Matches on virtual time: every client's view equals the server's state, and predictions are exact.

use shared::{TickRate, game::Game};
use testkit::Sim;

use template::Template;

fn sim() -> Sim<Template> {
    Sim::of((), TickRate::new(30).expect("30 Hz is allowed")).players(4).fill(8)
}

#[test]
fn game_keeps_its_promises() {
    testkit::check::<Template>();
}

#[test]
fn every_client_knows_the_truth_whatever_the_link() {
    for (reliable, loss) in [(true, 0.0), (false, 0.0), (false, 0.1)] {
        let mut scenario = sim().reliable(reliable).loss(loss).delay_ms(40).jitter_ms(10).run_secs(20);
        scenario.heal();
        scenario.run_secs(4);
        scenario.assert_sane();
        for number in scenario.present() {
            scenario.assert_roster(number);
            assert_eq!(scenario.player(number).client().board(), scenario.room().play().board());
        }
    }
}

#[test]
fn own_square_is_predicted_without_a_correction() {
    let scenario = sim().delay_ms(70).run_secs(20);
    for number in scenario.present() {
        assert_eq!(scenario.stats(number).counters.corrections, 0, "player {number}");
    }
}

#[test]
fn computers_get_points() {
    let scenario = sim().run_secs(60);
    let points: i32 = scenario.room().play().game().board().iter().map(|score| score.points).sum();
    assert!(points > 5, "{points} points");
}
