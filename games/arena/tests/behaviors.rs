//! The same bots with both kinds of sight: as players with a client, in virtual time and without a link, and as
//! opponents of a room.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{sync::Arc, time::Duration};

use arena::{
    bot::Bot,
    event::Event,
    input::{Buttons, Input},
    map,
    rules::{Terrain, World, numbers::Rules},
    settings::Settings,
};
use client::{Client, ClientConfig, ClientEvent, ClientSight};
use room::{Joining, Room, RoomConfig};
use shared::{
    PlayerId, TickRate,
    game::{Bot as _, Value, Word},
    wire::{ClientMessage, ServerMessage},
};

const HZ: u16 = 30;

struct Fighter {
    player: PlayerId,
    client: Client<World>,
    bot: Bot,
    inputs: Vec<Input>,
    kills: usize,
}

fn behavior(name: &str) -> usize {
    Bot::BEHAVIORS.iter().position(|behavior| behavior.name == name).unwrap()
}

fn pit(fill: u16) -> Room<World> {
    let (_, text) = map::shipped().find(|(file, _)| file.contains("pit")).expect("the pit is shipped");
    let tick_rate = TickRate::new(HZ).unwrap();
    let map = Arc::new(map::file::parse("pit.toml", text).unwrap());
    let terrain = Terrain { map, rules: Rules::new(tick_rate) };
    let settings = Settings { warm_up_secs: 0, score_limit: 0, ..Settings::default() };
    Room::new(RoomConfig { settings, fill, ..RoomConfig::new(terrain, tick_rate) }, 1)
}

/// Runs `count` bots for some seconds.
fn play(name: &str, count: u64, seconds: u32) -> Vec<Fighter> {
    let mut room = pit(0);
    let mut fighters: Vec<_> = (0..count).map(|seed| Fighter::join(&mut room, behavior(name), seed)).collect();
    let period = TickRate::new(HZ).unwrap().period();
    for tick in 1..=seconds * u32::from(HZ) {
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
    fn join(room: &mut Room<World>, behavior: usize, seed: u64) -> Self {
        let player = room.join(Joining { name: format!("f{seed}"), plain: false, reliable: true }).unwrap();
        let client = Client::new(ClientConfig { reliable: true, ..ClientConfig::default() }, Duration::ZERO);
        Self { player, client, bot: Bot::new(behavior, seed), inputs: Vec::new(), kills: 0 }
    }

    fn advance(&mut self, room: &mut Room<World>, now: Duration) {
        if let Some(tick) = self.client.input_due(now) {
            let input = self.bot.input(&ClientSight::new(&self.client, tick).expect("a map came before the clock"));
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
            if let ClientEvent::Game { event: Event::Killed { killer, victim, .. }, .. } = event {
                self.kills += usize::from(killer == self.player && victim != killer);
            }
        }
    }

    fn changes_per_second(&self) -> f64 {
        let changes = self.inputs.windows(2).filter(|pair| pair[0] != pair[1]).count();
        f64::from(HZ) * changes as f64 / self.inputs.len() as f64
    }

    fn firing(&self) -> f64 {
        let firing = self.inputs.iter().filter(|input| input.buttons.contains(Buttons::FIRE)).count();
        firing as f64 / self.inputs.len() as f64
    }
}

#[test]
fn fighters_fire_a_third_of_the_time_change_often_and_kill() {
    let fighters = play("fight", 8, 60);
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
    for fighter in play("wander", 2, 30) {
        let changes = fighter.changes_per_second();
        assert!((2.2..3.8).contains(&changes), "{changes} changes a second");
        assert_eq!(fighter.firing(), 0.0);
    }
}

#[test]
fn idlers_do_nothing() {
    let fighters = play("idle", 2, 5);
    assert!(fighters.iter().all(|fighter| fighter.inputs.iter().all(|input| *input == Input::default())));
}

#[test]
fn opponents_fight_as_players_at_a_client() {
    let fighters = play("opponent", 8, 60);
    let kills: usize = fighters.iter().map(|fighter| fighter.kills).sum();
    assert!(kills >= 8, "{kills} kills in a minute of eight");
    assert!(fighters.iter().all(|fighter| fighter.changes_per_second() > 2.0 && fighter.firing() > 0.0));
}

#[test]
fn opponents_fight_in_the_seats_of_a_room() {
    let mut room = pit(8);
    (0..60 * HZ).for_each(|_| room.tick());
    let summary = room.summary();
    let score = |facts: &[(Word, Value)]| match facts.iter().find(|(name, _)| name == "score") {
        Some((_, Value::Int(score))) => *score,
        other => panic!("{other:?}"),
    };
    assert_eq!(summary.players.len(), 8);
    let kills: i64 = summary.players.iter().map(|(_, facts)| score(facts).max(0)).sum();
    assert!(kills >= 8, "{kills} kills in a minute of eight");
}
