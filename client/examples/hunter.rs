//! A native player in a page of code: it joins, flies towards the nearest enemy, fires, and prints a line every second.
//!
//! ```text
//! cargo run --release -p client --features native --example hunter -- http://127.0.0.1:8080
//! ```
//!
//! A game would open a window instead and draw the scene sixty times a second.

use std::{
    env,
    f32::consts::TAU,
    time::{Duration, Instant},
};

use arena::{
    entity::{CraftState, EntityState},
    event::Event,
    input::{AIM_TURN, Buttons, Heading, Input},
    rules::World,
};
use client::{
    Client, ClientConfig, ClientEvent, Scene,
    native::{HttpClient, JoinRequest, Link, Pilot, QuicEndpoints, QuicLink, Session, join, run},
};
use glam::Vec2;
use shared::{
    PlayerId, Tick,
    game::{Key, Shown},
};

/// A pilot that plays for `seconds_left`.
struct Hunter {
    scene: Scene<World>,
    told: Duration,
    seconds_left: u32,
}

impl Pilot for Hunter {
    type Game = World;

    fn steer(&mut self, client: &Client<World>, _: Tick) -> Input {
        let (Some(me), Some((_, here, _))) = (client.player(), crafts(&self.scene.steered).next()) else {
            return Input::default();
        };
        let enemies = crafts(&self.scene.others)
            .filter(|(player, _, craft)| craft.is_alive() && !client.board().allied(me, *player))
            .map(|(_, position, _)| position);
        let Some(nearest) = enemies.min_by(|a, b| a.distance(here).total_cmp(&b.distance(here))) else {
            return Input::default();
        };
        let there = nearest - here;
        let turns = (there.y.atan2(there.x) / TAU).rem_euclid(1.0);
        let aim = (turns * f32::from(AIM_TURN)) as u16 % AIM_TURN;
        let heading = if there.length() > 150.0 { Heading::from_aim(aim) } else { Heading::NONE };
        Input { heading, aim, buttons: Buttons::FIRE }
    }

    fn observe(&mut self, client: &mut Client<World>, now: Duration) {
        client.fill_scene(&mut self.scene, now);
        while let Some(event) = client.poll_event() {
            if let ClientEvent::Game { event: Event::Killed { victim, killer, .. }, .. } = event {
                let name = |player| client.roster().get(player).map_or("unknown", |profile| &profile.name);
                println!("{} by {}", name(victim), name(killer));
            }
        }
        if now >= self.told + Duration::from_secs(1) {
            self.told = now;
            self.seconds_left = self.seconds_left.saturating_sub(1);
            let Some((_, here, own)) = crafts(&self.scene.steered).next() else { return };
            let rtt = client.stats().rtt.smoothed().unwrap_or_default();
            let corrections = client.stats().counters.corrections;
            println!(
                "at {here:.0}, health {}, {} others in sight, round trip {rtt:.1?}, {corrections} corrections",
                own.health,
                crafts(&self.scene.others).count(),
            );
        }
    }

    fn wants_to_leave(&self) -> bool {
        self.seconds_left == 0
    }
}

/// The crafts among the shown entities: player, position and state. A craft's id is its player's seat.
fn crafts(shown: &[Shown<EntityState>]) -> impl Iterator<Item = (PlayerId, Vec2, CraftState)> {
    shown.iter().filter_map(|shown| match (shown.key, shown.pose.state) {
        (Key::Entity(id), EntityState::Craft(craft)) => Some((PlayerId(id.0), shown.pose.position, craft)),
        _ => None,
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = env::args().nth(1).unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
    let seconds_left = env::args().nth(2).map_or(Ok(20), |seconds| seconds.parse())?;
    // The lobby gives a seat, and a ticket for it.
    let request = JoinRequest::of::<World>("Hunter");
    let answer = join(&HttpClient::default(), &server, &request).await?;
    // A link to the room's shard; WebTransport or WebSocket would do as well.
    let endpoints = QuicEndpoints::bind(1)?;
    let mut link = Link::Quic(QuicLink::connect(&endpoints, &answer.quic, &answer.certificate_hashes).await?);
    let config = ClientConfig {
        ticket: answer.ticket,
        name: answer.player_name,
        reliable: link.is_reliable(),
        predict: true,
        draw: true,
        ..ClientConfig::default()
    };
    let start = Instant::now();
    let client = Client::new(config, start.elapsed());
    let hunter = Hunter { scene: Scene::default(), told: Duration::ZERO, seconds_left };
    let ending = run(&mut Session::new(client, hunter, None), &mut link, start).await?;
    println!("over: {}", ending.text);
    link.close(ending.reason).await;
    Ok(())
}
