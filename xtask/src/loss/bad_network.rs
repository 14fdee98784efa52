//! Every packet between two ports of the loopback passes through here, is delayed, or is lost.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    io::ErrorKind,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use nfq::{Message, Queue, Verdict};

use crate::process::{command, run};

/// The kernel's queue, and the thread that decides on its packets.
pub(super) struct BadNetwork {
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    ended: AtomicBool,
    /// One way, µs.
    delay_us: AtomicU64,
    /// Packets in a million.
    lost_per_million: AtomicU64,
    packets: AtomicU64,
    lost: AtomicU64,
}

/// A packet on its way. The earliest is the greatest, since heaps give the greatest first; those of one moment keep their
/// order.
struct OnItsWay {
    due: Reverse<(Instant, u64)>,
    packet: Message,
}

const QUEUE: u16 = 0;
const PACKETS_MAX: u32 = 65_536;
/// A fifth of what players could tell apart.
const NAP: Duration = Duration::from_micros(200);
const MILLION: u64 = 1_000_000;

impl BadNetwork {
    /// Sends what passes from or to these ports through a queue of its own. It is perfect until [`BadNetwork::set`].
    ///
    /// # Errors
    /// The kernel does not allow it.
    pub(super) fn begin(tcp: u16, udp: u16) -> Result<Self> {
        let mut queue = Queue::open().context("no NFQUEUE: the kernel lacks it, or this is not root")?;
        queue.bind(QUEUE).context("the queue is taken")?;
        queue.set_queue_max_len(QUEUE, PACKETS_MAX).context("the queue cannot be that long")?;
        queue.set_nonblocking(true);
        for (protocol, port) in [("tcp", tcp), ("udp", udp)] {
            for end in ["--sport", "--dport"] {
                let port = port.to_string();
                let queued = ["-j", "NFQUEUE", "--queue-num", "0"];
                run(command(&["iptables-legacy", "-A", "OUTPUT", "-o", "lo", "-p", protocol, end, &port]).args(queued))?;
            }
        }
        let state = Arc::new(State::default());
        let thread = thread::spawn({
            let state = Arc::clone(&state);
            move || decide(&mut queue, &state)
        });
        Ok(Self { state, thread: Some(thread) })
    }

    /// From now on each packet takes so long one way, or is lost.
    pub(super) fn set(&self, delay_ms: f64, lost_percent: f64) {
        self.state.delay_us.store((delay_ms * 1e3) as u64, Ordering::Relaxed);
        self.state.lost_per_million.store((lost_percent * 1e4) as u64, Ordering::Relaxed);
        self.take_lost_percent();
    }

    /// Packets that were lost since the last call, percent.
    pub(super) fn take_lost_percent(&self) -> f64 {
        let packets = self.state.packets.swap(0, Ordering::Relaxed);
        self.state.lost.swap(0, Ordering::Relaxed) as f64 * 100.0 / packets.max(1) as f64
    }
}

impl Drop for BadNetwork {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::Relaxed);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn decide(queue: &mut Queue, state: &State) {
    // The same packets are lost in every run, as far as the programs send the same.
    let mut rng = fastrand::Rng::with_seed(1);
    let mut under_way = BinaryHeap::new();
    let mut count = 0;
    while !state.ended.load(Ordering::Relaxed) {
        match queue.recv() {
            Ok(mut packet) => {
                count += 1;
                state.packets.fetch_add(1, Ordering::Relaxed);
                if rng.u64(..MILLION) < state.lost_per_million.load(Ordering::Relaxed) {
                    state.lost.fetch_add(1, Ordering::Relaxed);
                    packet.set_verdict(Verdict::Drop);
                    let _ = queue.verdict(packet);
                } else {
                    let delay = Duration::from_micros(state.delay_us.load(Ordering::Relaxed));
                    under_way.push(OnItsWay { due: Reverse((Instant::now() + delay, count)), packet });
                }
                continue;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            // The kernel's buffer overflowed: these packets are lost, as on any network.
            Err(_) => {}
        }
        while under_way.peek().is_some_and(|first: &OnItsWay| first.due.0.0 <= Instant::now()) {
            if let Some(OnItsWay { mut packet, .. }) = under_way.pop() {
                packet.set_verdict(Verdict::Accept);
                let _ = queue.verdict(packet);
            }
        }
        thread::sleep(NAP);
    }
}

impl PartialEq for OnItsWay {
    fn eq(&self, other: &Self) -> bool {
        self.due == other.due
    }
}

impl Eq for OnItsWay {}

impl PartialOrd for OnItsWay {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for OnItsWay {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.due.cmp(&other.due)
    }
}
