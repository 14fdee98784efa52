//! A run of the swarm, made from one seed: random options, faults for a while, then a time without faults, then checks.
//!
//! ```text
//! seed -> options and faults -> run them -> every link heals, nothing more goes wrong -> every view equals the truth
//! ```

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use arena::{map::Map, rules::Mode};
use room::RoomConfig;
use shared::{
    conditioner::ConditionerConfig,
    limits::{TICK_MAX, TICK_RENUMBER},
    rng::Rng,
    wire::ClientMessage,
};

use testkit::{Disk, Looks, Transport};

use crate::{ArenaSim, PlayerOptions, Scenario, Sim, maps, script::Behavior, sim};

/// The events of one run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The seed it was made from.
    pub seed: u64,
    sim: Sim,
    first: Vec<PlayerOptions>,
    /// Faults by the tick they strike at, in order.
    faults: Vec<(u32, Fault)>,
    ticks: u32,
    /// True if players have a small budget of bytes.
    tight: bool,
}

/// Players whose views lack an entity at the moment, and for how many ticks in a row. Crafts come into view also
/// without faults, and if several do so in one tick, a tight budget spreads them over the next ticks.
#[derive(Debug, Default)]
struct Waiting {
    ticks_max: u32,
    ticks: BTreeMap<usize, u32>,
}

/// An event of a run.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Fault {
    /// A player joins.
    Join(PlayerOptions),
    /// The server is overloaded to this rung.
    Overload(u8),
    /// The server pauses for this many ticks.
    StandsStill(u32),
    /// The disk of the recording changes its behaviour.
    Disk(Disk),
    /// A fault of a player; its number is taken modulo the number of players.
    Player(u32, Trouble),
}

/// A fault of a player.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Trouble {
    /// It leaves.
    Leaves,
    /// Its link is cut without a close.
    Vanishes,
    /// It requests a resync.
    Resyncs,
    /// It reads nothing for this many ticks, and the server knows.
    Blocks(u32),
    /// It receives nothing for this many ticks, and then everything at once.
    Holds(u32),
    /// The conditions of its link change.
    Weather(ConditionerConfig),
    /// It changes its behaviour.
    Behaves(Behavior),
    /// It sends a chat line.
    Chats,
    /// Its link is cut, and after this many ticks it comes back over this kind of link.
    Cuts(u32, Transport),
    /// It comes back over another link while the server still has the old one.
    Moves(Transport),
}

/// Seconds after the last fault until the checks: time for a reduced budget to send everything.
const PEACE_SECS: u32 = 3;
/// Separates the random numbers of cuts from the others.
const CUTS: u64 = 0x6375_7473;
/// The same for faults of the machine, spectators and start ticks.
const MACHINE: u64 = 0x6d61_6368;
/// The same for late spectators, detours and screens.
const LATE: u64 = 0x6c61_7465;
/// Ticks at which some number overflows: the precision of a float, limits of a room, 32 bits.
const EDGES: [u32; 4] = [1 << 24, TICK_RENUMBER, TICK_MAX, u32::MAX];
/// Seconds in which messages under way arrive after the links have recovered.
const LATE_SECS: u64 = 10;
/// Ticks over which the checks must hold.
const JUDGED_TICKS: u32 = 40;
/// Ticks for which a view may lack an entity if the budget is tight.
const TIGHT_WAIT_TICKS: u32 = 3;

impl Plan {
    /// The plan of a seed.
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let rng = &mut rng;
        let hz = [10, 20, 30, 30, 60, 120][rng.below(6) as usize];
        let seats = [2, 4, 8, 16, 24, 40][rng.below(6) as usize];
        let players = rng.between(1, i32::from(seats));
        let secs = rng.between(2, 6) as u32;
        // More of them need more than a datagram, so that a view cannot be right at every tick.
        let opponents = if rng.chance(1, 2) { rng.below(u32::from(seats.min(12)) + 1) as u16 } else { 0 };
        let mut sim = sim()
            .players(0)
            .seed(rng.next_u64())
            .tick_hz(hz)
            .seats(seats)
            .fill(opponents)
            .mode(if rng.chance(1, 3) { Mode::TeamDeathmatch } else { Mode::Deathmatch })
            .maps(some_maps(rng));
        if rng.chance(2, 3) {
            sim = sim.interest_px(rng.between(150, 900) as u32);
        }
        // A tight budget cannot keep up with opponents, which never rest.
        let tight = rng.chance(1, 3);
        // Plain clients receive every move, which costs bytes.
        let plain = !tight && opponents <= 4;
        sim = if tight {
            sim.fill(0).bytes_per_sec(rng.between(2_000, 8_000) as u32)
        } else {
            sim.bytes_per_sec(100_000)
        };
        if !tight && rng.chance(1, 2) {
            // Short matches: the map changes in the middle of the faults.
            sim = sim.match_secs(rng.below(2), rng.between(1, 3) as u32, 1).score_limit(rng.between(1, 5) as u16);
        }
        let mut first: Vec<_> = (0..players).map(|_| some_player(rng, plain)).collect();
        let ticks = secs * u32::from(hz);
        let count = rng.below(4 * secs);
        let mut faults: Vec<_> = (0..count).map(|_| (rng.below(ticks), some_fault(rng, hz, plain))).collect();
        // They have their own random numbers, so that plans of odd seeds did not change when cuts were added.
        let mut cuts = Rng::new(seed ^ CUTS);
        if seed.is_multiple_of(2) {
            faults.extend((0..cuts.below(2 * secs)).map(|_| (cuts.below(ticks), some_cut(&mut cuts, hz))));
        }
        let mut machine = Rng::new(seed ^ MACHINE);
        let start_tick = some_start_tick(&mut machine, ticks);
        faults.extend((0..machine.below(2 * secs)).map(|_| {
            let at = machine.below(ticks);
            (at, some_machine_fault(&mut machine, hz))
        }));
        if seed.is_multiple_of(2) {
            let mut late = Rng::new(seed ^ LATE);
            if late.chance(1, 3) {
                sim = sim.spectator_delay_secs(late.below(2) + 1);
                let watches = PlayerOptions { spectates: true, ..some_player(&mut late, false) };
                faults.push((late.below(ticks), Fault::Join(watches)));
            }
            if late.chance(1, 3) {
                faults.extend(some_detour(&mut late, ticks, hz));
            }
            first[0].draws = late.chance(1, 3);
        }
        faults.sort_by_key(|&(tick, _)| tick);
        Self { seed, sim: sim.start_tick(start_tick), first, faults, ticks, tight }
    }

    /// The same with another tick before the first.
    #[must_use]
    pub fn starting_at(mut self, tick: u32) -> Self {
        self.sim = self.sim.start_tick(tick);
        self
    }

    /// Number of faults.
    pub fn faults(&self) -> usize {
        self.faults.len()
    }

    /// Runs the plan and checks the result.
    ///
    /// # Panics
    /// When a view is wrong, a checksum ever differed, a message could not be read or something grew without bound.
    pub fn run(&self) -> Scenario {
        let mut arena = self.sim.clone().start();
        for &player in &self.first {
            arena.join_with(player);
        }
        let mut blocked: Vec<(u32, usize)> = Vec::new();
        let mut away: Vec<(u32, usize, Transport)> = Vec::new();
        let release = |arena: &mut Scenario, number| {
            arena.set_blocked(number, false);
            arena.hold(number, false);
        };
        let mut faults = self.faults.iter().peekable();
        for tick in 0..self.ticks {
            while let Some(&(_, fault)) = faults.next_if(|&&(at, _)| at <= tick) {
                strike(&mut arena, fault, tick, &mut blocked, &mut away);
            }
            for (_, number, transport) in away.extract_if(.., |&mut (until, ..)| until <= tick) {
                come_back(&mut arena, number, transport);
            }
            for (_, number) in blocked.extract_if(.., |&mut (until, _)| until <= tick) {
                release(&mut arena, number);
            }
            arena.bring_back_who_gave_up();
            arena.run_ticks(1);
            judge_always(&arena);
        }
        for (_, number) in blocked {
            release(&mut arena, number);
        }
        for (_, number, transport) in away {
            come_back(&mut arena, number, transport);
        }
        make_peace(&mut arena);
        let mut waiting = Waiting { ticks_max: if self.tight { TIGHT_WAIT_TICKS } else { 0 }, ..Waiting::default() };
        for _ in 0..JUDGED_TICKS {
            arena.run_ticks(1);
            judge_always(&arena);
            judge_views(&arena, &mut waiting);
        }
        arena
    }
}

impl Waiting {
    /// Notes if a player's view lacks an entity now, and returns true if that is allowed.
    fn excuses(&mut self, number: usize, lacks: bool) -> bool {
        let ticks = self.ticks.entry(number).or_default();
        *ticks = if lacks { *ticks + 1 } else { 0 };
        (1..=self.ticks_max).contains(ticks)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, sim, first, faults, ticks, tight: _ } = self;
        let config = RoomConfig { maps: Vec::new(), ..sim.config.clone() };
        let maps: Vec<_> = sim.config.maps.iter().map(|map| map.map.name.as_str()).collect();
        writeln!(out, "seed {seed}: {ticks} ticks on {maps:?}, {config:?}")?;
        first.iter().try_for_each(|player| writeln!(out, "  {player:?}"))?;
        faults.iter().try_for_each(|(tick, fault)| writeln!(out, "  tick {tick}: {fault:?}"))
    }
}

fn some_maps(rng: &mut Rng) -> Vec<Arc<Map>> {
    let names = ["pit", "cave", "plain", "lane", "shipped/foundry", "shipped/divide"];
    let first = rng.below(names.len() as u32) as usize;
    let count = rng.between(1, 3) as usize;
    (0..count).map(|index| maps::by_name(names[(first + index) % names.len()])).collect()
}

fn some_player(rng: &mut Rng, plain: bool) -> PlayerOptions {
    PlayerOptions {
        transport: if rng.chance(1, 3) { Transport::Stream } else { Transport::Datagrams },
        conditions: some_weather(rng),
        plain: rng.chance(1, 6) && plain,
        spectates: false,
        draws: false,
        behavior: some_behavior(rng),
        drift_ppm: rng.between(-300, 300),
    }
}

fn some_weather(rng: &mut Rng) -> ConditionerConfig {
    if rng.chance(1, 4) {
        return ConditionerConfig::default();
    }
    let percent = |rng: &mut Rng, most: u32| f64::from(rng.below(most * 10 + 1)) / 1_000.0;
    ConditionerConfig {
        delay: Duration::from_millis(rng.below(200).into()),
        jitter: Duration::from_millis(rng.below(40).into()),
        loss: percent(rng, 20),
        duplicate: percent(rng, 10),
        reorder: percent(rng, 10),
    }
}

fn some_behavior(rng: &mut Rng) -> Behavior {
    [Behavior::Idle, Behavior::Wander, Behavior::Fight, Behavior::Fight, Behavior::Random][rng.below(5) as usize]
}

fn some_fault(rng: &mut Rng, hz: u16, plain: bool) -> Fault {
    let trouble = match rng.below(12) {
        0 | 1 => return Fault::Join(some_player(rng, plain)),
        2 => return Fault::Overload(rng.below(3) as u8),
        3 => Trouble::Leaves,
        4 => Trouble::Vanishes,
        5 => Trouble::Resyncs,
        6 => Trouble::Blocks(rng.below(2 * u32::from(hz)) + 1),
        7 => Trouble::Holds(rng.below(2 * u32::from(hz)) + 1),
        8 | 9 => Trouble::Weather(some_weather(rng)),
        10 => Trouble::Behaves(some_behavior(rng)),
        _ => Trouble::Chats,
    };
    Fault::Player(rng.next_u64() as u32, trouble)
}

fn some_cut(rng: &mut Rng, hz: u16) -> Fault {
    let transport = if rng.chance(1, 2) { Transport::Stream } else { Transport::Datagrams };
    let trouble = match rng.chance(1, 3) {
        true => Trouble::Moves(transport),
        false => Trouble::Cuts(rng.below(3 * u32::from(hz)) + 1, transport),
    };
    Fault::Player(rng.next_u64() as u32, trouble)
}

/// Every second room is new. The others reach an overflow during the run, or start at one.
fn some_start_tick(rng: &mut Rng, ticks: u32) -> u32 {
    if rng.chance(1, 2) {
        return 0;
    }
    let edge = EDGES[rng.below(EDGES.len() as u32) as usize];
    edge.saturating_sub(if rng.chance(1, 4) { rng.below(3) } else { rng.below(ticks) })
}

fn some_machine_fault(rng: &mut Rng, hz: u16) -> Fault {
    match rng.below(6) {
        0 | 1 => Fault::Join(PlayerOptions { spectates: true, ..some_player(rng, false) }),
        2 => Fault::StandsStill(rng.below(4) + 1),
        3 => Fault::StandsStill(rng.below(2 * u32::from(hz)) + 1),
        4 => Fault::Disk([Disk::Loses, Disk::Stalls][rng.below(2) as usize]),
        _ => Fault::Disk(Disk::Works),
    }
}

/// A player's path becomes long for a part of a second: what goes there is overtaken by what comes after it, by more ticks than
/// a short tick tells apart if there are many in a second.
fn some_detour(rng: &mut Rng, ticks: u32, hz: u16) -> [(u32, Fault); 2] {
    let (at, who) = (rng.below(ticks), rng.next_u64() as u32);
    let until = at + 1 + rng.below(u32::from(hz) / 2);
    let path = |delay_ms: u32| {
        let delay = Duration::from_millis(delay_ms.into());
        Fault::Player(who, Trouble::Weather(ConditionerConfig { delay, ..ConditionerConfig::default() }))
    };
    [(at, path(300 + rng.below(450))), (until, path(rng.below(20)))]
}

fn come_back(arena: &mut Scenario, number: usize, transport: Transport) {
    let plain = arena.player(number).options().plain;
    arena.come_back(number, transport, plain);
}

fn strike(
    arena: &mut Scenario,
    fault: Fault,
    tick: u32,
    blocked: &mut Vec<(u32, usize)>,
    away: &mut Vec<(u32, usize, Transport)>,
) {
    match fault {
        Fault::Join(options) => drop(arena.join_with(options)),
        Fault::Overload(rung) => arena.room_mut().set_reduction(rung),
        Fault::StandsStill(ticks) => arena.stand_still(ticks),
        Fault::Disk(disk) => arena.set_disk(disk),
        Fault::Player(who, trouble) => {
            let present = arena.present();
            if let Some(&number) = present.get(who as usize % present.len().max(1)) {
                trouble_player(arena, number, trouble, tick, blocked, away);
            }
        }
    }
}

fn trouble_player(
    arena: &mut Scenario,
    number: usize,
    trouble: Trouble,
    tick: u32,
    blocked: &mut Vec<(u32, usize)>,
    away: &mut Vec<(u32, usize, Transport)>,
) {
    let now = arena.now();
    match trouble {
        Trouble::Leaves => arena.player_mut(number).send(&ClientMessage::Leave, now),
        Trouble::Vanishes => arena.drop_player(number),
        Trouble::Resyncs => arena.player_mut(number).send(&ClientMessage::Resync, now),
        Trouble::Blocks(ticks) => {
            arena.set_blocked(number, true);
            blocked.push((tick + ticks, number));
        }
        Trouble::Holds(ticks) => {
            arena.hold(number, true);
            blocked.push((tick + ticks, number));
        }
        Trouble::Weather(weather) => arena.player_mut(number).link_mut().set_conditions(weather),
        Trouble::Behaves(behavior) => arena.player_mut(number).set_behavior(behavior),
        Trouble::Cuts(ticks, transport) => {
            arena.cut(number);
            away.push((tick + ticks, number, transport));
        }
        Trouble::Moves(transport) => come_back(arena, number, transport),
        Trouble::Chats => arena.player_mut(number).send(&ClientMessage::Chat { text: "hello" }, now),
    }
}

/// The network recovers, the server has time, the players rest.
fn make_peace(arena: &mut Scenario) {
    arena.bring_back_who_gave_up();
    arena.heal();
    arena.room_mut().set_reduction(0);
    for number in arena.present() {
        arena.player_mut(number).set_behavior(Behavior::Idle);
    }
    // A stream with many losses is seconds late.
    arena.run_until("links that have delivered what they held", LATE_SECS, |arena| {
        arena.present().iter().all(|&number| arena.view(number).tick() == arena.now_of(number))
    });
    for _ in 0..PEACE_SECS * u32::from(arena.config().tick_rate.hz()) {
        arena.run_ticks(1);
        judge_always(arena);
    }
}

/// Checks that must hold while faults happen.
fn judge_always(arena: &Scenario) {
    arena.assert_sane();
}

/// Checks that must hold after the last fault.
fn judge_views(arena: &Scenario, waiting: &mut Waiting) {
    for number in arena.present() {
        if waiting.excuses(number, !arena.differences(number, Looks::Forgiven).is_empty()) {
            continue;
        }
        arena.assert_truthful(number);
        arena.assert_current(number);
        if arena.now_of(number) == arena.room().now() {
            arena.assert_roster(number);
        }
    }
}
