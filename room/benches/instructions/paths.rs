//! The work of each path: a warm-up, then the ticks that are counted.

use arena::rules::{World, world::PlayerInput};
use client::view::{Check, View};
use room::{
    Channel,
    record::{Packer, RecordOptions},
};
use shared::{
    rng::Rng,
    wire::{ClientMessage, ServerMessage},
};

use crate::{
    game::{Game, Sent, change, opponents, world},
    measured,
};

/// Ticks until crafts have spread and buffers have grown.
const WARM_UP_TICKS: u32 = 60;
/// Number of counted ticks.
const TICKS: u32 = 60;

pub(crate) fn simulate() {
    let (mut world, mut rng) = (world(64), Rng::new(2));
    let mut inputs = vec![Some(PlayerInput::default()); 64];
    for tick in 0..WARM_UP_TICKS + TICKS {
        for input in inputs.iter_mut().flatten() {
            change(&mut input.input, &mut rng, true);
        }
        counted(tick, &mut || world.make_tick(&inputs, &()));
        while world.poll_event().is_some() {}
    }
}

/// Ticks of a room with computer opponents alone.
pub(crate) fn decide() {
    let mut room = opponents(64);
    for tick in 0..WARM_UP_TICKS + TICKS {
        counted(tick, &mut || room.tick());
        while room.poll_output().is_some() {}
    }
}

/// Decodes inputs and passes them to the room, which also handles their acknowledgements.
pub(crate) fn receive() {
    let mut game = Game::new("pit", 64, None, true);
    for tick in 0..WARM_UP_TICKS + TICKS {
        let inputs: Vec<_> = game.inputs().into_iter().map(|(player, message)| (player, message.encoded())).collect();
        counted(tick, &mut || {
            for (player, bytes) in &inputs {
                match ClientMessage::decode(bytes) {
                    Ok(ClientMessage::Input(message)) => {
                        game.room.handle_input_bytes(*player, message, 1_000).expect("they can be read");
                    }
                    other => panic!("{other:?} is not an input"),
                }
            }
        });
        game.room.tick();
        game.poll_sent();
    }
}

pub(crate) fn tick(map: &str, players: u16, interest_px: Option<u32>, fights: bool) {
    let mut game = Game::new(map, players, interest_px, fights);
    for tick in 0..WARM_UP_TICKS + TICKS {
        game.handle_inputs();
        counted(tick, &mut || game.room.tick());
        game.poll_sent();
    }
}

pub(crate) fn record() {
    let mut game = recorded_fight();
    for tick in 0..WARM_UP_TICKS + TICKS {
        game.handle_inputs();
        counted(tick, &mut || game.room.tick());
        while game.room.poll_record().is_some() {}
        game.poll_sent();
    }
}

pub(crate) fn pack() {
    let mut game = recorded_fight();
    let (mut packer, mut file) = (Packer::new(), Vec::new());
    for tick in 0..WARM_UP_TICKS + TICKS {
        game.handle_inputs();
        game.room.tick();
        counted(tick, &mut || {
            while let Some(chunk) = game.room.poll_record() {
                packer.pack(&chunk, &mut file);
            }
        });
        game.poll_sent();
    }
    assert!(!file.is_empty(), "nothing was recorded");
}

/// Applies the messages of one client to its view.
pub(crate) fn view() {
    let mut game = Game::new("pit", 64, None, true);
    let mut view = View::<World>::new();
    let (mut applied, mut matched) = (0, 0);
    for tick in 0..WARM_UP_TICKS + TICKS {
        game.handle_inputs();
        game.room.tick();
        for Sent { channel, bytes } in game.poll_sent() {
            if channel == Channel::Reliable {
                match ServerMessage::decode(&bytes).expect("the room writes what can be read") {
                    ServerMessage::Welcome(welcome) => view.set_welcome(&welcome),
                    ServerMessage::Map(map) => view.set_map(&map).expect("the room sends a map"),
                    _ => {}
                }
                continue;
            }
            counted(tick, &mut || {
                let Ok(snapshot) = view.apply(&bytes) else { return };
                assert_ne!(snapshot.check, Check::Mismatched, "the view differs from the room");
                applied += 1;
                matched += u32::from(snapshot.check == Check::Matched);
            });
        }
    }
    assert_eq!(applied, WARM_UP_TICKS + TICKS, "a snapshot was not applied");
    assert!(matched > 0, "no checksum was compared");
}

fn recorded_fight() -> Game {
    let mut game = Game::new("pit", 64, None, true);
    game.room.record(RecordOptions { shard: 0, checkpoint_secs: 2 });
    game
}

fn counted(tick: u32, work: &mut dyn FnMut()) {
    if tick < WARM_UP_TICKS { work() } else { measured(work) }
}
