//! Rooms of petri on virtual time: views, predictions, checkpoints and recordings.

use petri::{
    Dish, entity::Thing, entity_id, event::Event, input::Wish, limits::CELLS_MAX, plate::Plate, rules::swallows,
    settings::Settings,
};
use room::RoomConfig;
use shared::{
    EntityId, PlayerId, Tick, TickRate,
    game::{Checkpoint, Events, Game, PlayerInput, Profile, Start, Turn},
    rng::Rng,
    wire::DecodeError,
};
use testkit::{BareRoom, Behavior, Scenario, Sim, Transport};

fn tick_rate() -> TickRate {
    TickRate::new(30).expect("30 Hz is allowed")
}

/// A dish in which players see only a part of it, and still meet.
fn plate() -> Plate {
    Plate::new(4_000, tick_rate())
}

fn dish() -> Sim<Dish> {
    let mut sim = Sim::of(plate(), tick_rate()).players(4).fill(12);
    sim.config.settings = Settings { pellets: 500, ..Settings::default() };
    sim
}

/// Runs, then lets the links recover and the players rest; each view must then be true.
fn settle(mut scenario: Scenario<Dish>) -> Scenario<Dish> {
    scenario.heal();
    for number in scenario.present() {
        scenario.player_mut(number).set_behavior(Behavior::Idle);
    }
    scenario.run_secs(4);
    scenario.assert_sane();
    for number in scenario.present() {
        scenario.assert_truthful(number);
        scenario.assert_roster(number);
        if scenario.now_of(number) == scenario.room().now() {
            assert_eq!(scenario.player(number).client().board(), scenario.room().play().board());
            let (seat, now) = (scenario.seat(number), scenario.view(number).tick());
            let frame = scenario.truth().at(now).expect("a tick that was made");
            assert_eq!(Some(&scenario.view(number).own()), frame.own.get(&seat));
        }
    }
    scenario
}

#[test]
fn it_keeps_the_contract_of_a_game() {
    testkit::check::<Dish>();
}

#[test]
fn every_view_is_the_truth_whatever_the_link() {
    for (reliable, plain, loss) in [(true, false, 0.0), (false, false, 0.0), (false, false, 0.1), (false, true, 0.05)] {
        let sim = dish().reliable(reliable).plain(plain).loss(loss).delay_ms(40).jitter_ms(10).duplicate(0.02);
        let scenario = settle(sim.run_secs(30));
        let happened = |number| scenario.player(number).seen().count();
        assert!((0..4).map(happened).sum::<usize>() > 20, "leaderboards and swallowed cells");
    }
}

/// Cells that split, eject, push each other and merge are predicted to the bit, with their ids.
#[test]
fn cells_of_one_player_are_predicted_together() {
    let mut sim = dish().players(1).fill(0).delay_ms(70).draws(true).behavior(Behavior::Wander);
    sim.config.settings.start_mass = 900;
    let mut scenario = sim.run_secs(1);
    let (mut most, mut merged, mut before) = (0, 0, 1);
    scenario.run_until("a minute of splits and merges", 90, |scenario| {
        let cells = cells_of(scenario, PlayerId(0));
        merged += before.max(cells) - cells;
        (most, before) = (most.max(cells), cells);
        merged > 20 && most == CELLS_MAX
    });
    let counters = scenario.stats(0).counters;
    assert_eq!(counters.corrections, 0, "{counters:?}");
    let frames = scenario.player(0).frames();
    assert!(frames.iter().any(|frame| frame.steered.len() > CELLS_MAX / 2), "they are drawn ahead of the server");
    settle(scenario);
}

#[test]
fn others_cost_few_corrections() {
    for (loss, corrections_max) in [(0.0, 3), (0.05, 120)] {
        let scenario = dish().loss(loss).delay_ms(60).run_secs(60);
        for number in scenario.present() {
            let counters = scenario.stats(number).counters;
            assert!(counters.inputs > 1_500, "it plays: {counters:?}");
            assert!(counters.corrections <= corrections_max, "player {number} at {loss}: {counters:?}");
        }
    }
}

fn cells_of(scenario: &Scenario<Dish>, player: PlayerId) -> usize {
    let room = scenario.room();
    (0..CELLS_MAX).filter(|&slot| room.game().entity(entity_id(player, slot)).is_some()).count()
}

/// `BareRoom` compares every update that it is sent with the radius that its player sees.
#[test]
fn what_a_view_does_not_reach_never_reaches_anybodys_bytes() {
    for (reliable, arrives) in [(true, 1), (false, 1), (false, 3)] {
        let settings = Settings { pellets: 800, ..Settings::default() };
        let config = RoomConfig { seats: 16, fill: 16, settings, ..RoomConfig::<Dish>::new(plate(), tick_rate()) };
        let mut room = BareRoom::new(config, 7);
        let players: Vec<_> = (0..3).map(|_| room.join(false, reliable).expect("there are seats")).collect();
        let mut rng = Rng::new(3);
        let (mut unseen, mut seen) = (0, 0);
        for tick in 0..1_200 {
            for &player in &players {
                let wish =
                    Wish { aim: rng.below(1_024) as u16, reach: 200, split: rng.chance(1, 60), ..Wish::default() };
                room.play(player, wish);
            }
            room.tick(|_| tick % arrives == 0);
            let frame = room.truth().newest().expect("a tick was made");
            for player in &players {
                let Some(view) = frame.viewpoints.get(player) else { continue };
                let radius = i64::from(view.radius_px.expect("it is always said")) * 16;
                for thing in frame.entities.values() {
                    let Thing::Cell(cell) = thing else { continue };
                    let way = (cell.position - view.position).as_vec2().length() as i64;
                    if way > radius * 6 / 5 + i64::from(cell.radius()) { unseen += 1 } else { seen += 1 }
                }
            }
        }
        assert!(unseen > 5_000 && seen > 5_000, "{unseen} {seen}");
        for &player in &players {
            assert!(room.listener(player).snapshots().0 > 300);
        }
    }
}

#[test]
fn players_come_back_and_spectators_see_it_later() {
    let mut scenario = dish().spectator_delay_secs(2).run_secs(5);
    let before = scenario.seat(0);
    scenario.cut(0);
    scenario.run_secs(2);
    scenario.come_back(0, Transport::Stream, false);
    let watcher = scenario.join_with(testkit::PlayerOptions { spectates: true, ..scenario.options() });
    scenario.run_secs(15);
    assert_eq!(scenario.seat(0), before);
    let sees = scenario.view(watcher).len();
    assert!(sees > 20, "it sees {sees} pellets and cells");
    assert!(scenario.now_of(watcher) < scenario.room().now());
    settle(scenario);
}

#[test]
fn same_seed_gives_the_same_bytes() {
    let run = |seed| dish().seed(seed).loss(0.03).run_secs(10).digest();
    assert_eq!(run(3), run(3));
    assert_ne!(run(3), run(4));
}

/// Only computer opponents: they grow, swallow each other, and respawn.
#[test]
fn opponents_play() {
    let scenario = dish().players(1).fill(12).behavior(Behavior::Idle).run_secs(90);
    let masses: Vec<u32> = masses(scenario.room().game());
    assert!(masses.iter().max() > Some(&150), "{masses:?}");
    let swallowed = |event: &&Event| matches!(event, Event::Swallowed { .. } | Event::Ended { .. });
    assert!(scenario.player(0).seen().filter(swallowed).count() > 0, "somebody swallowed the one who rests");
    let names: Vec<_> = scenario.room().roster().iter().map(|(_, who)| who.name.as_str()).collect();
    assert!(names.contains(&"Bacillus"), "{names:?}");
}

fn masses(game: &Dish) -> Vec<u32> {
    let mass = |(_, thing)| if let Thing::Cell(cell) = thing { Some(cell.mass) } else { None };
    game.entities().filter_map(mass).collect()
}

/// A match without a room.
struct Played {
    game: Dish,
    tick: u32,
    seats: u16,
}

impl Played {
    fn new(settings: &Settings, seats: u16) -> Self {
        let start = Start { settings, map: &plate(), tick_rate: tick_rate(), seats, tick: Tick(0), seed: 5 };
        let mut game = Dish::new(&start);
        for player in (0..seats).map(PlayerId) {
            game.join(player, &Profile::default(), &mut Events::default());
        }
        Self { game, tick: 0, seats }
    }

    fn step(&mut self, wish: impl Fn(PlayerId) -> Wish) -> Events<Event> {
        self.tick += 1;
        let input = |player| Some(PlayerInput { input: wish(PlayerId(player)), view_age: 0 });
        let inputs: Vec<_> = (0..self.seats).map(input).collect();
        let mut events = Events::default();
        let tick = Tick(self.tick);
        self.game.step(&mut Turn { tick, map: &plate(), inputs: &inputs, past: &(), events: &mut events });
        events
    }

    fn cells(&self) -> Vec<(EntityId, petri::entity::Cell)> {
        let cell = |(id, thing)| if let Thing::Cell(cell) = thing { Some((id, cell)) } else { None };
        self.game.entities().filter_map(cell).collect()
    }
}

#[test]
fn nothing_is_swallowed_but_what_is_much_smaller_and_lies_within() {
    let mut played = Played::new(&Settings { pellets: 0, start_mass: 100, ..Settings::default() }, 2);
    played.step(|_| Wish::default());
    let cells = played.cells();
    let [(_, one), (_, other)] = cells[..] else { panic!("{cells:?}") };
    let at = |mass, x| petri::entity::Cell { mass, position: one.position + shared::game::IVec2::new(x, 0), ..one };
    assert!(!swallows(&one, &other), "they are equal");
    assert!(swallows(&at(125, 0), &at(100, 0)) && !swallows(&at(124, 0), &at(100, 0)));
    let reach = at(125, 0).radius() - at(100, 0).radius() * 2 / 5;
    assert!(swallows(&at(125, 0), &at(100, reach - 1)) && !swallows(&at(125, 0), &at(100, reach)));
}

#[test]
fn player_that_is_swallowed_hears_by_whom_and_comes_back_after_a_while_or_by_a_button() {
    for (presses, secs) in [(false, 2..3), (true, 0..1)] {
        let mut played = Played::new(&Settings { pellets: 500, ..Settings::default() }, 3);
        // The first cell grazes until it is large, then swims to the second one.
        played.step(|_| Wish::default());
        let mut ended = None;
        for _ in 0..30 * 200 {
            let cells = played.cells();
            let goal = cells.iter().find(|(_, cell)| cell.owner == PlayerId(1)).map(|(_, cell)| cell.position);
            let own = cells.iter().find(|(_, cell)| cell.owner == PlayerId(0)).map(|(_, cell)| *cell);
            let own = own.expect("nobody swallows the largest");
            let food = played.game.entities().filter_map(|(_, thing)| match thing {
                Thing::Pellet(pellet) => Some(pellet.position - own.position),
                _ => None,
            });
            let nearest = food.min_by_key(|way| way.abs().element_sum());
            let way = if own.mass > 60 { goal.map(|goal| goal - own.position) } else { nearest };
            let wish = Wish { reach: 255, ..Wish::to(way.unwrap_or_default()) };
            let mut events = played.step(|player| if player.0 == 0 { wish } else { Wish::default() });
            while let Some((_, event)) = events.poll() {
                if let Event::Ended { by, best_mass, .. } = event {
                    assert_eq!((by, best_mass), (PlayerId(0), Settings::default().start_mass));
                    ended = Some(played.tick);
                }
            }
            if ended.is_some() {
                break;
            }
        }
        let ended = ended.expect("it is swallowed");
        let mut before = played.cells().len();
        while played.cells().len() <= before {
            before = before.min(played.cells().len());
            played.step(|_| Wish { split: presses, ..Wish::default() });
            assert!(played.tick < ended + 200, "it comes back");
        }
        assert!(secs.contains(&((played.tick - ended) / 30)), "after {} ticks", played.tick - ended);
    }
}

/// A checkpoint with any byte changed is refused, or plays on without a panic.
#[test]
fn recording_that_somebody_made_up_panics_nobody() {
    let settings = Settings { pellets: 12, start_mass: 300, ..Settings::default() };
    let mut played = Played::new(&settings, 4);
    for _ in 0..40 {
        played.step(|_| Wish { aim: 9, reach: 90, split: true, eject: true });
    }
    let mut bytes = Vec::new();
    played.game.checkpoint(&mut bytes);
    let (mut read, mut refused) = (0, 0);
    let places = (0..bytes.len()).flat_map(|place| [0, 1, 0x7f, 0x90, 0xce, 0xff].map(|value| (place, value)));
    for (place, value) in places {
        let mut bytes = bytes.clone();
        bytes[place] = value;
        let Ok(game) = restored(&settings, 4, &bytes) else {
            refused += 1;
            continue;
        };
        read += 1;
        let mut played = Played { game, tick: 9, seats: 4 };
        for _ in 0..20 {
            played.step(|_| Wish { aim: 300, reach: 200, split: true, eject: true });
        }
        assert!(played.game.entities().all(|(id, thing)| played.game.entity(id) == Some(thing)));
        played.game.summary();
        played.game.leave(PlayerId(3), &mut Events::default());
    }
    assert!(read > 100 && refused > 100, "{read} were read, {refused} refused");
    assert!(restored(&settings, 5, &bytes).is_err(), "four seats are no room of five");
}

fn restored(settings: &Settings, seats: u16, bytes: &[u8]) -> Result<Dish, DecodeError> {
    let map = plate();
    let start = Start { settings, map: &map, tick_rate: tick_rate(), seats, tick: Tick(9), seed: 0 };
    Dish::restore(&start, bytes)
}

/// The digest is written by hand: a change of any byte of a checkpoint that still decodes must change it.
#[test]
fn digest_covers_every_field_of_a_checkpoint() {
    let settings = Settings { pellets: 12, start_mass: 300, ..Settings::default() };
    let mut played = Played::new(&settings, 2);
    for _ in 0..70 {
        played.step(|_| Wish { aim: 9, reach: 90, split: true, eject: true });
    }
    let mut bytes = Vec::new();
    played.game.checkpoint(&mut bytes);
    let mut compared = 0;
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let Ok(game) = restored(&settings, 2, &changed) else { continue };
        let mut again = Vec::new();
        game.checkpoint(&mut again);
        if again == bytes {
            continue;
        }
        compared += 1;
        assert_ne!(game.digest(), played.game.digest(), "byte {place} of {}", bytes.len());
    }
    assert!(compared > 100, "{compared} bytes were compared");
}
