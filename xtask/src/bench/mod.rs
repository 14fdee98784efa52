//! Measures the server next to raw sockets, each on a core of its own, and prints a table: for the arena that of `docs/performance.md`,
//! for any other game what its players cost.

mod allocations;
mod colyseus;
pub(crate) mod conditions;
pub(crate) mod floor;
mod game;
mod goals;
mod peers;
pub(crate) mod pinned;
mod scenario;
mod side_by_side;
mod table;
pub(crate) mod watched;

use anyhow::{Context, Result};
use clap::Args;
use serde::Serialize;

use self::{
    conditions::Conditions,
    floor::Kind,
    game::Run,
    goals::Results,
    peers::PEERS,
    scenario::{Scenario, TICK_HZ},
    table::{Row, number},
};
use crate::{
    played::{ARENA, Played},
    process::build_release,
    workspace,
};

/// Options of the bench.
#[derive(Args)]
pub(crate) struct Options {
    /// Shorter, once instead of three times, and without the largest rooms
    #[arg(long)]
    quick: bool,
    /// Seconds of play to measure per scenario [default: 12, quick: 5]
    #[arg(long)]
    seconds: Option<u32>,
    /// Measure the release programs that are built already
    #[arg(long)]
    no_build: bool,
    /// Only scenarios whose name contains this
    #[arg(long, value_name = "PART")]
    only: Option<String>,
    /// Instead of the table: the same work on Colyseus (from npm) and here, in turns
    #[arg(long, conflicts_with_all = ["game", "behavior", "room_size"])]
    peers: bool,
    #[command(flatten)]
    played: Played,
}

impl Options {
    fn seconds(&self) -> u32 {
        self.seconds.unwrap_or(if self.quick { 5 } else { 12 })
    }

    /// How often what is judged is measured.
    fn runs(&self) -> usize {
        if self.quick { 1 } else { RUNS }
    }
}

/// Everything, for `target/bench.json`.
#[derive(Serialize)]
struct Saved<'a> {
    conditions: &'a Conditions,
    rows: &'a [Row],
    runs: &'a [Run],
}

/// Measures, prints the table and writes `bench.json` into the target folder.
///
/// # Errors
/// Something cannot be built or started. A target that is missed is no error.
pub(crate) fn measure(options: &Options) -> Result<()> {
    pinned::ensure()?;
    if !options.no_build {
        build_release(&["--package=xtask"])?;
    }
    let mut conditions = Conditions::begin();
    print_conditions(&conditions);
    if options.peers {
        return side_by_side::measure(options, conditions);
    }
    let wanted = |scenario: &Scenario| options.only.as_ref().is_none_or(|part| scenario.name.contains(part));
    let seconds = options.seconds();
    let mut results = Results { runs: Vec::new(), largest_room: None, allocations: None };
    let is_arena = options.played.game == ARENA;
    let scenarios = if is_arena { scenarios(options.runs()) } else { scenarios_of(&options.played, options.runs()) };
    for scenario in scenarios.into_iter().filter(wanted) {
        results.runs.push(played(&scenario, seconds)?);
    }
    let sizes = if is_arena { ROOMS } else { ROOMS_OF_OTHERS };
    for players in sizes.iter().copied().filter(|&players| !options.quick || players <= QUICK_ROOM) {
        let scenario =
            if is_arena { Scenario::one_room(players) } else { Scenario::room_of_game(&options.played, players) };
        if !wanted(&scenario) {
            continue;
        }
        let run = played(&scenario, seconds)?;
        let held = holds(&run);
        results.runs.push(run);
        if !held {
            break;
        }
        results.largest_room = Some(players.into());
    }
    if is_arena && options.only.is_none() {
        results.allocations = allocations::per_player_tick()?;
    }
    conditions.end();
    // Only the arena has goals.
    let rows = if is_arena { results.rows() } else { Vec::new() };
    println!();
    if is_arena {
        table::print(&rows);
        print_peers(&results.runs);
    } else if let Some(players) = results.largest_room {
        println!("the largest room that one core holds, of those tried: {players} players");
    }
    println!("\n{:.1} % of the machine's time was stolen meanwhile", conditions.steal_percent);
    let path = workspace::target_dir().join("bench.json");
    let saved = Saved { conditions: &conditions, rows: &rows, runs: &results.runs };
    std::fs::write(&path, serde_json::to_string_pretty(&saved)?).context("cannot write bench.json")?;
    println!("written to {}", path.display());
    Ok(())
}

/// Sizes of one room to try, in order, until one does not hold.
const ROOMS: &[u32] = &[1_000, 1_500, 2_000, 2_500, 3_000];
/// The same of any other game: how much a player sees is the game's.
const ROOMS_OF_OTHERS: &[u32] = &[100, 250, 500, 1_000, 1_500, 2_000];
/// The largest of them in a quick bench.
const QUICK_ROOM: u32 = 1_500;
/// Runs of a scenario whose ratio is judged; the worst counts.
const RUNS: usize = 3;

fn scenarios(runs: usize) -> Vec<Scenario> {
    let judged = [
        Scenario::rooms(16, "ws", "wander").beside(Kind::Tcp),
        Scenario::rooms(16, "quic", "wander").beside(Kind::Udp),
    ];
    let once = [
        Scenario::rooms(64, "ws", "wander"),
        Scenario::rooms(64, "quic", "wander"),
        Scenario::rooms(16, "ws", "fight"),
        Scenario::rooms(16, "quic", "fight"),
        Scenario::crowd(100),
        Scenario::crowd(1_000),
    ];
    // Interleaved, so that a slow minute of the machine does not fall on one of them alone.
    std::iter::repeat_n(judged, runs).flatten().chain(once).collect()
}

/// The measurements of any other game: many rooms over each transport, two of them next to a raw loop.
fn scenarios_of(played: &Played, runs: usize) -> Vec<Scenario> {
    let judged = [
        Scenario::of_game(played, "ws").beside(Kind::Tcp),
        Scenario::of_game(played, "quic").beside(Kind::Udp),
        Scenario::of_game(played, "wt"),
    ];
    std::iter::repeat_n(judged, runs).flatten().collect()
}

/// Returns true if a room of this size can be played: everyone is there, and half of every period is to spare.
fn holds(run: &Run) -> bool {
    let half_period_ms = 500.0 / f64::from(TICK_HZ);
    let tick = run.figure("server/tick_ms/p99");
    run.faults().is_empty() && tick.is_some_and(|tick_ms| tick_ms <= half_period_ms)
}

/// Plays a scenario and prints its line.
fn played(scenario: &Scenario, seconds: u32) -> Result<Run> {
    let run = game::play(scenario, seconds).with_context(|| scenario.name.clone())?;
    let shown = |path| run.figure(path).map_or_else(|| "?".to_owned(), number);
    let mut line = format!(
        "{:<26} {} µs CPU and {} µs game per player-tick, {} B/s down, {} B/s up, tick p99 {} ms, late p99 {} ms, {:.1} KiB per player",
        scenario.name,
        number(run.cpu_us_per_player_tick),
        shown("server/game_us_per_player_tick"),
        shown("down_bytes_per_player_s"),
        shown("up_bytes_per_player_s"),
        shown("server/tick_ms/p99"),
        shown("server/tick_late_ms/p99"),
        run.bytes_per_player / 1_024.0,
    );
    if let (Some(floor), Some(ratio)) = (run.floor, run.ratio_to_floor()) {
        line += &format!("; {} {} µs: × {}", floor.kind.name(), number(floor.cpu_us_per_player_tick), number(ratio));
    }
    println!("{line}");
    for fault in run.faults() {
        println!("    FAULT: {fault}");
    }
    Ok(run)
}

fn print_conditions(conditions: &Conditions) {
    let Conditions { machine, cores, kernel, commit, load_before, .. } = conditions;
    println!("{machine}, {cores} cores, {kernel}, commit {commit}, load {load_before}\n");
}

fn print_peers(runs: &[Run]) {
    println!("\npeers, as published, rooms of 16, wandering at 20 Hz on two cores:");
    for peer in PEERS {
        let (low, high) = peer.cpu_us;
        let down = peer.down_bytes_s.map_or_else(String::new, |(small, large)| {
            format!(", {} B/s down in a room of 16, {} in one of 64", number(small), number(large))
        });
        println!("  {} ({}): {}–{} µs per player-tick{down}", peer.name, peer.transport, number(low), number(high));
    }
    // The same machine is a third slower in some hours, and a busy one slower still.
    println!("  the raw loops then and now, 200 B down then, this game's traffic now:");
    for (kind, (low, high)) in [(Kind::Tcp, peers::RAW_TCP_US), (Kind::Udp, peers::RAW_UDP_US)] {
        let now = runs.iter().filter_map(|run| run.floor).filter(|floor| floor.kind == kind);
        let now: Vec<String> = now.map(|floor| number(floor.cpu_us_per_player_tick)).collect();
        println!("  {} {}–{} µs then, {} µs now", kind.name(), number(low), number(high), now.join(", "));
    }
}
