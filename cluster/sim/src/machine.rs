//! A machine of the simulation: the process with its node and its rooms, as the server's shell will be.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use cluster::{Fence, Holder, Incarnation, LinkId, Node, NodeId, ReplyId, RequestId, RoomId, SessionId};

use crate::{
    item::Item,
    store::Time,
    world::{Input, World},
};

/// A machine, whether its process runs or not.
pub(crate) struct Machine {
    pub(crate) process: Option<Process>,
    pub(crate) lives: u64,
    /// Copies of rooms, as they were written last.
    pub(crate) disk: BTreeMap<RoomId, World>,
    pub(crate) zone: String,
    /// How much faster its clock runs, in millionths.
    pub(crate) drift: i64,
}

/// A running process.
pub(crate) struct Process {
    pub(crate) node: Node,
    pub(crate) incarnation: Incarnation,
    boot: Time,
    drift: i64,
    /// Until when it stands still, and what it will find then.
    pub(crate) paused: Option<Time>,
    pub(crate) backlog: VecDeque<Item>,
    /// When it last woke, and how long it had stood still.
    pub(crate) woke: (Time, Time),
    /// Rooms that another machine may have claimed in a pause, when it last woke, with the longest pause that leaves no doubt.
    pub(crate) doubtful: BTreeMap<RoomId, Time>,
    pub(crate) rooms: BTreeMap<RoomId, Room>,
    pub(crate) links: BTreeMap<LinkId, Link>,
    /// The requests whose replies are outstanding.
    pub(crate) replies: BTreeMap<ReplyId, Waiting>,
    pub(crate) next_reply: u64,
    /// True if it believes that it reaches the broker, and whether the watch runs.
    pub(crate) connected: bool,
    pub(crate) subscribed: bool,
    /// When the newest value of the watch comes: they keep their order.
    pub(crate) watch_at: Time,
    /// Only the newest poll is due.
    pub(crate) poll: u64,
    pub(crate) poll_at: Time,
    pub(crate) drains: bool,
    pub(crate) drained: bool,
}

/// A room of a process: its own, or a copy.
pub(crate) struct Room {
    pub(crate) world: World,
    pub(crate) owned: bool,
    pub(crate) fence: Fence,
    pub(crate) inputs: Vec<Input>,
    pub(crate) links: BTreeMap<SessionId, LinkId>,
    /// Since when sessions have no link.
    pub(crate) absent: BTreeMap<SessionId, Time>,
    pub(crate) standby: Option<NodeId>,
    /// Only the newest series of turns goes on.
    pub(crate) turns: u64,
    pub(crate) ticked_at: Time,
}

/// A player's link at a process.
#[derive(Clone, Copy)]
pub(crate) struct Link {
    pub(crate) player: usize,
    pub(crate) room: RoomId,
    pub(crate) session: SessionId,
    pub(crate) admitted: bool,
}

/// A request whose reply is outstanding.
#[derive(Clone, Copy)]
pub(crate) struct Waiting {
    pub(crate) machine: usize,
    pub(crate) incarnation: Incarnation,
    pub(crate) request: RequestId,
    /// The room of a question to a standby.
    pub(crate) standing: Option<RoomId>,
}

impl Room {
    pub(crate) fn copy(world: World) -> Self {
        let mut fence = Fence::open(Duration::ZERO);
        fence.shut();
        Self {
            world,
            owned: false,
            fence,
            inputs: Vec::new(),
            links: BTreeMap::new(),
            absent: BTreeMap::new(),
            standby: None,
            turns: 0,
            ticked_at: 0,
        }
    }

    /// Sessions in the world, after the inputs that wait.
    pub(crate) fn sessions(&self) -> usize {
        let mut count = self.world.sessions.len();
        for input in &self.inputs {
            match input {
                Input::Join(session) if !self.world.sessions.contains_key(session) => count += 1,
                Input::Leave(session) if self.world.sessions.contains_key(session) => count -= 1,
                _ => {}
            }
        }
        count
    }

    /// True if a session is in the world, or will be with the next tick.
    pub(crate) fn has(&self, session: SessionId) -> bool {
        self.world.sessions.contains_key(&session) || self.inputs.contains(&Input::Join(session))
    }
}

impl Process {
    pub(crate) fn new(node: Node, incarnation: Incarnation, boot: Time, drift: i64) -> Self {
        Self {
            node,
            incarnation,
            boot,
            drift,
            paused: None,
            backlog: VecDeque::new(),
            woke: (boot, 0),
            doubtful: BTreeMap::new(),
            rooms: BTreeMap::new(),
            links: BTreeMap::new(),
            replies: BTreeMap::new(),
            next_reply: 0,
            connected: false,
            subscribed: false,
            watch_at: boot,
            poll: 0,
            poll_at: Time::MAX,
            drains: false,
            drained: false,
        }
    }

    /// The process's own monotonic clock.
    pub(crate) fn local(&self, now: Time) -> Duration {
        let since = i128::from(now.saturating_sub(self.boot));
        let drifted = since + since * i128::from(self.drift) / 1_000_000;
        Duration::from_nanos(u64::try_from(drifted).unwrap_or(0))
    }

    /// The time of the simulation at a time of that clock, rounded up.
    pub(crate) fn global(&self, local: Duration) -> Time {
        let local = i128::try_from(local.as_nanos()).unwrap_or(0);
        let since = local * 1_000_000 / (1_000_000 + i128::from(self.drift)) + 2;
        self.boot + u64::try_from(since).unwrap_or(0)
    }

    pub(crate) fn holder(&self, machine: usize) -> Holder {
        Holder { node: node_id(machine), incarnation: self.incarnation }
    }
}

/// The number of a machine's node.
pub(crate) fn node_id(machine: usize) -> NodeId {
    NodeId(machine as u64 + 1)
}

/// The machine of a node.
pub(crate) fn machine_of(node: NodeId) -> usize {
    usize::try_from(node.0).unwrap_or(usize::MAX).wrapping_sub(1)
}
