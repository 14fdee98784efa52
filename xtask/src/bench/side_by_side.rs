//! The same work here and on Colyseus, in turns on the same machine, so that its bad minutes fall on both.

use anyhow::{Context, Result};
use serde::Serialize;

use super::{
    Options,
    colyseus::{self, Played},
    conditions::Conditions,
    game::Run,
    played,
    scenario::Scenario,
    table::number,
};
use crate::workspace;

/// Everything, for `target/bench-peers.json`.
#[derive(Serialize)]
struct Saved<'a> {
    conditions: &'a Conditions,
    rounds: &'a [Round],
}

/// All systems once, in rooms of one size.
#[derive(Serialize)]
struct Round {
    seats: u32,
    websocket: Run,
    quic: Run,
    colyseus: Played,
}

/// A line of the table: how a figure is read from a round.
type Figure = fn(&Round) -> f64;

/// Measures, prints and writes `bench-peers.json` into the target folder.
///
/// # Errors
/// Something cannot be installed, built or started, or a run had faults.
pub(crate) fn measure(options: &Options, mut conditions: Conditions) -> Result<()> {
    colyseus::install()?;
    let mut rounds = Vec::new();
    for _ in 0..options.runs() {
        for seats in [16, 64] {
            rounds.push(round(seats, options.seconds())?);
        }
    }
    conditions.end();
    for seats in [16, 64] {
        print(seats, &rounds);
    }
    println!("{ABOUT}");
    println!("\n{:.1} % of the machine's time was stolen meanwhile", conditions.steal_percent);
    let path = workspace::target_dir().join("bench-peers.json");
    let saved = Saved { conditions: &conditions, rounds: &rounds };
    std::fs::write(&path, serde_json::to_string_pretty(&saved)?).context("cannot write bench-peers.json")?;
    println!("written to {}", path.display());
    Ok(())
}

fn round(seats: u32, seconds: u32) -> Result<Round> {
    let websocket = Scenario::rooms(seats, "ws", "wander");
    let quic = Scenario::rooms(seats, "quic", "wander");
    let players = websocket.bots;
    let round = Round {
        seats,
        websocket: played(&websocket, seconds)?,
        quic: played(&quic, seconds)?,
        colyseus: colyseus::play(players, seats, seconds)?,
    };
    for run in [&round.websocket, &round.quic] {
        let faults = run.faults();
        anyhow::ensure!(faults.is_empty(), "{}: {}", run.scenario.name, faults.join(", "));
    }
    let Played { cpu_us_per_player_tick, report, .. } = &round.colyseus;
    println!(
        "{:<26} {} µs CPU per player-tick, {} B/s down",
        format!("colyseus-rooms-of-{seats}"),
        number(*cpu_us_per_player_tick),
        number(report.down_bytes_per_player_s),
    );
    Ok(round)
}

fn print(seats: u32, rounds: &[Round]) {
    let figures: [(&str, Figure); 8] = [
        ("server CPU, µs per player-tick: Ricochet, WebSocket", |round| round.websocket.cpu_us_per_player_tick),
        ("server CPU, µs per player-tick: Ricochet, QUIC", |round| round.quic.cpu_us_per_player_tick),
        ("server CPU, µs per player-tick: Colyseus, WebSocket", |round| round.colyseus.cpu_us_per_player_tick),
        ("Ricochet ÷ Colyseus, WebSocket", |round| {
            round.websocket.cpu_us_per_player_tick / round.colyseus.cpu_us_per_player_tick
        }),
        ("Ricochet's QUIC ÷ Colyseus, which does not encrypt", |round| {
            round.quic.cpu_us_per_player_tick / round.colyseus.cpu_us_per_player_tick
        }),
        ("payload down, B/s per player: Ricochet, WebSocket", |round| down(&round.websocket)),
        ("payload down, B/s per player: Ricochet, QUIC", |round| down(&round.quic)),
        ("payload down, B/s per player: Colyseus", |round| round.colyseus.report.down_bytes_per_player_s),
    ];
    println!("\nrooms of {seats}, everybody wanders at 20 Hz, each run in turn");
    for (name, figure) in figures {
        let values = rounds.iter().filter(|round| round.seats == seats).map(|round| number(figure(round)));
        println!("  {name:<54} {}", values.map(|value| format!("{value:>8}")).collect::<String>());
    }
}

fn down(run: &Run) -> f64 {
    run.figure("down_bytes_per_player_s").unwrap_or(f64::NAN)
}

const ABOUT: &str = "
Both: an authoritative tick at 20 Hz, one input per player and tick, every player in a room knows every other.
Ricochet alone: walls with ricochets, lag compensation, interest by distance, the own craft told exactly for prediction,
    input feedback, a checksum per second; QUIC encrypts and recovers from loss.
Colyseus alone: state of any schema without a line of code for its encoding.
Neither WebSocket is encrypted. Colyseus sends whole pixels and a byte of aim; Ricochet sixteenths of a pixel, and only
    what its clients cannot foresee.";
