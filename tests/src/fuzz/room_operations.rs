//! Any sequence of calls to a room: nothing panics, nothing outgrows its bounds, and honest players see the truth.
//!
//! The bytes are a seed and then operations, one byte each with their parameters behind:
//!
//! ```text
//! 0 join [how]           4 resync [seat]        7 input [seat, offset, count, honesty, heading, aim, buttons…]
//! 1 leave [seat]         5 block [seat, on]     other: tick: bit 6 loses the snapshots of seats 0, 2, 4, bit 7 of the others
//! 2 chat [seat, length]  6 reduce [rung]          9 hold [seat]   10 resume [seat, how]
//! ```

use std::collections::BTreeMap;

use room::{Joining, Room};
use shared::{
    PlayerId, Tick,
    input::Input,
    wire::{Ack, ClientMessage, InputMessage},
};

use super::{
    arena::{self, SEATS},
    choices::Choices,
    mirror::Mirror,
};

/// Ticks of one input: enough for two matches, few enough for thousands of runs a second.
const TICKS_MAX: u32 = 300;

/// `data` is a seed and operations.
pub fn run(data: &[u8]) {
    let mut choices = Choices(data);
    let mut play = Play { room: arena::room(choices.byte()), mirrors: BTreeMap::new() };
    while choices.any_left() && play.room.now() < Tick(TICKS_MAX) {
        play.operate(&mut choices);
        play.check();
    }
}

/// A room and what its players see.
struct Play {
    room: Room,
    mirrors: BTreeMap<PlayerId, Mirror>,
}

impl Play {
    fn operate(&mut self, choices: &mut Choices<'_>) {
        let mut lost_seats = 0;
        match choices.byte() {
            0 => self.join(choices.byte()),
            1 => {
                let player = seat(choices);
                self.room.leave(player);
                self.mirrors.remove(&player);
            }
            2 => {
                let player = seat(choices);
                let length = choices.byte().into();
                let mut bytes = Vec::new();
                ClientMessage::Chat { text: &String::from_utf8_lossy(choices.bytes(length)) }.encode(&mut bytes);
                // Only what the decoder lets through ever reaches a room.
                if let Ok(ClientMessage::Chat { text }) = ClientMessage::decode(&bytes) {
                    self.room.handle_chat(player, text);
                }
            }
            4 => self.room.resync(seat(choices)),
            5 => {
                let (player, blocked) = (seat(choices), choices.flag());
                self.room.set_blocked(player, blocked);
                if let Some(mirror) = self.mirrors.get_mut(&player) {
                    mirror.blocked = blocked;
                }
            }
            6 => self.room.set_reduction(choices.byte()),
            7 => self.input(choices),
            9 => {
                let player = seat(choices);
                let known = self.mirrors.get_mut(&player).map(|mirror| mirror.held = true).is_some();
                assert_eq!(self.room.hold(player), known, "who plays can be held, and nobody else");
            }
            10 => {
                let (player, how) = (seat(choices), choices.byte());
                let joining = joining(how);
                let known = self.mirrors.get_mut(&player).map(|mirror| *mirror = Mirror::new(&joining)).is_some();
                assert_eq!(self.room.resume(player, &joining), known, "who plays can resume, and nobody else");
            }
            operation => {
                lost_seats = operation >> 6;
                let before = self.room.now();
                self.room.tick();
                assert_eq!(self.room.now(), before.next(), "a tick is one tick");
            }
        }
        self.deliver(lost_seats);
    }

    fn join(&mut self, how: u8) {
        let joining = joining(how);
        let humans = self.mirrors.len();
        match self.room.join(joining.clone()) {
            Ok(player) => {
                let before = self.mirrors.insert(player, Mirror::new(&joining));
                assert!(before.is_none(), "seat {player:?} was given away twice");
            }
            Err(_) => assert_eq!(humans, usize::from(SEATS), "refused though a seat was free"),
        }
    }

    fn input(&mut self, choices: &mut Choices<'_>) {
        let player = seat(choices);
        let newest = Tick(self.room.now().0.saturating_add_signed(i32::from(choices.byte() as i8)));
        let count = choices.byte() % 9;
        let honesty = choices.byte();
        let Some(mirror) = self.mirrors.get_mut(&player) else { return };
        let ack = if honesty == u8::MAX {
            mirror.lies();
            Ack { newest: Tick(choices.word().into()), missing: u32::from(choices.word()) * 0x1_0001 }
        } else {
            mirror.ack()
        };
        let inputs: Vec<Input> = (0..count).map(|_| choices.input()).collect();
        let until_tick_us = u32::from(choices.word()) * 4;
        self.room.handle_input(player, &InputMessage::new(newest, ack, choices.byte(), inputs), until_tick_us);
    }

    fn deliver(&mut self, lost_seats: u8) {
        while let Some(output) = self.room.poll_output() {
            let lost = lost_seats >> (output.player.0 & 1) & 1 == 1;
            let mirror = self.mirrors.get_mut(&output.player).expect("messages are for players only");
            assert!(!mirror.held, "a held player was sent a message of kind {}", output.kind);
            mirror.handle(&output, lost);
        }
    }

    fn check(&self) {
        assert_eq!(self.room.players(), self.mirrors.len(), "players and seats disagree");
        let held = self.mirrors.values().filter(|mirror| mirror.held).count();
        assert_eq!(self.room.held(), held, "the room awaits others");
        assert!(self.room.roster().len() <= usize::from(SEATS), "more crafts than seats");
    }
}

fn joining(how: u8) -> Joining {
    Joining { name: format!("p{how}"), plain: how & 1 == 1, reliable: how & 2 == 2 }
}

/// A seat, or one beyond the last.
fn seat(choices: &mut Choices<'_>) -> PlayerId {
    PlayerId(u16::from(choices.byte()) % (SEATS + 1))
}
