//! The loop of one driver thread, and its commands.

use std::{
    collections::{VecDeque, hash_map::RandomState},
    hash::BuildHasher,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use mio::{Events, Interest, Poll, Token, Waker};
use shared::rng::Rng;
use slab::Slab;
use tokio::sync::{mpsc, oneshot};

use super::{
    command::{Command, Ticket},
    driven::{Driven, LOOK_EVERY, PARTING, Stage},
    gone,
    link::Wire,
    quic::Quic,
    quic_link::QuicLink,
    schedule::Schedule,
    wait::{look, wait},
    websocket_link::WebSocketLink,
};
use crate::native::{LinkError, RunError, endpoints::no_family, newest::Newest};

/// See the module.
pub(super) struct Worker {
    commands: mpsc::Receiver<Command>,
    stop: Arc<AtomicBool>,
    late: Arc<dyn Fn(Duration) + Send + Sync>,
    poll: Poll,
    pub(super) events: Events,
    pub(super) quics: Vec<Quic>,
    next_quic: usize,
    pub(super) links: Slab<Driven>,
    pub(super) schedule: Schedule,
    /// Links with unread data; the one that has waited longest is first.
    pub(super) touched: VecDeque<usize>,
    pub(super) swept: Instant,
    next_watch: Instant,
    rng: Rng,
}

impl Worker {
    pub(super) fn new(
        commands: mpsc::Receiver<Command>,
        stop: Arc<AtomicBool>,
        late: Arc<dyn Fn(Duration) + Send + Sync>,
    ) -> io::Result<(Self, Waker)> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKER)?;
        let bind = |any: IpAddr| (0..SOCKETS).map(|_| Quic::bind(any)).collect::<io::Result<Vec<_>>>();
        let mut quics = match (bind(Ipv4Addr::UNSPECIFIED.into()), bind(Ipv6Addr::UNSPECIFIED.into())) {
            (Err(error), Err(_)) => return Err(error),
            (v4, v6) => [v4.unwrap_or_default(), v6.unwrap_or_default()].into_iter().flatten().collect::<Vec<_>>(),
        };
        for (number, quic) in quics.iter_mut().enumerate() {
            poll.registry().register(quic.endpoint.source(), Token(number), Interest::READABLE)?;
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
            touched: VecDeque::new(),
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
        if !self.touched.is_empty() || self.quics.iter().any(Quic::is_readable) {
            look(&mut self.poll, &mut self.events)?;
        } else {
            wait(&mut self.poll, &mut self.events, self.swept, due)?;
        }
        self.swept = Instant::now();
        Ok(())
    }

    /// Reports the loop's lateness every [`WATCH_EVERY`].
    fn watch(&mut self) {
        if self.links.is_empty() {
            self.next_watch = self.swept + WATCH_EVERY;
        }
        // Every report time that has passed gets a report, because each of them was late.
        while self.next_watch <= self.swept {
            (self.late)(self.swept - self.next_watch);
            self.next_watch += WATCH_EVERY;
        }
    }

    fn take_commands(&mut self) {
        while let Ok(command) = self.commands.try_recv() {
            match command {
                Command::Connect { target, reply } => {
                    let key = self.links.vacant_key();
                    let connected = match self.next_quic(target.address) {
                        Some(number) => self.quics[number]
                            .connect(*target, key, self.swept)
                            .map(|(handle, connection)| QuicLink::new(number, handle, connection)),
                        None => Err(no_family(target.address)),
                    };
                    match connected {
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
                    self.links[link].newest = Newest::default();
                    self.touch(link);
                    self.schedule.set(link, self.swept);
                }
                Command::GiveUp { link, reason } => self.remove(link.key(), Some(reason), self.swept),
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

    /// The number of the next socket, in rotation, whose family is that of the address.
    fn next_quic(&mut self, address: SocketAddr) -> Option<usize> {
        let mut reaching = self.quics.iter().enumerate().filter(|(_, quic)| quic.reaches(address));
        let turn = self.next_quic.checked_rem(reaching.clone().count())?;
        self.next_quic = self.next_quic.wrapping_add(1);
        reaching.nth(turn).map(|(number, _)| number)
    }

    fn adopt(&mut self, stream: std::net::TcpStream) -> io::Result<WebSocketLink> {
        let mut link = WebSocketLink::adopt(stream, self.rng.next_u64())?;
        let token = Token(FIRST_LINK + self.links.vacant_key());
        self.poll.registry().register(link.source(), token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(link)
    }

    pub(super) fn give_ticket(&mut self, key: usize, reply: oneshot::Sender<Result<Ticket, LinkError>>) {
        let ticket = Ticket::new(key);
        self.links[key].held = ticket.stub();
        // If the task has stopped waiting, the ticket is dropped here and the link is closed soon.
        let _ = reply.send(Ok(ticket));
        self.schedule.set(key, self.swept + LOOK_EVERY);
    }

    /// Ends all sessions and closes all links.
    fn end(&mut self) {
        let now = Instant::now();
        let keys: Vec<usize> = self.links.iter().map(|(key, _)| key).collect();
        for key in keys {
            let ended = Err(RunError::Link(gone()));
            self.get_off(key, ended, now);
            self.remove(key, None, now);
        }
    }
}

pub(super) const WAKER: Token = Token(usize::MAX);
/// Sockets per address family. A kernel buffers some hundred packets per socket, which is a few milliseconds of a full driver.
const SOCKETS: usize = 4;
/// The first token of a link; lower tokens are the UDP sockets.
pub(super) const FIRST_LINK: usize = 2 * SOCKETS;
const EVENTS_MAX: usize = 1_024;
/// Interval of reports of lateness: a fifth of a tick at 20 Hz.
const WATCH_EVERY: Duration = Duration::from_millis(10);
