//! Any sequence of calls to a room: nothing panics, nothing exceeds its bounds, and views of honest players are true.
//!
//! The bytes are a seed and then operations, one byte each with their parameters behind:
//!
//! ```text
//! 0 join [how]           4 resync [seat]        7 input [seat, offset, count, honesty, heading, aim, buttons…]
//! 1 leave [seat]         5 block [seat, on]     other: tick: bit 6 loses the snapshots of seats 0, 2, 4, bit 7 of the others
//! 2 chat [seat, length]  6 reduce [rung]          9 hold [seat]   10 resume [seat, how]
//! 11 spectate [how]      12 watch [seat, seat]
//! ```

use arena::rules::World;
use std::collections::BTreeMap;

use arena::input::Input;
use room::{Joining, Room};
use shared::{
    MemberId, PlayerId, Tick,
    limits::SPECTATORS_PER_ROOM_MAX,
    wire::{Ack, ClientMessage, InputMessage},
};

use super::{
    choices::Choices,
    mirror::Mirror,
    small_room::{self, SEATS},
};

/// Ticks of one input: enough for two matches, few enough for thousands of runs a second.
const TICKS_MAX: u32 = 300;

/// `data` is a seed and operations.
pub fn run(data: &[u8]) {
    let mut choices = Choices(data);
    let mut play = Play { room: small_room::room(choices.byte()), mirrors: BTreeMap::new() };
    while choices.any_left() && play.room.now() < Tick(TICKS_MAX) {
        play.operate(&mut choices);
        play.check();
    }
}

/// A room and what its players see.
struct Play {
    room: Room<World>,
    mirrors: BTreeMap<MemberId, Mirror>,
}

impl Play {
    fn operate(&mut self, choices: &mut Choices<'_>) {
        let mut lost_seats = 0;
        match choices.byte() {
            0 => self.join(choices.byte()),
            1 => {
                let member = member(choices);
                self.room.leave(member);
                self.mirrors.remove(&member);
            }
            2 => {
                let member = member(choices);
                let length = choices.byte().into();
                let mut bytes = Vec::new();
                ClientMessage::Chat { text: &String::from_utf8_lossy(choices.bytes(length)) }.encode(&mut bytes);
                // Only inputs that the decoder accepts reach a room.
                if let (Ok(ClientMessage::Chat { text }), Some(player)) =
                    (ClientMessage::decode(&bytes), member.player())
                {
                    self.room.handle_chat(player, text);
                }
            }
            4 => self.room.resync(member(choices)),
            5 => {
                let (member, blocked) = (member(choices), choices.flag());
                self.room.set_blocked(member, blocked);
                if let Some(mirror) = self.mirrors.get_mut(&member) {
                    mirror.blocked = blocked;
                }
            }
            6 => self.room.set_reduction(choices.byte()),
            7 => self.input(choices),
            9 => {
                let member = member(choices);
                let known = self.mirrors.get_mut(&member).map(|mirror| mirror.held = true).is_some();
                assert_eq!(self.room.hold(member), known, "who plays can be held, and nobody else");
            }
            10 => {
                let (member, how) = (member(choices), choices.byte());
                let joining = joining(how);
                let known = self.mirrors.get_mut(&member).map(|mirror| *mirror = Mirror::new(&joining)).is_some();
                assert_eq!(self.room.resume(member, &joining), known, "who plays can resume, and nobody else");
            }
            11 => self.spectate(choices.byte()),
            12 => {
                if let (MemberId::Spectator(spectator), watched) = (member(choices), PlayerId(choices.byte().into())) {
                    self.room.watch(spectator, watched);
                }
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
        let humans = self.room.players();
        match self.room.join(joining.clone()) {
            Ok(player) => {
                let before = self.mirrors.insert(player.into(), Mirror::new(&joining));
                assert!(before.is_none(), "seat {player:?} was given away twice");
            }
            Err(_) => assert_eq!(humans, usize::from(SEATS), "refused though a seat was free"),
        }
    }

    fn spectate(&mut self, how: u8) {
        let joining = joining(how);
        let spectators = self.room.spectators();
        match self.room.spectate(&joining) {
            Ok(spectator) => {
                let before = self.mirrors.insert(spectator.into(), Mirror::new(&joining));
                assert!(before.is_none(), "slot {spectator:?} was given away twice");
            }
            Err(_) => assert_eq!(spectators, SPECTATORS_PER_ROOM_MAX, "refused though a slot was free"),
        }
    }

    fn input(&mut self, choices: &mut Choices<'_>) {
        let member = member(choices);
        let newest = Tick(self.room.now().0.saturating_add_signed(i32::from(choices.byte() as i8)));
        let count = choices.byte() % 9;
        let honesty = choices.byte();
        let Some(mirror) = self.mirrors.get_mut(&member) else { return };
        let ack = if honesty == u8::MAX {
            mirror.lies();
            Ack { newest: Tick(choices.word().into()), missing: u32::from(choices.word()) * 0x1_0001 }
        } else {
            mirror.ack()
        };
        let inputs: Vec<Input> = (0..count).map(|_| choices.input()).collect();
        let until_tick_us = u32::from(choices.word()) * 4;
        self.room.handle_input(member, &InputMessage::new(newest, ack, choices.byte(), inputs), until_tick_us);
    }

    fn deliver(&mut self, lost_seats: u8) {
        while let Some(output) = self.room.poll_output() {
            let lost = lost_seats >> (output.member.ordinal() & 1) & 1 == 1;
            let mirror = self.mirrors.get_mut(&output.member).expect("messages are for members only");
            assert!(!mirror.held, "a held player was sent a message of kind {}", output.kind);
            mirror.handle(&output, lost);
        }
    }

    fn check(&self) {
        let spectators = self.mirrors.keys().filter(|member| member.is_spectator()).count();
        assert_eq!(self.room.spectators(), spectators, "spectators and slots disagree");
        assert_eq!(self.room.players(), self.mirrors.len() - spectators, "players and seats disagree");
        let held = self.mirrors.values().filter(|mirror| mirror.held).count();
        assert_eq!(self.room.held(), held, "the room awaits others");
        assert!(self.room.roster().taken() <= usize::from(SEATS), "more players than seats");
    }
}

fn joining(how: u8) -> Joining {
    Joining { name: format!("p{how}"), plain: how & 1 == 1, reliable: how & 2 == 2 }
}

/// A seat or a slot, sometimes one that does not exist.
fn member(choices: &mut Choices<'_>) -> MemberId {
    match choices.byte() {
        seat @ 0x80.. => PlayerId(u16::from(seat) % (SEATS + 1)).into(),
        number => MemberId::from_number(u16::from(number) % (SEATS + 4), SEATS),
    }
}
