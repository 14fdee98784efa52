//! A game that is not the arena, through everything that the engine does for a game.

use harness::{
    BareRoom, Scenario, Sim, Transport,
    toy::{MothBehavior, Moths, PutOut, Thing},
    watcher::Frame,
};
use room::RoomConfig;
use shared::{
    EntityId, PlayerId, Tick, TickRate,
    game::{Checkpoint, Events, Game, PlayerInput, Profile, Start, Turn},
};

fn tick_rate() -> TickRate {
    TickRate::new(30).expect("30 Hz is allowed")
}

/// A room in which no player sees everything.
fn moths() -> Sim<Moths> {
    Sim::of((), tick_rate()).interest_px(500).players(5).fill(9)
}

/// Runs, then lets the links recover and the players rest; each view must then be true.
fn settle(mut scenario: Scenario<Moths>) -> Scenario<Moths> {
    scenario.heal();
    for number in scenario.present() {
        scenario.player_mut(number).set_behavior(MothBehavior::Rest);
    }
    scenario.run_secs(4);
    scenario.assert_sane();
    for number in scenario.present() {
        scenario.assert_truthful(number);
        scenario.assert_roster(number);
        if scenario.now_of(number) == scenario.room().now() {
            let (known, truth) = (scenario.player(number).client().board(), scenario.room().play().board());
            assert_eq!(known, truth, "player {number} knows other points");
        }
    }
    scenario
}

#[test]
fn every_view_is_the_truth_whatever_the_link() {
    for (reliable, plain, loss) in
        [(true, false, 0.0), (false, false, 0.0), (false, false, 0.1), (true, false, 0.1), (false, true, 0.05)]
    {
        let sim = moths().reliable(reliable).plain(plain).loss(loss).delay_ms(40).jitter_ms(10).duplicate(0.02);
        let scenario = settle(sim.behavior(MothBehavior::Random).run_secs(30));
        let lamps = scenario.player(0).seen().count();
        assert!(lamps > 20, "{lamps} events of lamps");
    }
}

#[test]
fn prediction_is_right_to_the_bit() {
    // Nobody touches a moth but its player. So nothing is to be corrected but what the server did without an input that was lost.
    for (loss, corrections_max) in [(0.0, 0), (0.05, 50)] {
        let scenario = moths().loss(loss).delay_ms(70).draws(true).run_secs(60);
        for number in scenario.present() {
            let counters = scenario.stats(number).counters;
            assert!(counters.inputs > 1_500, "it plays: {counters:?}");
            assert!(counters.corrections <= corrections_max, "player {number}: {counters:?}");
            let frames = scenario.player(number).frames();
            let shows = |frame: &&Frame<Moths>| frame.steered.len() == 1 && !frame.others.is_empty();
            assert!(frames.iter().filter(shows).count() * 2 > frames.len(), "mostly there is something else in sight");
        }
    }
}

#[test]
fn private_number_is_known_to_its_player_alone() {
    let scenario = settle(moths().behavior(MothBehavior::Random).run_secs(20));
    for number in scenario.present() {
        let (seat, now) = (scenario.seat(number), scenario.view(number).tick());
        let frame = scenario.truth().at(now).expect("a tick that was made");
        assert_eq!(Some(&scenario.view(number).own()), frame.own.get(&seat));
    }
}

#[test]
fn who_must_not_be_seen_never_reaches_anybodys_bytes() {
    for (reliable, arrives) in [(true, 1), (false, 1), (false, 3)] {
        let config = RoomConfig { interest_px: Some(5_000), fill: 12, ..RoomConfig::<Moths>::new((), tick_rate()) };
        let mut room = BareRoom::new(config, 7);
        let players: Vec<_> = (0..3).map(|_| room.join(false, reliable).expect("there are seats")).collect();
        let (mut hidden, mut tick) = (0, 0);
        for _ in 0..900 {
            tick += 1;
            for &player in &players {
                room.play(player, Default::default());
            }
            // Every update is compared with the states that its player may receive at that tick.
            room.tick(|_| tick % arrives == 0);
            let frame = room.truth().newest().expect("a tick was made");
            for &player in &players {
                for &id in frame.hidden.get(&player).into_iter().flatten() {
                    let is_moth = matches!(frame.entities.get(&id), Some(Thing::Moth(moth)) if moth.folded);
                    assert!(is_moth, "only folded moths hide");
                    hidden += 1;
                }
            }
        }
        assert!(hidden > 500, "{hidden} times somebody was hidden");
        for &player in &players {
            assert!(room.listener(player).snapshots().0 > 200);
        }
    }
}

#[test]
fn players_come_back_and_spectators_see_it_later() {
    let mut scenario = moths().spectator_delay_secs(2).run_secs(5);
    let before = scenario.seat(0);
    scenario.cut(0);
    scenario.run_secs(2);
    scenario.come_back(0, Transport::Stream, false);
    let watcher = scenario.join_with(harness::PlayerOptions { spectates: true, ..scenario.options() });
    scenario.run_secs(20);
    assert_eq!(scenario.seat(0), before);
    assert!(scenario.view(watcher).len() > 1, "it sees something");
    assert!(scenario.now_of(watcher) < scenario.room().now());
    settle(scenario);
}

#[test]
fn match_that_is_won_begins_anew_with_everybody_in_their_seats() {
    let mut scenario = moths().fill(16).behavior(MothBehavior::Rest).run_secs(1);
    scenario.run_until("a winner", 600, |scenario| {
        scenario.player(0).seen().any(|event| matches!(event, PutOut { points: 0, .. }))
            || scenario.room().game().is_over()
    });
    scenario.run_secs(3);
    assert_eq!(scenario.room().roster().taken(), 16);
    assert!(!scenario.room().game().is_over());
    settle(scenario);
}

#[test]
fn same_seed_gives_the_same_bytes() {
    let run = |seed| moths().seed(seed).loss(0.03).run_secs(10).digest();
    assert_eq!(run(3), run(3));
    assert_ne!(run(3), run(4));
}

#[test]
fn opponents_play_as_well() {
    let scenario = moths().players(1).behavior(MothBehavior::Rest).fill(6).run_secs(60);
    let points: u16 = scenario.room().play().board().0.values().sum();
    assert!(points > 30, "{points} lamps put out by opponents");
    let names: Vec<_> = scenario.room().roster().iter().map(|(_, who)| who.name.as_str()).collect();
    assert!(names.contains(&"Luna") && names.contains(&"Atlas 2"), "{names:?}");
    assert!(
        scenario.room().game().entity(EntityId(0)).is_some() && scenario.room().roster().get(PlayerId(0)).is_some()
    );
}

/// A checkpoint with any byte changed is refused, or plays on without a panic.
#[test]
fn recording_that_somebody_made_up_panics_nobody() {
    let setup =
        Moths::new(&Start { settings: &(), map: &(), tick_rate: tick_rate(), seats: 4, tick: Tick(9), seed: 1 });
    let mut bytes = Vec::new();
    setup.checkpoint(&mut bytes);
    let (mut read, mut refused) = (0, 0);
    for (place, value) in (0..bytes.len()).flat_map(|place| [0, 1, 0x7f, 0x90, 0xce, 0xff].map(|value| (place, value)))
    {
        let mut bytes = bytes.clone();
        bytes[place] = value;
        let start = Start { settings: &(), map: &(), tick_rate: tick_rate(), seats: 4, tick: Tick(9), seed: 0 };
        let Ok(mut moths) = Moths::restore(&start, &bytes) else {
            refused += 1;
            continue;
        };
        read += 1;
        let (mut events, inputs) = (Events::default(), [Some(PlayerInput::default()); 4]);
        moths.join(PlayerId(3), &Profile::default(), &mut events);
        for tick in 10..20 {
            moths.step(&mut Turn { tick: Tick(tick), map: &(), inputs: &inputs, past: &(), events: &mut events });
        }
        moths.leave(PlayerId(3), &mut events);
    }
    assert!(read > 100 && refused > 100, "{read} were read, {refused} refused");
    let short =
        Moths::new(&Start { settings: &(), map: &(), tick_rate: tick_rate(), seats: 2, tick: Tick(9), seed: 1 });
    let mut bytes = Vec::new();
    short.checkpoint(&mut bytes);
    let start = Start { settings: &(), map: &(), tick_rate: tick_rate(), seats: 4, tick: Tick(9), seed: 0 };
    assert!(Moths::restore(&start, &bytes).is_err(), "two seats are no room of four");
}
