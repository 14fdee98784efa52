//! Behaviours in a real room, in virtual time and without a link: what they do is what the bench will measure.

use std::{sync::Arc, time::Duration};

use arena::{
    event::Event,
    input::{Buttons, Input},
    map,
};
use client::{Client, ClientConfig, ClientEvent};
use room::{Joining, Room, RoomConfig};
use shared::{
    PlayerId, TickRate,
    rng::Rng,
    wire::{ClientMessage, ServerMessage},
};

use super::Behavior;
use super::BehaviorKind;

struct Fighter {
    player: PlayerId,
    client: Client,
    behavior: Behavior,
    inputs: Vec<Input>,
    kills: usize,
}

/// Lets `count` bots of a kind play for some seconds.
fn play(kind: BehaviorKind, count: u64, seconds: u32) -> Vec<Fighter> {
    let (_, text) = map::shipped().find(|(file, _)| file.contains("pit")).expect("the pit is shipped");
    let map = Arc::new(map::file::parse("pit.toml", text).unwrap());
    let tick_rate = TickRate::new(30).unwrap();
    let mut room = Room::new(RoomConfig { warm_up_secs: 0, fill: 0, ..RoomConfig::new(map, tick_rate) }, 1);
    let mut fighters: Vec<_> = (0..count).map(|number| Fighter::join(&mut room, kind, number)).collect();
    let period = tick_rate.period();
    for tick in 1..=seconds * 30 {
        let tick_at = period * tick;
        // Often enough that every input is made in time.
        for step in 1..=8 {
            let now = tick_at - period + period * step / 8 - Duration::from_millis(1);
            fighters.iter_mut().for_each(|fighter| fighter.advance(&mut room, now));
        }
        room.tick();
        while let Some(output) = room.poll_output() {
            let fighter = fighters.iter_mut().find(|fighter| output.member == fighter.player.into());
            fighter.expect("the room speaks to those in it").client.handle_message(output.bytes, tick_at).unwrap();
        }
    }
    fighters
}

impl Fighter {
    fn join(room: &mut Room, kind: BehaviorKind, number: u64) -> Self {
        let player = room.join(Joining { name: format!("f{number}"), plain: false, reliable: true }).unwrap();
        let client = Client::new(ClientConfig { reliable: true, ..ClientConfig::default() }, Duration::ZERO);
        Self { player, client, behavior: Behavior::new(kind, Rng::new(number)), inputs: Vec::new(), kills: 0 }
    }

    fn advance(&mut self, room: &mut Room, now: Duration) {
        if let Some(tick) = self.client.input_due(now) {
            let input = self.behavior.decide(&self.client, tick);
            self.inputs.push(input);
            self.client.set_intent(input);
        }
        self.client.advance(now);
        while let Some(output) = self.client.poll_output() {
            match ClientMessage::decode(&output.bytes).unwrap() {
                ClientMessage::Input(message) => room.handle_input_bytes(self.player, message, 1_000).unwrap(),
                ClientMessage::Ping { token } => {
                    let mut pong = Vec::new();
                    ServerMessage::Pong { token, tick: room.now() }.encode(&mut pong);
                    self.client.handle_message(&pong, now).unwrap();
                }
                _ => {}
            }
        }
        while let Some(event) = self.client.poll_event() {
            if let ClientEvent::Game { event: Event::Killed { killer, .. }, .. } = event {
                self.kills += usize::from(killer == self.player);
            }
        }
    }

    fn changes_per_second(&self) -> f64 {
        let changes = self.inputs.windows(2).filter(|pair| pair[0] != pair[1]).count();
        30.0 * changes as f64 / self.inputs.len() as f64
    }

    fn firing(&self) -> f64 {
        let firing = self.inputs.iter().filter(|input| input.buttons.contains(Buttons::FIRE)).count();
        firing as f64 / self.inputs.len() as f64
    }
}

#[test]
fn fighters_fire_a_third_of_the_time_change_often_and_kill() {
    let fighters = play(BehaviorKind::Fight, 8, 60);
    for fighter in &fighters {
        let counters = fighter.client.stats().counters;
        assert_eq!(counters.state_mismatches, 0);
        assert!(fighter.inputs.len() > 1_700, "{} inputs in a minute", fighter.inputs.len());
        assert!(fighter.changes_per_second() >= 4.0, "{} changes a second", fighter.changes_per_second());
    }
    let firing = fighters.iter().map(Fighter::firing).sum::<f64>() / fighters.len() as f64;
    assert!((0.22..0.4).contains(&firing), "firing {firing}");
    let kills: usize = fighters.iter().map(|fighter| fighter.kills).sum();
    assert!(kills >= 8, "{kills} kills in a minute of eight");
}

#[test]
fn wanderers_change_course_three_times_a_second_and_never_fire() {
    for fighter in play(BehaviorKind::Wander, 2, 30) {
        let changes = fighter.changes_per_second();
        assert!((2.2..3.8).contains(&changes), "{changes} changes a second");
        assert_eq!(fighter.firing(), 0.0);
    }
}

#[test]
fn idlers_do_nothing() {
    let fighters = play(BehaviorKind::Idle, 2, 5);
    assert!(fighters.iter().all(|fighter| fighter.inputs.iter().all(|input| *input == Input::default())));
}
