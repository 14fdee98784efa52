//! Results for tests: of a run, and of a capacity search.

use std::path::PathBuf;

use clap::Parser;
use client::Measurement;
use serde_json::{Value, json};
use shared::game::Input;

use crate::{
    measure::{percentiles::Percentiles, record::Recorder, server_figures::ServerFigures, stage::Stages},
    options::{args::Args, transport::Transport},
    report::{
        Measured, Report,
        origin::{GameOrigin, Origin, ServerOrigin},
        second::Second,
    },
};

/// Inputs of an invented game.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
pub(crate) struct Steering {
    #[input(max = 8, missing = "repeat")]
    pub(crate) speed: u8,
    #[input(turn = 1_024, missing = "keep")]
    pub(crate) angle: u16,
    pub(crate) fires: bool,
}

/// A run of this many seconds without failures.
pub(crate) fn run(seconds: u32) -> Report {
    let args = Args::parse_from(["ricochet-bots", "--bots", "3", "--behavior", "fight"]);
    let (stages, recorder) = (Stages::default(), Recorder::new());
    (0..3).for_each(|_| stages.add_joined(20));
    for micros in 1..2_000 {
        let time = std::time::Duration::from_micros(micros * 7);
        let transport = Transport::ALL[micros as usize % 3];
        let mut record = recorder.lock();
        record.measure(transport, Measurement::Rtt(time));
        record.measure(transport, Measurement::SnapshotGap(time * 4));
        record.measure(transport, Measurement::InputToEffect { total: time * 3, above_rtt: time * 2 });
    }
    {
        let mut record = recorder.lock();
        record.window.player_seconds = 60.0;
        (record.window.down_bytes, record.window.up_bytes, record.window.snapshots) = (60_000, 30_000, 1_200);
        record.whole.state_checks = 60;
    }
    let tick_ms = Percentiles { p50: 0.3, p90: 0.5, p99: 1.5, p999: 3.0, max: 4.0 };
    let server =
        ServerFigures { cpu_us_per_player_tick: 9.0, tick_ms, tick_late_ms: tick_ms, ..ServerFigures::default() };
    let second = |number: u32| Second {
        at_s: f64::from(number),
        measured: number > 2,
        players: 3,
        down_bytes_per_s: 3_000.0 + f64::from(number),
        up_bytes_per_s: 1_500.0,
        rtt_p50_ms: Some(0.4),
        input_to_effect_above_rtt_p50_ms: Some(1.2),
        input_to_effect_above_rtt_p99_ms: Some(4.2),
        bots_cpu_percent: Some(12.0),
        server_cpu_percent: Some(20.0),
        tick_p50_ms: Some(0.3),
        tick_p99_ms: Some(1.5),
        state_mismatches: 0,
    };
    let origin = Origin {
        began: "2026-02-03T04:05:06Z".into(),
        command: "ricochet-bots --bots 3".into(),
        version: "0.1.0".into(),
        game: GameOrigin { name: "pond".into(), version: 2 },
        server: Some(ServerOrigin { name: "A server".into(), ..ServerOrigin::default() }),
        ..Origin::default()
    };
    let timeline = (1..=seconds).map(second).collect();
    let measured = Measured { seconds: 20.0, server: Some(server), timeline, origin, ..Measured::default() };
    Report::new(&args, &stages, &recorder.lock(), measured)
}

/// A search of three steps that held 700 players.
pub(crate) fn capacity() -> Value {
    let step = |players: u32, kept: bool| {
        let each = f64::from(players);
        json!({
            "players": players, "kept": kept,
            "broke": if kept { json!([]) } else { json!(["tick_p99_ms<10"]) },
            "tick_ms": { "p50": each / 100.0, "p99": each / 50.0, "p999": each / 30.0 },
            "late_ms": { "p50": 0.01, "p99": 0.1, "p999": 0.4 },
            "input_to_effect_above_rtt_ms": { "p50": 1.0, "p99": each / 40.0, "p999": each / 20.0 },
            "down_bytes_per_s_each": 700.0, "up_bytes_per_s_each": 400.0,
            "server_cpu_percent": each / 10.0, "bots_cpu_percent": each / 12.0,
            "phases_ms": { "receive": 0.1, "inputs": 0.2, "simulate": 0.5, "replicate": 1.0, "send": 2.0 },
        })
    };
    json!({
        "objectives": ["tick_p99_ms<10", "state_mismatches=0"],
        "steps": [step(200, true), step(400, true), step(800, false)],
        "players": 700, "limit": "send", "lower_bound": false,
        "server": "http://127.0.0.1:8080",
        "origin": {
            "began": "2026-02-03T04:05:06Z",
            "command": "ricochet-bots capacity --slo 'tick_p99_ms<10'",
            "game": { "name": "pond", "version": 2 },
            "machine": { "cpu": "A processor", "cores": 2 },
            "server": { "name": "A server" },
        },
    })
}

/// A new folder in the system's folder for temporary files.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("ricochet-bots-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("temporary files can be written");
    folder
}
