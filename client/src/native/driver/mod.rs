//! Threads that drive the links of many players each, as a shard of the server does: one loop, no task, lock or wake-up per
//! player or packet.
//!
//! ```text
//! sleep ──> commands ──> sweep the sockets ──> sessions that are due ──> packets ──┐
//!  ^                     (what arrived, to     (observe, steer, send)              │
//!  └──────────────────────its session)────────────────────────────────────────────┘
//! ```
//!
//! The life around a session (seats over HTTP, coming back, cuts) stays with its task, which opens a link ([`Drivers::open_quic`], [`Drivers::open_websocket`]),
//! hands the session over ([`DrivenLink::run`]) and gets it back when it has ended.

mod command;
mod driven;
mod link;
mod quic;
mod quic_link;
mod receiving;
mod rider;
mod schedule;
mod turns;
mod upgrade;
mod wait;
mod websocket_link;
mod worker;

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use mio::Waker;
use shared::wire::DisconnectReason;
use tokio::sync::{mpsc, oneshot};

use self::{
    command::{Command, Ticket},
    rider::Riding,
    worker::Worker,
};
use crate::{
    native::{
        LinkError, Pilot, RunError, Session,
        quic_config::{Protocol, QuicConfigs},
        reach::first_of,
        trust::Trust,
    },
    told::Ending,
};

/// Some driving threads. They end with it, and so do their links.
#[derive(Debug)]
pub struct Drivers {
    drivers: Vec<Driver>,
    next: AtomicUsize,
    configs: QuicConfigs,
}

#[derive(Debug)]
struct Driver {
    handle: Handle,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// For sending commands.
#[derive(Clone, Debug)]
struct Handle {
    commands: mpsc::Sender<Command>,
    waker: Arc<Waker>,
}

/// A link that a driver owns. Whoever lets go of it leaves it unclosed for half a second at most.
#[derive(Debug)]
pub struct DrivenLink {
    driver: Handle,
    ticket: Ticket,
    reliable: bool,
}

impl Drivers {
    /// Starts so many threads. Where a server tells no hashes of its certificates, these are trusted. Now and then a thread that has
    /// links tells `late` how late it came to something it had planned.
    ///
    /// # Errors
    /// When a socket cannot be bound or a thread not started.
    pub fn start(count: usize, trust: Trust, late: Arc<dyn Fn(Duration) + Send + Sync>) -> io::Result<Self> {
        let drivers = (0..count.max(1)).map(|number| Driver::start(number, late.clone())).collect::<Result<_, _>>()?;
        Ok(Self { drivers, next: AtomicUsize::new(0), configs: QuicConfigs::new(trust) })
    }

    /// Opens QUIC to `host:port`, see [`QuicLink::connect`](crate::native::QuicLink::connect).
    ///
    /// # Errors
    /// [`LinkError::Lost`] with the reason, [`LinkError::Closed`] when the server refuses.
    pub async fn open_quic(&self, server: &str, certificate_hashes: &[String]) -> Result<DrivenLink, LinkError> {
        let targets = self.configs.targets(Protocol::Ricochet, server, certificate_hashes).await?;
        let driver = self.next_driver();
        first_of(targets, |target| {
            let target = Box::new(target);
            driver.open(false, |reply| Command::Connect { target, reply })
        })
        .await
    }

    /// Opens a WebSocket at a `ws://` URL.
    ///
    /// # Errors
    /// [`LinkError::Lost`] with the reason.
    pub async fn open_websocket(&self, url: &str) -> Result<DrivenLink, LinkError> {
        let stream = upgrade::upgrade(url).await?;
        self.next_driver().open(true, |reply| Command::Adopt { stream, reply }).await
    }

    fn next_driver(&self) -> &Handle {
        &self.drivers[self.next.fetch_add(1, Ordering::Relaxed) % self.drivers.len()].handle
    }
}

impl Driver {
    fn start(number: usize, late: Arc<dyn Fn(Duration) + Send + Sync>) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let (commands, inbox) = mpsc::channel(COMMANDS_MAX);
        let (worker, waker) = Worker::new(inbox, stop.clone(), late)?;
        let thread = thread::Builder::new().name(format!("driver-{number}")).spawn(|| worker.run())?;
        let handle = Handle { commands, waker: Arc::new(waker) };
        Ok(Self { handle, stop, thread: Some(thread) })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // It looks around twice a second anyway.
        let _ = self.handle.waker.wake();
        // A panic over there has been told already.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Handle {
    async fn open(
        &self,
        reliable: bool,
        command: impl FnOnce(oneshot::Sender<Result<Ticket, LinkError>>) -> Command,
    ) -> Result<DrivenLink, LinkError> {
        let (reply, answer) = oneshot::channel();
        self.send(command(reply)).await;
        let ticket = answer.await.unwrap_or_else(|_| Err(gone()))?;
        Ok(DrivenLink { driver: self.clone(), ticket, reliable })
    }

    /// A driver that has ended answers by dropping what the command would be answered with.
    async fn send(&self, command: Command) {
        if self.commands.send(command).await.is_ok() {
            let _ = self.waker.wake();
        }
    }
}

impl DrivenLink {
    /// Whether the transport itself loses and reorders nothing.
    pub const fn is_reliable(&self) -> bool {
        self.reliable
    }

    /// Plays a session until it has ended. Time is since `start`. Whoever stops waiting for it loses it.
    ///
    /// # Panics
    /// When the driver has panicked, or has ended while its links were in use.
    pub async fn run<P: Pilot + Send + 'static>(
        &mut self,
        session: Box<Session<P>>,
        start: Instant,
    ) -> (Box<Session<P>>, Result<Ending, RunError>) {
        let (done, outcome) = oneshot::channel();
        let rider = Riding::new(session, start, done);
        self.driver.send(Command::Ride { link: self.ticket.key(), rider }).await;
        let (rider, outcome) = outcome.await.expect("a driver outlives its links' sessions");
        (Box::new(rider.session), outcome)
    }

    /// Gives the link up and says why, without waiting for anything.
    pub fn give_up(self, reason: DisconnectReason) {
        // A driver that has no room for it sees that nobody holds the link.
        if self.driver.commands.try_send(Command::GiveUp { link: self.ticket, reason }).is_ok() {
            let _ = self.driver.waker.wake();
        }
    }

    /// Closes the link, after what was sent reliably has arrived or a moment has passed.
    pub async fn close(self, reason: DisconnectReason) {
        let (done, closed) = oneshot::channel();
        self.driver.send(Command::Part { link: self.ticket.key(), reason, done }).await;
        // A driver that has ended has closed its links.
        let _ = closed.await;
    }
}

fn gone() -> LinkError {
    LinkError::Lost("the driver has ended".into())
}

/// Commands that may wait; who has one more waits to say it.
const COMMANDS_MAX: usize = 1_024;
