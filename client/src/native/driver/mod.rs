//! Threads that each drive the links of many players, like a shard of the server: one loop, without a task, a lock or a wake-up for
//! each player or packet.
//!
//! ```text
//! sleep ──> commands ──> sweep the sockets ──> sessions that are due ──> packets ──┐
//!  ^                     (messages to          (observe, steer, send)              │
//!  └──────────────────────their sessions)─────────────────────────────────────────┘
//! ```
//!
//! Everything around a session (joining over HTTP, reconnecting, cuts) stays in its task. The task opens a link ([`Drivers::open_quic`],
//! [`Drivers::open_websocket`]), passes the session to the driver ([`DrivenLink::run`]) and gets it back when it has ended.

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

/// A pool of driver threads. When it is dropped the threads end, and so do their links.
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

/// Sends commands to a driver thread.
#[derive(Clone, Debug)]
struct Handle {
    commands: mpsc::Sender<Command>,
    waker: Arc<Waker>,
}

/// A link that a driver owns. If this handle is dropped, the driver closes the link within half a second.
#[derive(Debug)]
pub struct DrivenLink {
    driver: Handle,
    ticket: Ticket,
    reliable: bool,
}

impl Drivers {
    /// Starts `count` threads, at least one. `trust` is for servers without certificate hashes. Every 10 ms a thread that has links
    /// calls `late` with the lateness of its loop.
    ///
    /// # Errors
    /// When a socket cannot be bound or a thread cannot be started.
    pub fn start(count: usize, trust: Trust, late: Arc<dyn Fn(Duration) + Send + Sync>) -> io::Result<Self> {
        let drivers = (0..count.max(1)).map(|number| Driver::start(number, late.clone())).collect::<Result<_, _>>()?;
        Ok(Self { drivers, next: AtomicUsize::new(0), configs: QuicConfigs::new(trust) })
    }

    /// Opens a QUIC link to `host:port`, see [`QuicLink::connect`](crate::native::QuicLink::connect).
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
        // If the wake-up fails, the thread still checks `stop` twice a second.
        let _ = self.handle.waker.wake();
        // A panic of the thread has been printed already.
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

    /// Sends a command. If the driver has ended, the command is dropped with its reply channel, so that the caller gets an error.
    async fn send(&self, command: Command) {
        if self.commands.send(command).await.is_ok() {
            let _ = self.waker.wake();
        }
    }
}

impl DrivenLink {
    /// Returns true if the transport itself loses and reorders nothing.
    pub const fn is_reliable(&self) -> bool {
        self.reliable
    }

    /// Plays a session until it has ended, and returns it. Times count from `start`. If the future is dropped, the session is lost.
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

    /// Closes the link with a reason at once. Messages in flight may be lost.
    pub fn give_up(self, reason: DisconnectReason) {
        // If the command queue is full, the driver closes the link later because its ticket was dropped.
        if self.driver.commands.try_send(Command::GiveUp { link: self.ticket, reason }).is_ok() {
            let _ = self.driver.waker.wake();
        }
    }

    /// Closes the link with a reason, after all reliable messages have arrived or a short time-out has passed.
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

/// Bound of a driver's command queue; a sender that finds it full waits.
const COMMANDS_MAX: usize = 1_024;
