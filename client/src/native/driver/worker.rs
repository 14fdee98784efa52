//! The loop of one driver, and what it does with its links.
//!
//! ```text
//! Opening ──handshake──> Idle ──a session gets on──> Playing ──it ends, or is cut──> Idle ──> Parting ──> gone
//!    └────────────────────┴───────────────────────────┴──── nobody holds the link's ticket ────────────────^
//! ```

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    io,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use mio::{Events, Interest, Poll, Token, Waker};
use shared::{sim::rng::Rng, wire::DisconnectReason};
use slab::Slab;
use tokio::sync::{mpsc, oneshot};

use super::{
    command::{Command, Ticket},
    link::Wire,
    quic::Quic,
    rider::Rider,
    schedule::Schedule,
    wait::wait,
    websocket_link::WebSocketLink,
};
use crate::{
    native::{LinkError, RunError},
    told::Ending,
};

/// See the module.
pub(super) struct Worker {
    commands: mpsc::Receiver<Command>,
    stop: Arc<AtomicBool>,
    late: Arc<dyn Fn(Duration) + Send + Sync>,
    poll: Poll,
    events: Events,
    quics: Vec<Quic>,
    next_quic: usize,
    links: Slab<Driven>,
    schedule: Schedule,
    /// Links with something to read.
    touched: Vec<usize>,
    swept: Instant,
    next_watch: Instant,
    rng: Rng,
}

/// One link.
struct Driven {
    wire: Wire,
    stage: Stage,
    /// Whether somebody holds it.
    held: Weak<()>,
    /// Already in the list of those with something to read.
    touched: bool,
}

enum Stage {
    /// The handshake goes on.
    Opening(oneshot::Sender<Result<Ticket, LinkError>>),
    /// Nobody is on it: not yet, or not any more.
    Idle,
    Playing(Box<dyn Rider>),
    /// The end has been said, and the server's answer is awaited for a moment.
    Parting {
        reason: DisconnectReason,
        until: Instant,
        done: oneshot::Sender<()>,
    },
}

impl Worker {
    pub(super) fn new(
        commands: mpsc::Receiver<Command>,
        stop: Arc<AtomicBool>,
        late: Arc<dyn Fn(Duration) + Send + Sync>,
    ) -> io::Result<(Self, Waker)> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKER)?;
        let mut quics = Vec::new();
        for number in 0..SOCKETS {
            let mut quic = Quic::bind()?;
            poll.registry().register(quic.socket.source(), Token(number), Interest::READABLE)?;
            quics.push(quic);
        }
        let now = Instant::now();
        let worker = Self {
            commands,
            stop,
            late,
            poll,
            events: Events::with_capacity(EVENTS_MAX),
            quics,
            next_quic: 0,
            links: Slab::new(),
            schedule: Schedule::default(),
            touched: Vec::new(),
            swept: now,
            next_watch: now,
            rng: Rng::new(RandomState::new().hash_one(0)),
        };
        Ok((worker, waker))
    }

    pub(super) fn run(mut self) {
        while !self.stop.load(Ordering::Relaxed) {
            if let Err(error) = self.sleep() {
                tracing::error!(%error, "a driver cannot poll its sockets");
                break;
            }
            self.watch();
            self.take_commands();
            self.sweep();
            self.take_turns();
        }
        self.end();
    }

    fn sleep(&mut self) -> io::Result<()> {
        let idle = self.swept + LOOK_EVERY;
        let mut due = self.schedule.next().unwrap_or(idle);
        if !self.links.is_empty() {
            due = due.min(self.next_watch);
        }
        // What could not be finished goes on with the next sweep.
        if !self.touched.is_empty() || self.quics.iter().any(Quic::is_readable) {
            due = self.swept;
        }
        wait(&mut self.poll, &mut self.events, self.swept, due)?;
        self.swept = Instant::now();
        Ok(())
    }

    /// Takes down now and then how late it is.
    fn watch(&mut self) {
        if self.links.is_empty() {
            self.next_watch = self.swept + WATCH_EVERY;
        }
        // Times that were slept through are made up for: each of them was late.
        while self.next_watch <= self.swept {
            (self.late)(self.swept - self.next_watch);
            self.next_watch += WATCH_EVERY;
        }
    }

    fn take_commands(&mut self) {
        while let Ok(command) = self.commands.try_recv() {
            match command {
                Command::Connect { target, reply } => {
                    let number = self.next_quic % self.quics.len();
                    self.next_quic += 1;
                    let key = self.links.vacant_key();
                    match self.quics[number].connect(number, *target, key, self.swept) {
                        Ok(link) => {
                            self.links.insert(Driven::new(Wire::Quic(Box::new(link)), Stage::Opening(reply)));
                            self.touch(key);
                        }
                        Err(error) => drop(reply.send(Err(error))),
                    }
                }
                Command::Adopt { stream, reply } => match self.adopt(stream) {
                    Ok(link) => {
                        let key = self.links.insert(Driven::new(Wire::WebSocket(Box::new(link)), Stage::Idle));
                        self.give_ticket(key, reply);
                    }
                    Err(error) => drop(reply.send(Err(LinkError::Lost(error.to_string())))),
                },
                Command::Ride { link, rider } => {
                    self.links[link].stage = Stage::Playing(rider);
                    self.touch(link);
                    self.schedule.set(link, self.swept);
                }
                Command::Part { link, reason, done } => {
                    let until = self.swept + PARTING;
                    self.links[link].wire.finish(reason);
                    self.links[link].stage = Stage::Parting { reason, until, done };
                    self.touch(link);
                    self.schedule.set(link, self.swept);
                }
            }
        }
    }

    fn adopt(&mut self, stream: std::net::TcpStream) -> io::Result<WebSocketLink> {
        let mut link = WebSocketLink::adopt(stream, self.rng.next_u64())?;
        let token = Token(FIRST_LINK + self.links.vacant_key());
        self.poll.registry().register(link.source(), token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(link)
    }

    fn give_ticket(&mut self, key: usize, reply: oneshot::Sender<Result<Ticket, LinkError>>) {
        let ticket = Ticket::new(key);
        self.links[key].held = ticket.stub();
        // A ticket that nobody takes is one that nobody holds.
        let _ = reply.send(Ok(ticket));
        self.schedule.set(key, self.swept + LOOK_EVERY);
    }

    /// Takes everything that has arrived.
    fn sweep(&mut self) {
        for event in &self.events {
            match event.token() {
                WAKER => {}
                Token(number) if number < FIRST_LINK => self.quics[number].handle_readable(),
                Token(token) => {
                    let key = token - FIRST_LINK;
                    let Some(Driven { wire: Wire::WebSocket(link), touched, .. }) = self.links.get_mut(key) else {
                        continue;
                    };
                    if event.is_readable() || event.is_error() {
                        link.handle_readable(event.is_read_closed() || event.is_error());
                        if !std::mem::replace(touched, true) {
                            self.touched.push(key);
                        }
                    }
                    if event.is_writable() && link.is_blocked() {
                        self.schedule.set(key, self.swept);
                    }
                }
            }
        }
        self.events.clear();
        for quic in self.quics.iter_mut().filter(|quic| quic.is_readable()) {
            quic.receive(|key, event| {
                let Some(Driven { wire: Wire::Quic(link), touched, .. }) = self.links.get_mut(key) else { return };
                link.handle_event(event);
                if !std::mem::replace(touched, true) {
                    self.touched.push(key);
                }
            });
        }
        let mut touched = std::mem::take(&mut self.touched);
        for key in touched.drain(..) {
            self.read(key);
        }
        // Links with more to say have been put into the new list.
        touched.append(&mut self.touched);
        self.touched = touched;
    }

    fn touch(&mut self, key: usize) {
        if !std::mem::replace(&mut self.links[key].touched, true) {
            self.touched.push(key);
        }
    }

    /// Takes what a link has received.
    fn read(&mut self, key: usize) {
        let Some(link) = self.links.get_mut(key) else { return };
        link.touched = false;
        let now = Instant::now();
        match &mut link.stage {
            Stage::Opening(_) => return self.open(key, now),
            Stage::Idle => return link.poll_events(),
            Stage::Playing(rider) if !rider.is_reading() => return link.poll_events(),
            Stage::Playing(_) | Stage::Parting { .. } => {}
        }
        loop {
            let received = link.wire.poll_message();
            let lost = match (received, &mut link.stage) {
                (Ok(Some((channel, bytes))), Stage::Playing(rider)) => {
                    match rider.handle_message(channel, bytes, now) {
                        Ok(()) => continue,
                        Err(error) => Err(error),
                    }
                }
                (Ok(Some(_)), _) => continue,
                (Ok(None), _) => break,
                (Err(error), Stage::Playing(rider)) => rider.handle_lost(error),
                (Err(_), _) => return self.part(key, now),
            };
            return self.get_off(key, lost, now);
        }
        if link.wire.has_more() {
            self.touch(key);
        }
        self.plan(key, now);
    }

    /// Goes on with a handshake, and answers whoever awaits its end.
    fn open(&mut self, key: usize, now: Instant) {
        let Self { links, quics, .. } = self;
        let Driven { wire: Wire::Quic(link), stage, .. } = &mut links[key] else { return };
        link.drive(&mut quics[link.socket()], now);
        link.poll_events();
        let outcome = match link.ended() {
            Some(error) => Err(error.clone()),
            None if link.is_open() => Ok(()),
            None => return self.plan(key, now),
        };
        let Stage::Opening(reply) = std::mem::replace(stage, Stage::Idle) else { return };
        match outcome {
            Ok(()) => self.give_ticket(key, reply),
            Err(error) => {
                let _ = reply.send(Err(error));
                self.remove(key, None, now);
            }
        }
    }

    /// Lets the links do what is due.
    fn take_turns(&mut self) {
        let swept = self.swept;
        while let Some(key) = self.schedule.take_due(swept) {
            self.turn(key, Instant::now());
        }
    }

    fn turn(&mut self, key: usize, now: Instant) {
        let Self { links, quics, .. } = self;
        let Some(link) = links.get_mut(key) else { return };
        if link.is_forsaken() {
            return self.remove(key, None, now);
        }
        let mut sends = link.wire.timer(PATIENCE).is_some_and(|due| due <= now);
        match &mut link.stage {
            Stage::Opening(_) => return self.open(key, now),
            Stage::Idle => {}
            Stage::Playing(rider) => {
                let was_reading = rider.is_reading();
                if let Err(error) = rider.turn(now) {
                    return self.get_off(key, Err(error), now);
                }
                while let Some(output) = rider.poll_output(now) {
                    sends = true;
                    if let Err(error) = link.wire.send(output, quics) {
                        return self.get_off(key, Err(error.into()), now);
                    }
                }
                if rider.is_reading() && !was_reading {
                    link.wire.wake();
                    self.touched.push(key);
                    link.touched = true;
                }
                if let Some(ending) = rider.ending() {
                    return self.get_off(key, Ok(ending), now);
                }
            }
            Stage::Parting { until, .. } if *until <= now => return self.part(key, now),
            Stage::Parting { .. } => sends = true,
        }
        if (sends || link.wire.is_blocked())
            && let Err(error) = link.wire.flush(quics, now)
        {
            return match &link.stage {
                Stage::Playing(_) => self.get_off(key, Err(error.into()), now),
                _ => self.part(key, now),
            };
        }
        self.plan(key, now);
    }

    /// Says when the link is to be looked at next.
    fn plan(&mut self, key: usize, now: Instant) {
        let link = &mut self.links[key];
        let (patience, due) = match &link.stage {
            Stage::Opening(_) => (Duration::ZERO, now + LOOK_EVERY),
            Stage::Idle => (PATIENCE, now + LOOK_EVERY),
            Stage::Playing(rider) => (PATIENCE, rider.next_wake(now)),
            Stage::Parting { until, .. } => (Duration::ZERO, *until),
        };
        let due = link.wire.timer(patience).map_or(due, |timer| timer.min(due));
        self.schedule.set(key, due);
    }

    /// A session is over, or lets go of its link.
    fn get_off(&mut self, key: usize, outcome: Result<Ending, RunError>, now: Instant) {
        let Self { links, quics, .. } = self;
        let link = &mut links[key];
        // What it said last leaves, unless it plays dead.
        if outcome != Err(RunError::Cut) {
            // If not, the link is told to be lost when it is closed.
            let _ = link.wire.flush(quics, now);
        }
        if let Stage::Playing(rider) = std::mem::replace(&mut link.stage, Stage::Idle) {
            rider.get_off(outcome);
        }
        self.schedule.set(key, now + LOOK_EVERY);
    }

    /// Closes a link that has been told to part, or that is of no use any more.
    fn part(&mut self, key: usize, now: Instant) {
        match std::mem::replace(&mut self.links[key].stage, Stage::Idle) {
            Stage::Parting { reason, done, .. } => {
                self.remove(key, Some(reason), now);
                // Whoever gave it up does not wait.
                let _ = done.send(());
            }
            _ => self.schedule.set(key, now + LOOK_EVERY),
        }
    }

    fn remove(&mut self, key: usize, reason: Option<DisconnectReason>, now: Instant) {
        let mut link = self.links.remove(key);
        self.schedule.forget(key);
        link.wire.close(reason, &mut self.quics, now);
    }

    /// Closes everything.
    fn end(&mut self) {
        let now = Instant::now();
        let keys: Vec<usize> = self.links.iter().map(|(key, _)| key).collect();
        for key in keys {
            let ended = Err(RunError::Link(LinkError::Lost("the driver has ended".into())));
            self.get_off(key, ended, now);
            self.remove(key, None, now);
        }
    }
}

impl Driven {
    fn new(wire: Wire, stage: Stage) -> Self {
        Self { wire, stage, held: Weak::new(), touched: false }
    }

    /// Whether nobody waits for anything of it any more.
    fn is_forsaken(&self) -> bool {
        match &self.stage {
            Stage::Opening(reply) => reply.is_closed(),
            Stage::Parting { .. } => false,
            Stage::Idle | Stage::Playing(_) => self.held.strong_count() == 0,
        }
    }

    /// Takes notice of what has arrived, and leaves it there.
    fn poll_events(&mut self) {
        if let Wire::Quic(link) = &mut self.wire {
            link.poll_events();
        }
    }
}

const WAKER: Token = Token(usize::MAX);
/// Kernels hold some hundred packets per socket, a few milliseconds of a full driver.
const SOCKETS: usize = 4;
/// Tokens below are the sockets of QUIC.
const FIRST_LINK: usize = SOCKETS;
const EVENTS_MAX: usize = 1_024;
/// Time between two looks at a link that has nothing to do, above all at whether somebody still holds it.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Time between two looks at how late it is: a fifth of a tick at 20 Hz.
const WATCH_EVERY: Duration = Duration::from_millis(10);
/// How long timers of QUIC may wait for something to say, acknowledgements above all, which then need no packet of their own: one
/// tick at 20 Hz, and less than what any server waits for one.
const PATIENCE: Duration = Duration::from_millis(50);
/// A server answers a leave at its next tick.
const PARTING: Duration = Duration::from_millis(500);
