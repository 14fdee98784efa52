//! Records a session of the browser's module: what it receives, sends and draws. `transcript FILE`. A native build of
//! `arena-web` plays here, `tests/browser/bits.spec.js` repeats it in Chromium, and every byte it sends and every float
//! it draws must be the same.
//!
//! ```text
//! message  [1, now f64, bytes]                                         the module is told
//! beat     [2, now f64, heading f64, aim f64, buttons u8]              the module is asked, and answers
//!          -> [count u32, (reliable u8, bytes)…, count u32, (text)…, next wake f64]
//! frame    [3, now f64] -> [render tick f64, count u32, f32…]
//! figures  [4] -> [text]
//! ```
//!
//! Numbers are little-endian; bytes and texts have their length, u32, before them. Times are milliseconds.

use std::{env, f64::consts::TAU, fs, time::Duration};

use anyhow::{Context, Result, ensure};
use arena::{
    input::{AIM_TURN, Buttons},
    rules::{Terrain, World},
};
use arena_web::Player;
use harness::maps;
use room::{Channel, Joining, Room, RoomConfig};
use shared::{
    PlayerId, TickRate,
    conditioner::{Conditioner, ConditionerConfig},
    rng::Rng,
    wire::{ClientMessage, ServerMessage},
};

/// Ticks of input to play.
const TICKS: f64 = 10_000.0;
const SEED: u64 = 3;
/// Time on the page's clock when the session begins; a fraction on purpose.
const START_MS: f64 = 1_234.567_8;
/// Time between two frames, close to that of a screen with 60 Hz.
const FRAME_MS: u64 = 17;

fn main() -> Result<()> {
    let path = env::args().nth(1).context("transcript FILE")?;
    let mut session = Session::new();
    while session.player.inputs_made() < TICKS {
        session.step();
    }
    let figures = session.player.figures();
    session.transcript.byte(4);
    session.transcript.bytes(figures.as_bytes());
    let corrections = figure(&figures, "corrections");
    println!("{TICKS} ticks, {} frames, {corrections} corrections", session.frames);
    // A session without any event would test nothing.
    ensure!(corrections > 50.0, "the link was too good for corrections");
    ensure!(figure(&figures, "state_mismatches") == 0.0, "{figures}");
    ensure!(session.living > session.frames / 2, "the craft was a wreck most of the time");
    fs::write(&path, session.transcript.0).with_context(|| path)
}

/// A room, a bad link, and the module's native twin at its end.
struct Session {
    now: Duration,
    room: Room<World>,
    period: Duration,
    next_tick: Duration,
    seat: Option<PlayerId>,
    /// Counts of streams and datagrams, up and down.
    up: [Conditioner; 2],
    down: [Conditioner; 2],
    player: Player,
    next_wake_ms: f64,
    rng: Rng,
    intent: (f64, f64, u8),
    frames: u32,
    living: u32,
    /// Which float of a frame with an own craft is its health.
    health_at: usize,
    transcript: Transcript,
}

impl Session {
    fn new() -> Self {
        let mut rng = Rng::new(SEED);
        let tick_rate = TickRate::new(30).expect("30 Hz is allowed");
        let terrain = |name| Terrain::new(maps::by_name(name), tick_rate);
        let mut config = RoomConfig::<World>::new(terrain("shipped/foundry"), tick_rate);
        config.maps.push(terrain("shipped/pit"));
        config.fill = 8;
        (config.settings.warm_up_secs, config.settings.match_secs, config.settings.results_secs) = (2, 100, 3);
        let bad = ConditionerConfig {
            delay: Duration::from_millis(75),
            jitter: Duration::from_millis(30),
            loss: 0.03,
            duplicate: 0.01,
            reorder: 0.01,
        };
        let mut lanes = || [Conditioner::ordered(bad, rng.next_u64()), Conditioner::new(bad, rng.next_u64())];
        let (up, down) = (lanes(), lanes());
        Self {
            now: Duration::ZERO,
            room: Room::new(config, rng.next_u64()),
            period: tick_rate.period(),
            next_tick: Duration::ZERO,
            seat: None,
            up,
            down,
            player: Player::new("transcript".into(), "Zoe".into(), false, START_MS),
            next_wake_ms: START_MS,
            rng,
            intent: (f64::NAN, 0.0, 0),
            frames: 0,
            living: 0,
            health_at: health_at(),
            transcript: Transcript::default(),
        }
    }

    /// Simulates one millisecond.
    fn step(&mut self) {
        while let Some(bytes) = self.up.iter_mut().find_map(|lane| lane.poll(self.now)) {
            self.handle_client_bytes(&bytes);
        }
        if self.now >= self.next_tick {
            self.next_tick += self.period;
            self.room.tick();
            while let Some(output) = self.room.poll_output() {
                let lane = usize::from(output.channel != Channel::Reliable);
                self.down[lane].push(self.now, output.bytes.to_vec()).expect("few messages are in flight");
            }
        }
        let now_ms = START_MS + self.now.as_secs_f64() * 1e3;
        while let Some(bytes) = self.down.iter_mut().find_map(|lane| lane.poll(self.now)) {
            self.transcript.byte(1);
            self.transcript.number(now_ms);
            self.transcript.bytes(&bytes);
            assert_eq!(self.player.handle_message(&bytes, now_ms), None);
            self.beat(now_ms);
        }
        if now_ms >= self.next_wake_ms {
            self.decide();
            self.beat(now_ms);
        }
        if self.now.as_millis().is_multiple_of(FRAME_MS.into()) {
            self.draw(now_ms);
        }
        self.now += Duration::from_millis(1);
    }

    /// A random input, kept for a few ticks.
    fn decide(&mut self) {
        if self.rng.chance(1, 3) {
            let heading = if self.rng.chance(1, 8) { f64::NAN } else { f64::from(self.rng.below(64)) / 64.0 * TAU };
            let aim = f64::from(self.rng.below(AIM_TURN.into())) / f64::from(AIM_TURN) * TAU;
            self.intent = (heading, aim, self.rng.below(u32::from(Buttons::ALL) + 1) as u8);
        }
    }

    fn beat(&mut self, now_ms: f64) {
        let (heading, aim, buttons) = self.intent;
        self.player.set_intent(heading, aim, buttons);
        self.player.advance(now_ms);
        let Transcript(written) = &mut self.transcript;
        written.push(2);
        [now_ms, heading, aim].iter().for_each(|number| written.extend(number.to_le_bytes()));
        written.push(buttons);
        let mut outputs = Vec::new();
        while let Some(bytes) = self.player.poll_output() {
            outputs.push((self.player.output_is_reliable(), bytes));
        }
        self.transcript.count(outputs.len());
        for (reliable, bytes) in outputs {
            self.transcript.byte(reliable.into());
            self.transcript.bytes(&bytes);
            self.up[usize::from(!reliable)].push(self.now, bytes).expect("few messages are in flight");
        }
        let events: Vec<String> = std::iter::from_fn(|| self.player.poll_event()).collect();
        self.transcript.count(events.len());
        events.iter().for_each(|event| self.transcript.bytes(event.as_bytes()));
        self.next_wake_ms = self.player.next_wake_ms();
        self.transcript.number(self.next_wake_ms);
    }

    fn draw(&mut self, now_ms: f64) {
        self.player.fill_frame(now_ms);
        self.transcript.byte(3);
        self.transcript.number(now_ms);
        self.transcript.number(self.player.render_tick());
        let floats = self.player.frame();
        self.transcript.count(floats.len());
        floats.iter().for_each(|float| self.transcript.0.extend(float.to_le_bytes()));
        self.frames += 1;
        let health = floats.get(self.health_at).is_some_and(|health| *health > 0.0);
        self.living += u32::from(floats.first() == Some(&1.0) && health);
    }

    /// A minimal server shell.
    fn handle_client_bytes(&mut self, bytes: &[u8]) {
        let message = ClientMessage::decode(bytes).expect("the module's messages can be read");
        match (self.seat, message) {
            (None, ClientMessage::Hello(hello)) => {
                let joining = Joining { name: hello.name.to_owned(), plain: hello.plain, reliable: false };
                self.seat = Some(self.room.join(joining).expect("there is a seat"));
            }
            (Some(seat), ClientMessage::Input(input)) => {
                let until_tick = self.next_tick.saturating_sub(self.now);
                let until_tick_us = until_tick.as_micros() as u32;
                self.room.handle_input_bytes(seat, input, until_tick_us).expect("the module's inputs can be read");
            }
            (Some(seat), ClientMessage::Resync) => self.room.resync(seat),
            (Some(_), ClientMessage::Ping { token }) => {
                let mut pong = Vec::new();
                ServerMessage::Pong { token, tick: self.room.now() }.encode(&mut pong);
                self.down[1].push(self.now, pong).expect("few messages are in flight");
            }
            // Datagrams may overtake the hello.
            _ => {}
        }
    }
}

/// Crafts are the first kind, and what the player steers is the first list.
fn health_at() -> usize {
    let layout: serde_json::Value = serde_json::from_str(&arena_web::layout()).expect("the layout is JSON");
    let names = |list: &serde_json::Value| list.as_array().expect("a list of names").clone();
    let crafts = names(&layout["kinds"][0]["fields"]);
    let health = crafts.iter().position(|name| name == "health").expect("a craft has health");
    2 * names(&layout["kinds"]).len() + names(&layout["own"]).len() + health
}

/// Bytes of the transcript.
#[derive(Default)]
struct Transcript(Vec<u8>);

impl Transcript {
    fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    fn number(&mut self, number: f64) {
        self.0.extend(number.to_le_bytes());
    }

    fn count(&mut self, count: usize) {
        self.0.extend(u32::try_from(count).expect("counts are small").to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.extend(bytes);
    }
}

/// A figure of the network overlay.
fn figure(json: &str, name: &str) -> f64 {
    let figures: serde_json::Value = serde_json::from_str(json).expect("figures are JSON");
    figures[name].as_f64().expect("a figure is a number")
}
