//! Prediction of a game in which a player steers several entities and creates several at once. It shares no code with the arena.

#![allow(clippy::unwrap_used)]

use client::predict::{Around, Prediction, Reconciled};
use serde::{Deserialize, Serialize};
use shared::{
    EntityId, PlayerId, Tick, TickRate,
    game::{
        Birth, Control, Entity, Events, Game, IVec2, Input, NoBot, Own, PlayerInput, Profile, Record, Replicate, Slots,
        Start, Steered, Turn, Viewpoint,
    },
    rng::Rng,
};

/// Birds, and the seeds that they throw.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Entity, Replicate)]
enum Thing {
    Bird(Bird),
    Seed(Seed),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
struct Bird {
    #[replicate(position)]
    position: IVec2,
    velocity: IVec2,
    #[replicate(fixed)]
    owner: PlayerId,
    /// Changed only by the server, so never predicted.
    #[replicate(intent)]
    feathers: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
#[replicate(once)]
struct Seed {
    #[replicate(position)]
    position: IVec2,
    owner: PlayerId,
    number: u8,
    ticks_left: u8,
}

const SEED_TICKS: u8 = 20;

impl Entity for Bird {
    type Map = ();

    fn step(&mut self, _: &()) -> bool {
        self.position += self.velocity;
        true
    }

    fn position(&self, _: &()) -> IVec2 {
        self.position
    }
}

impl Entity for Seed {
    type Map = ();

    fn step(&mut self, _: &()) -> bool {
        self.position.y += 5;
        self.ticks_left = self.ticks_left.saturating_sub(1);
        self.ticks_left > 0
    }

    fn position(&self, _: &()) -> IVec2 {
        self.position
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
struct Wish {
    #[input(missing = "repeat")]
    x: i8,
    throw: bool,
    /// 1 adds a bird, -1 removes one.
    brood: i8,
}

/// Ticks until the flock can throw again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Record, Serialize, Deserialize)]
struct Throat {
    ticks: u8,
}

impl Own for Throat {
    fn step(&mut self) {
        self.ticks = self.ticks.saturating_sub(1);
    }
}

/// A flock of one player.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Flock {
    birds: Vec<Bird>,
    own: Throat,
}

const PLAYER: PlayerId = PlayerId(2);

impl Game for Flock {
    const NAME: &'static str = "flock";
    const VERSION: u16 = 1;

    type Entity = Thing;
    type Input = Wish;
    type Own = Throat;
    type Event = ();
    type Board = ();
    type Settings = ();
    type Bot = NoBot;

    fn new(_: &Start<'_, Self>) -> Self {
        let bird = |x| Bird { position: IVec2::new(x, 0), velocity: IVec2::ZERO, owner: PLAYER, feathers: 9 };
        Self { birds: [0, 100, 200].map(bird).to_vec(), own: Throat::default() }
    }

    fn join(&mut self, _: PlayerId, _: &Profile, _: &mut Events<()>) {}

    fn leave(&mut self, _: PlayerId, _: &mut Events<()>) {}

    fn step(&mut self, turn: &mut Turn<'_, Self>) {
        let input = turn.inputs[PLAYER.index()].map(|input| input.input);
        let mut entities: Vec<_> = self.entities().collect();
        self.own.step();
        Self::control(&mut Control {
            player: PLAYER,
            tick: turn.tick,
            entities: &mut entities,
            own: &mut self.own,
            input: input.as_ref(),
            board: &(),
            map: turn.map,
            born: &mut Vec::new(),
        });
        self.birds = entities
            .iter()
            .filter_map(|(_, thing)| if let Thing::Bird(bird) = thing { Some(*bird) } else { None })
            .collect();
    }

    fn slots(&self) -> Slots {
        Slots::tracked(8)
    }

    fn entities(&self) -> impl Iterator<Item = (EntityId, Thing)> {
        (0..).map(EntityId).zip(self.birds.iter().copied().map(Thing::Bird))
    }

    fn viewpoint(&self, _: PlayerId, (): &()) -> Option<Viewpoint> {
        None
    }

    fn control(control: &mut Control<'_, Self>) {
        let Control { entities, own, input, map, born, player, .. } = control;
        match input.map_or(0, |input| input.brood) {
            1 if entities.len() < 8 => {
                let (&(EntityId(last), thing), ids) = (entities.last().unwrap(), entities.len());
                assert_eq!(usize::from(last), ids - 1);
                entities.push((EntityId(last + 1), thing));
            }
            -1 if entities.len() > 1 => drop(entities.pop()),
            _ => {}
        }
        let throws = input.is_some_and(|input| input.throw) && own.ticks == 0;
        if throws {
            own.ticks = 7;
        }
        for (number, (_, thing)) in (0..).zip(entities.iter_mut()) {
            if let (Thing::Bird(bird), Some(input)) = (&mut *thing, *input) {
                bird.velocity.x = (bird.velocity.x + i32::from(input.x)).clamp(-50, 50);
            }
            thing.step(map);
            if throws {
                let position = thing.position(map);
                born.push(Thing::Seed(Seed { position, owner: *player, number, ticks_left: SEED_TICKS }));
            }
        }
    }

    fn is_steered(player: PlayerId, _: EntityId, thing: &Thing) -> bool {
        matches!(thing, Thing::Bird(bird) if bird.owner == player)
    }

    fn agrees(predicted: &Steered<'_, Self>, truth: &Steered<'_, Self>) -> bool {
        let moves_alike = |(one, other): (&Thing, &Thing)| match (one, other) {
            (Thing::Bird(one), Thing::Bird(other)) => Bird { feathers: other.feathers, ..*one } == *other,
            _ => one == other,
        };
        predicted.own == truth.own && predicted.pairs(truth).all(moves_alike)
    }

    fn adopt(entities: &mut [(EntityId, Thing)], _: &mut Throat, truth: &Steered<'_, Self>) {
        for ((_, thing), (_, truth)) in entities.iter_mut().zip(truth.entities) {
            if let (Thing::Bird(bird), Thing::Bird(truth)) = (thing, truth) {
                bird.feathers = truth.feathers;
            }
        }
    }

    fn birth(thing: &Thing, tick: Tick, _: &()) -> Option<Birth> {
        let Thing::Seed(Seed { owner, number, ticks_left, .. }) = *thing else { return None };
        Some(Birth { player: owner, tick: tick.minus(u32::from(SEED_TICKS - ticks_left)), number })
    }
}

const AROUND: Around<'static, Flock> = Around { player: PLAYER, board: &(), map: &() };

/// The server's side, `LAG` ticks behind the client.
struct Truth {
    flock: Flock,
    tick: Tick,
}

const LAG: u32 = 6;

impl Truth {
    fn new() -> Self {
        let start =
            Start { settings: &(), map: &(), tick_rate: TickRate::new(20).unwrap(), seats: 4, tick: Tick(0), seed: 1 };
        Self { flock: Flock::new(&start), tick: Tick(0) }
    }

    fn step(&mut self, input: Option<Wish>) {
        self.tick = self.tick.next();
        let mut inputs = [None; 4];
        inputs[PLAYER.index()] = input.map(|input| PlayerInput { input, view_age: 0 });
        self.flock.step(&mut Turn {
            tick: self.tick,
            map: &(),
            inputs: &inputs,
            past: &(),
            events: &mut Events::default(),
        });
    }

    fn reconcile(&self, prediction: &mut Prediction<Flock>) -> Reconciled {
        let entities: Vec<_> = self.flock.entities().collect();
        prediction.reconcile(self.tick, Steered { entities: &entities, own: &self.flock.own }, AROUND)
    }
}

fn begun() -> (Truth, Prediction<Flock>) {
    let (truth, mut prediction) = (Truth::new(), Prediction::default());
    assert_eq!(truth.reconcile(&mut prediction), Reconciled::Began);
    (truth, prediction)
}

fn birds(prediction: &Prediction<Flock>) -> Vec<Bird> {
    let bird = |(_, thing): &(EntityId, Thing)| if let Thing::Bird(bird) = thing { Some(*bird) } else { None };
    prediction.steered().unwrap().entities.iter().filter_map(bird).collect()
}

#[test]
fn every_bird_of_a_flock_is_predicted_to_the_bit() {
    let (mut truth, mut prediction) = begun();
    let mut rng = Rng::new(4);
    let wishes: Vec<_> =
        (0..500).map(|_| Wish { x: rng.below(9) as i8 - 4, throw: rng.chance(1, 5), ..Wish::default() }).collect();
    for (tick, &wish) in (1..).zip(&wishes) {
        prediction.advance(Tick(tick), wish, AROUND);
        if tick > LAG {
            truth.step(Some(wishes[(tick - LAG - 1) as usize]));
            assert_eq!(truth.reconcile(&mut prediction), Reconciled::Agreed, "tick {tick}");
        }
    }
    assert_eq!(birds(&prediction).len(), 3);
}

#[test]
fn push_of_one_bird_corrects_that_one_and_keeps_the_others() {
    let (mut truth, mut prediction) = begun();
    (1..=9).for_each(|tick| prediction.advance(Tick(tick), Wish { x: 1, throw: false, brood: 0 }, AROUND));
    truth.step(Some(Wish { x: 1, throw: false, brood: 0 }));
    truth.flock.birds[1].position += IVec2::new(0, 40);
    assert_eq!(truth.reconcile(&mut prediction), Reconciled::Corrected(IVec2::new(0, 40)));
    let moves: Vec<_> = prediction.moves().iter().map(|(id, moved)| (id.0, moved.y)).collect();
    assert_eq!(moves, [(0, 0), (1, 40), (2, 0)]);
}

#[test]
fn what_only_the_server_decides_is_adopted_by_every_later_tick() {
    let (mut truth, mut prediction) = begun();
    (1..=5).for_each(|tick| prediction.advance(Tick(tick), Wish { x: 1, throw: false, brood: 0 }, AROUND));
    truth.step(Some(Wish { x: 1, throw: false, brood: 0 }));
    truth.flock.birds[2].feathers = 3;
    let before = birds(&prediction);
    assert_eq!(truth.reconcile(&mut prediction), Reconciled::Agreed);
    let after = birds(&prediction);
    assert_eq!(after.iter().map(|bird| bird.feathers).collect::<Vec<_>>(), [9, 9, 3]);
    assert_eq!(
        before.iter().map(|bird| bird.position).collect::<Vec<_>>(),
        after.iter().map(|bird| bird.position).collect::<Vec<_>>()
    );
}

#[test]
fn bird_that_is_gone_moves_nobody_else() {
    let (mut truth, mut prediction) = begun();
    (1..=5).for_each(|tick| prediction.advance(Tick(tick), Wish { x: 1, throw: false, brood: 0 }, AROUND));
    truth.step(Some(Wish { x: 1, throw: false, brood: 0 }));
    truth.flock.birds.pop();
    assert_eq!(truth.reconcile(&mut prediction), Reconciled::Corrected(IVec2::ZERO));
    assert_eq!((birds(&prediction).len(), prediction.newest()), (2, Some(Tick(5))));
}

#[test]
fn birds_that_come_and_go_by_a_button_are_predicted_with_their_ids() {
    let (mut truth, mut prediction) = begun();
    let mut rng = Rng::new(6);
    let wishes: Vec<_> = (0..500)
        .map(|_| Wish { x: rng.below(9) as i8 - 4, brood: rng.below(3) as i8 - 1, ..Wish::default() })
        .collect();
    let mut sizes = [0; 9];
    for (tick, &wish) in (1..).zip(&wishes) {
        prediction.advance(Tick(tick), wish, AROUND);
        if tick > LAG {
            truth.step(Some(wishes[(tick - LAG - 1) as usize]));
            assert_eq!(truth.reconcile(&mut prediction), Reconciled::Agreed, "tick {tick}");
            let gone = (0..8).filter(|&id| prediction.has_removed(EntityId(id))).count();
            assert_eq!(gone, truth.flock.birds.len().saturating_sub(birds(&prediction).len()));
            sizes[birds(&prediction).len()] += 1;
        }
    }
    assert!(sizes[1..].iter().all(|&times| times > 5), "{sizes:?}");
    // Only the client knows of this input: the server never gets it.
    prediction.advance(Tick(501), Wish { brood: -1, ..Wish::default() }, AROUND);
    for tick in truth.tick.0 + 1..=501 {
        truth.step(wishes.get(tick as usize - 1).copied());
        let before = birds(&prediction).len();
        let found = truth.reconcile(&mut prediction);
        assert_eq!(found == Reconciled::Agreed, tick < 501 || before == truth.flock.birds.len(), "tick {tick}");
    }
    assert_eq!(birds(&prediction), truth.flock.birds);
}

#[test]
fn seed_that_nobody_knows_of_is_forgotten_some_time_after_its_end() {
    let (_, mut prediction) = begun();
    prediction.advance(Tick(1), Wish { x: 0, throw: true, brood: 0 }, AROUND);
    for tick in 2..2 + u32::from(SEED_TICKS) {
        prediction.births_mut().handle_snapshot(Tick(tick), &[], false, &());
        assert_eq!(prediction.births().iter().count(), 3, "something is always missing: perhaps these");
    }
    for tick in 2 + u32::from(SEED_TICKS)..100 {
        prediction.births_mut().handle_snapshot(Tick(tick), &[], false, &());
    }
    assert!(prediction.births().is_empty());
}

#[test]
fn seeds_of_one_tick_are_told_apart_and_taken_back_one_by_one() {
    let (_, mut prediction) = begun();
    prediction.advance(Tick(1), Wish { x: 0, throw: true, brood: 0 }, AROUND);
    let numbers =
        |prediction: &Prediction<Flock>| prediction.births().iter().map(|born| born.birth.number).collect::<Vec<_>>();
    assert_eq!(numbers(&prediction), [0, 1, 2]);
    let birth = |number| Birth { player: PLAYER, tick: Tick(1), number };
    prediction.births_mut().handle_snapshot(Tick(9), &[birth(0), birth(2)], true, &());
    assert_eq!(numbers(&prediction), [0, 2], "the server knows of two");
    prediction.births_mut().handle_snapshot(Tick(10), &[birth(2)], false, &());
    assert_eq!(numbers(&prediction), [2], "one has hit something");
    prediction.births_mut().handle_snapshot(Tick(11), &[], false, &());
    assert_eq!(numbers(&prediction), [0_u8; 0], "so has the other");
}
