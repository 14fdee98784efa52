//! Prediction against the server's side of the same rules.

use arena::{
    entity::CraftFlags,
    input::{Buttons, Heading},
};
use shared::rng::Rng;

use super::*;
use crate::fixtures::{spawn, terrain};

fn start(terrain: &Terrain) -> Piloted {
    let craft = CraftState {
        position: spawn(terrain, 0),
        velocity: IVec2::ZERO,
        heading: Heading::NONE,
        aim: 0,
        health: 100,
        flags: CraftFlags::default(),
    };
    Piloted { craft, own: OwnState::default() }
}

/// A player who does anything at all.
fn input(rng: &mut Rng) -> Input {
    Input {
        heading: Heading::new(rng.below(65) as u8).expect("at most 64"),
        aim: rng.below(1_024) as u16,
        buttons: Buttons::new(rng.below(4) as u8).expect("two bits"),
    }
}

/// The server's side: the same inputs, one a tick, without those it never got.
struct Truth {
    piloted: Piloted,
    terrain: Terrain,
}

impl Truth {
    fn tick(&mut self, input: Option<&Input>) -> Piloted {
        fly(&mut self.piloted, input, true, &self.terrain);
        self.piloted
    }
}

#[test]
fn prediction_agrees_with_the_server_to_the_bit() {
    let terrain = terrain();
    let mut rng = Rng::new(1);
    let mut truth = Truth { piloted: start(&terrain), terrain: terrain.clone() };
    let mut prediction = Prediction::default();
    prediction.reconcile(Tick(0), start(&terrain), true, &terrain);
    let mut inputs = VecDeque::new();
    for tick in 1..2_000 {
        let input = input(&mut rng);
        inputs.push_back(input);
        prediction.advance(Tick(tick), input, true, &terrain);
        // The server is six ticks behind.
        if tick > 6 {
            let told = truth.tick(inputs.pop_front().as_ref());
            assert_eq!(prediction.reconcile(Tick(tick - 6), told, true, &terrain), Reconciled::Agreed);
        }
    }
}

#[test]
fn input_the_server_never_got_is_corrected_once() {
    let terrain = terrain();
    let thrust = Input { heading: Heading::from_aim(0), ..Input::default() };
    let mut truth = Truth { piloted: start(&terrain), terrain: terrain.clone() };
    let mut prediction = Prediction::default();
    prediction.reconcile(Tick(0), start(&terrain), true, &terrain);
    (1..=20).for_each(|tick| prediction.advance(Tick(tick), thrust, true, &terrain));
    let outcomes: Vec<_> = (1..=10)
        .map(|tick| {
            let told = truth.tick(Some(&thrust).filter(|_| tick != 5));
            prediction.reconcile(Tick(tick), told, true, &terrain)
        })
        .collect();
    let Reconciled::Corrected(moved) = outcomes[4] else { panic!("{outcomes:?}") };
    assert!(moved.x < 0, "one tick of thrust less: {moved}");
    assert_eq!(outcomes.iter().filter(|&&outcome| outcome == Reconciled::Agreed).count(), 9);
}

#[test]
fn wreck_and_fresh_craft_are_no_corrections() {
    let terrain = terrain();
    let mut prediction = Prediction::default();
    let alive = start(&terrain);
    prediction.reconcile(Tick(0), alive, true, &terrain);
    (1..=9).for_each(|tick| prediction.advance(Tick(tick), Input::default(), true, &terrain));
    let wreck = Piloted { craft: CraftState { health: 0, ..alive.craft }, ..alive };
    assert_eq!(prediction.reconcile(Tick(3), wreck, true, &terrain), Reconciled::Began);
    assert_eq!(prediction.newest(), Some(Tick(9)), "the inputs since are played upon it");
    let elsewhere = CraftState { position: spawn(&terrain, 1), ..alive.craft };
    let fresh = Piloted { craft: elsewhere, own: OwnState { protection_ticks: 40, ..alive.own } };
    assert_eq!(prediction.reconcile(Tick(6), fresh, true, &terrain), Reconciled::Began);
    assert_eq!(prediction.piloted().map(|piloted| piloted.craft.position), Some(elsewhere.position));
}

#[test]
fn shot_is_there_at_once_and_goes_when_the_server_knows_nothing_of_it() {
    let terrain = terrain();
    let fire = Input { buttons: Buttons::FIRE, ..Input::default() };
    let mut prediction = Prediction::default();
    prediction.reconcile(Tick(0), start(&terrain), true, &terrain);
    prediction.advance(Tick(1), fire, true, &terrain);
    let born = |prediction: &Prediction| prediction.shots().iter().map(|shot| shot.born.0).collect::<Vec<_>>();
    assert_eq!(born(&prediction), [1]);
    prediction.shots_mut().handle_told(Tick(9), &[], false, &terrain.rules);
    assert_eq!(born(&prediction), [1], "the view lacks something: perhaps this");
    prediction.shots_mut().handle_told(Tick(9), &[], true, &terrain.rules);
    assert_eq!(born(&prediction), [0_u32; 0]);
}

#[test]
fn told_shot_lives_as_long_as_the_server_tells_of_it() {
    let terrain = terrain();
    let fire = Input { buttons: Buttons::FIRE, ..Input::default() };
    let mut prediction = Prediction::default();
    prediction.reconcile(Tick(0), start(&terrain), true, &terrain);
    prediction.advance(Tick(1), fire, true, &terrain);
    prediction.shots_mut().handle_told(Tick(2), &[Tick(1)], true, &terrain.rules);
    assert!(prediction.shots().iter().all(|shot| shot.confirmed));
    prediction.shots_mut().handle_told(Tick(3), &[], false, &terrain.rules);
    assert_eq!(prediction.shots().iter().count(), 0);
}

#[test]
fn silence_ends_the_guessing() {
    let terrain = terrain();
    let mut prediction = Prediction::default();
    prediction.reconcile(Tick(0), start(&terrain), true, &terrain);
    for tick in 1..2 * PREDICTED_TICKS_MAX as u32 {
        prediction.advance(Tick(tick), Input::default(), true, &terrain);
    }
    assert!(prediction.piloted().is_none());
    prediction.reconcile(Tick(200), start(&terrain), true, &terrain);
    assert_eq!(prediction.newest(), Some(Tick(255)), "the inputs since are played upon the truth that came at last");
}
