//! The control plane's end of a shard: queues commands, and starts the shard again after its thread has panicked.
//!
//! ```text
//! spawn ──> life 1 ──panic──> dead ──restart──> life 2 ──panic──> …
//!             └──Drain──> ended
//! ```
//!
//! A life is one thread with its sockets and its queue. Commands that a life did not take die with it. The UDP address stays
//! the same from life to life, so that clients find the shard again.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::Context;
use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use metrics::counter;
use mio::Waker;
use shared::limits::SHARD_COMMANDS_MAX;

use super::{ShardCommand, ShardConfig, worker::Worker};
use crate::directory::Directory;

/// The control plane's end of a shard.
#[derive(Debug)]
pub struct ShardHandle {
    /// The address of its UDP socket, for QUIC and WebTransport.
    pub udp: SocketAddr,
    /// The configuration of the next life; its address is the one that was bound.
    config: ShardConfig,
    directory: Arc<Directory>,
    life: ArcSwap<Life>,
}

/// One life of a shard.
#[derive(Debug)]
struct Life {
    commands: Sender<ShardCommand>,
    waker: Arc<Waker>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Closed when the thread has ended.
    over: Receiver<()>,
}

/// Reasons why a command was not queued.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SendError {
    /// The queue is full: the shard is overloaded or stuck.
    #[error("the shard has {SHARD_COMMANDS_MAX} commands waiting")]
    Busy,
    /// Its thread has ended.
    #[error("the shard has ended")]
    Ended,
}

/// The end of a shard's thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ThreadEnd {
    /// It was drained.
    InOrder,
    /// It panicked.
    Panicked,
    /// It still runs after the deadline.
    Stuck,
}

/// Binds the socket and starts the thread. The recorder of metrics must be installed before.
///
/// # Errors
/// When the address cannot be bound, the certificate cannot be used for QUIC, or the system starts no thread.
pub fn spawn(mut config: ShardConfig, directory: Arc<Directory>) -> anyhow::Result<ShardHandle> {
    let (life, udp) = start(&config, &directory)?;
    config.udp = udp;
    // The counter starts at 0, so that an alert can see the first restart as an increase.
    counter!("ricochet_shard_restarts_total", "shard" => config.index.to_string()).increment(0);
    Ok(ShardHandle { udp, config, directory, life: ArcSwap::from_pointee(life) })
}

fn start(config: &ShardConfig, directory: &Arc<Directory>) -> anyhow::Result<(Life, SocketAddr)> {
    let (sender, receiver) = bounded(SHARD_COMMANDS_MAX);
    let index = config.index;
    let worker = Worker::new(config.clone(), Arc::clone(directory), receiver)
        .with_context(|| format!("cannot serve QUIC on {}", config.udp))?;
    let (udp, waker) = (worker.address(), worker.waker());
    let (alive, over) = bounded(0);
    let watch = DeathWatch { directory: Arc::clone(directory), index, deaths: config.deaths.clone(), _alive: alive };
    let thread = thread::Builder::new()
        .name(format!("shard-{index}"))
        .spawn(move || {
            // Dropped after the worker, so sockets are closed when the death is reported.
            let _watch = watch;
            worker.run();
        })
        .context("cannot start a thread for a shard")?;
    tracing::debug!(shard = index, %udp, "shard started");
    Ok((Life { commands: sender, waker, thread: Mutex::new(Some(thread)), over }, udp))
}

/// Lives as long as the thread. Reports a panic to health checks and to [`ShardConfig::deaths`].
struct DeathWatch {
    directory: Arc<Directory>,
    index: usize,
    deaths: Option<Sender<usize>>,
    /// Its drop closes [`Life::over`].
    _alive: Sender<()>,
}

impl Drop for DeathWatch {
    fn drop(&mut self) {
        if thread::panicking() {
            self.directory.shard(self.index).die();
            tracing::error!(shard = self.index, "the shard has panicked, and all its rooms have stopped");
            if let Some(deaths) = &self.deaths {
                // The queue has room for more reports than there are restarts.
                let _ = deaths.try_send(self.index);
            }
        }
    }
}

impl ShardHandle {
    /// Queues a command. Never waits.
    ///
    /// # Errors
    /// When the queue is full or the thread has ended; a socket handed over is closed then.
    pub fn send(&self, command: ShardCommand) -> Result<(), SendError> {
        let life = self.life.load();
        life.commands.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => SendError::Busy,
            TrySendError::Disconnected(_) => SendError::Ended,
        })?;
        // A shard that cannot be woken reads its queue soon anyway.
        let _ = life.waker.wake();
        Ok(())
    }

    /// Commands in the queue.
    pub fn waiting(&self) -> usize {
        self.life.load().commands.len()
    }

    /// True if the thread has ended, in order or not.
    pub fn has_ended(&self) -> bool {
        let life = self.life.load();
        let thread = life.thread();
        thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Starts the shard again, empty and at the same address, after its thread has panicked.
    ///
    /// # Errors
    /// The errors of [`spawn`].
    pub fn restart(&self) -> anyhow::Result<()> {
        debug_assert!(self.directory.shard(self.config.index).has_died(), "a shard is restarted after a panic");
        let (life, _) = start(&self.config, &self.directory)?;
        self.directory.shard(self.config.index).revive();
        let before = self.life.swap(Arc::new(life));
        if let Some(thread) = before.thread().take() {
            let _ = thread.join();
        }
        Ok(())
    }

    /// Waits until the thread has ended, which it does after [`ShardCommand::Drain`], but only until `deadline`, because a stuck thread
    /// never ends.
    pub fn join(&self, deadline: Instant) -> ThreadEnd {
        self.life.load().join(deadline)
    }
}

impl Life {
    fn join(&self, deadline: Instant) -> ThreadEnd {
        let patience = deadline.saturating_duration_since(Instant::now());
        // Nothing is sent on this channel; it is closed when the thread ends.
        let over = self.over.recv_timeout(patience.max(Duration::from_millis(1)));
        if !over.is_err_and(|error| error.is_disconnected()) {
            return ThreadEnd::Stuck;
        }
        match self.thread().take().map(JoinHandle::join) {
            None | Some(Ok(())) => ThreadEnd::InOrder,
            Some(Err(_)) => ThreadEnd::Panicked,
        }
    }

    fn thread(&self) -> std::sync::MutexGuard<'_, Option<JoinHandle<()>>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Key;

    fn life(work: impl FnOnce() + Send + 'static) -> Life {
        let (commands, _) = bounded(1);
        let (alive, over) = bounded(0);
        let poll = mio::Poll::new().unwrap();
        let waker = Arc::new(Waker::new(poll.registry(), mio::Token(0)).unwrap());
        let thread = thread::spawn(move || {
            let _alive = alive;
            work();
        });
        Life { commands, waker, thread: Mutex::new(Some(thread)), over }
    }

    #[test]
    fn stuck_thread_is_not_waited_for_beyond_the_deadline() {
        let (release, stuck) = bounded::<()>(0);
        let life = life(move || {
            let _ = stuck.recv();
        });
        assert_eq!(life.join(Instant::now()), ThreadEnd::Stuck);
        drop(release);
        assert_eq!(life.join(Instant::now() + Duration::from_secs(60)), ThreadEnd::InOrder);
        assert_eq!(life.join(Instant::now()), ThreadEnd::InOrder, "it has ended already");
    }

    #[test]
    fn panic_is_told_from_an_end_in_order() {
        let life = life(|| panic!("an injected fault"));
        assert_eq!(life.join(Instant::now() + Duration::from_secs(60)), ThreadEnd::Panicked);
    }

    #[test]
    fn shard_that_panics_is_known_to_be_dead() {
        let directory = Arc::new(Directory::new(2, 1, Key::random()));
        let now = Instant::now();
        directory.shards().iter().for_each(|shard| shard.beat(now));
        let (deaths, died) = bounded(2);
        let of_thread = |index, panics: bool| {
            let (directory, deaths, alive) = (Arc::clone(&directory), Some(deaths.clone()), bounded(0).0);
            thread::spawn(move || {
                let _watch = DeathWatch { directory, index, deaths, _alive: alive };
                assert!(!panics, "this one shall die");
            })
        };
        assert!(of_thread(0, false).join().is_ok());
        assert!(of_thread(1, true).join().is_err());
        let alive = |index: usize| directory.shard(index).is_alive(now, Duration::from_secs(1));
        assert!(alive(0) && !alive(1));
        assert!(!directory.shard(0).has_died() && directory.shard(1).has_died());
        assert_eq!(died.try_iter().collect::<Vec<_>>(), [1]);
    }
}
