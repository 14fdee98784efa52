//! The prediction compared with the server's side of the same rules.

use arena::{
    board::Board,
    craft_of,
    entity::{CraftFlags, CraftState, EntityState},
    input::{Buttons, Heading, Input},
    own::OwnState,
    rules::{Terrain, World},
};
use shared::{game::Birth, rng::Rng};

use super::*;
use crate::fixtures::{spawn, terrain};

const PLAYER: PlayerId = PlayerId(3);

/// A craft and its player's own record.
#[derive(Clone, Copy, Debug)]
struct Piloted {
    craft: CraftState,
    own: OwnState,
}

/// A prediction in a world without other entities.
struct Predicting {
    prediction: Prediction<World>,
    board: Board,
    terrain: Terrain,
}

impl Predicting {
    fn new(terrain: &Terrain) -> Self {
        let mut predicting =
            Self { prediction: Prediction::default(), board: Board::default(), terrain: terrain.clone() };
        predicting.reconcile(Tick(0), start(terrain));
        predicting
    }

    fn advance(&mut self, tick: Tick, input: Input) {
        let around = Around { player: PLAYER, board: &self.board, map: &self.terrain };
        self.prediction.advance(tick, input, around);
    }

    fn reconcile(&mut self, tick: Tick, truth: Piloted) -> Reconciled {
        let entities = [(craft_of(PLAYER), EntityState::Craft(truth.craft))];
        let around = Around { player: PLAYER, board: &self.board, map: &self.terrain };
        self.prediction.reconcile(tick, Steered { entities: &entities, own: &truth.own }, around)
    }

    fn handle_shown(&mut self, tick: u32, born: &[u32], complete: bool) {
        let birth = |&tick: &u32| Birth { player: PLAYER, tick: Tick(tick), number: 0 };
        let shown: Vec<_> = born.iter().map(birth).collect();
        self.prediction.births_mut().handle_snapshot(Tick(tick), &shown, complete, &self.terrain);
    }

    fn born(&self) -> Vec<u32> {
        self.prediction.births().iter().map(|born| born.birth.tick.0).collect()
    }

    fn craft(&self) -> Option<CraftState> {
        let EntityState::Craft(craft) = self.prediction.steered()?.entities[0].1 else { unreachable!("it steers one") };
        Some(craft)
    }
}

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

/// A random input.
fn input(rng: &mut Rng) -> Input {
    Input {
        heading: Heading::new(rng.below(65) as u8).expect("at most 64"),
        aim: rng.below(1_024) as u16,
        buttons: Buttons::new(rng.below(4) as u8).expect("two bits"),
    }
}

/// The server's side: it plays one input per tick, or none where the input was lost.
struct Truth {
    piloted: Piloted,
    terrain: Terrain,
}

impl Truth {
    fn tick(&mut self, input: Option<&Input>) -> Piloted {
        let Piloted { craft, own } = &mut self.piloted;
        own.step();
        let mut entities = vec![(craft_of(PLAYER), EntityState::Craft(*craft))];
        World::control(&mut Control {
            player: PLAYER,
            tick: Tick(0),
            entities: &mut entities,
            own,
            input,
            board: &Board::default(),
            map: &self.terrain,
            born: &mut Vec::new(),
        });
        let [(_, EntityState::Craft(flown))] = entities[..] else { unreachable!("a craft stays one") };
        *craft = flown;
        self.piloted
    }
}

#[test]
fn prediction_agrees_with_the_server_to_the_bit() {
    let terrain = terrain();
    let mut rng = Rng::new(1);
    let mut truth = Truth { piloted: start(&terrain), terrain: terrain.clone() };
    let mut predicting = Predicting::new(&terrain);
    let mut inputs = VecDeque::new();
    for tick in 1..2_000 {
        let input = input(&mut rng);
        inputs.push_back(input);
        predicting.advance(Tick(tick), input);
        // The server is six ticks behind.
        if tick > 6 {
            let told = truth.tick(inputs.pop_front().as_ref());
            assert_eq!(predicting.reconcile(Tick(tick - 6), told), Reconciled::Agreed);
        }
    }
}

#[test]
fn input_the_server_never_got_is_corrected_once() {
    let terrain = terrain();
    let thrust = Input { heading: Heading::from_aim(0), ..Input::default() };
    let mut truth = Truth { piloted: start(&terrain), terrain: terrain.clone() };
    let mut predicting = Predicting::new(&terrain);
    (1..=20).for_each(|tick| predicting.advance(Tick(tick), thrust));
    let outcomes: Vec<_> = (1..=10)
        .map(|tick| {
            let told = truth.tick(Some(&thrust).filter(|_| tick != 5));
            predicting.reconcile(Tick(tick), told)
        })
        .collect();
    let Reconciled::Corrected(moved) = outcomes[4] else { panic!("{outcomes:?}") };
    assert!(moved.x < 0, "one tick of thrust less: {moved}");
    assert_eq!(outcomes.iter().filter(|&&outcome| outcome == Reconciled::Agreed).count(), 9);
}

#[test]
fn wreck_and_fresh_craft_are_no_corrections() {
    let terrain = terrain();
    let mut predicting = Predicting::new(&terrain);
    let alive = start(&terrain);
    (1..=9).for_each(|tick| predicting.advance(Tick(tick), Input::default()));
    let wreck = Piloted { craft: CraftState { health: 0, ..alive.craft }, ..alive };
    assert_eq!(predicting.reconcile(Tick(3), wreck), Reconciled::Began);
    assert_eq!(predicting.prediction.newest(), Some(Tick(9)), "the inputs since are played upon it");
    let elsewhere = CraftState { position: spawn(&terrain, 1), ..alive.craft };
    let fresh = Piloted { craft: elsewhere, own: OwnState { protection_ticks: 40, ..alive.own } };
    assert_eq!(predicting.reconcile(Tick(6), fresh), Reconciled::Began);
    assert_eq!(predicting.craft().map(|craft| craft.position), Some(elsewhere.position));
}

#[test]
fn shot_is_there_at_once_and_goes_when_the_server_knows_nothing_of_it() {
    let terrain = terrain();
    let fire = Input { buttons: Buttons::FIRE, ..Input::default() };
    let mut predicting = Predicting::new(&terrain);
    predicting.advance(Tick(1), fire);
    assert_eq!(predicting.born(), [1]);
    predicting.handle_shown(9, &[], false);
    assert_eq!(predicting.born(), [1], "the view lacks something: perhaps this");
    predicting.handle_shown(9, &[], true);
    assert_eq!(predicting.born(), [0_u32; 0]);
}

#[test]
fn told_shot_lives_as_long_as_the_server_tells_of_it() {
    let terrain = terrain();
    let fire = Input { buttons: Buttons::FIRE, ..Input::default() };
    let mut predicting = Predicting::new(&terrain);
    predicting.advance(Tick(1), fire);
    predicting.handle_shown(2, &[1], true);
    assert!(predicting.prediction.births().iter().all(|born| born.confirmed));
    predicting.handle_shown(3, &[], false);
    assert_eq!(predicting.born(), [0_u32; 0]);
}

#[test]
fn silence_ends_the_guessing() {
    let terrain = terrain();
    let mut predicting = Predicting::new(&terrain);
    for tick in 1..2 * PREDICTED_TICKS_MAX as u32 {
        predicting.advance(Tick(tick), Input::default());
    }
    assert!(predicting.craft().is_none());
    predicting.reconcile(Tick(200), start(&terrain));
    assert_eq!(
        predicting.prediction.newest(),
        Some(Tick(255)),
        "the inputs since are played upon the truth that came at last"
    );
}
