//! Runs the program `ricochet-bots` against a real server on the loopback. The tests check counts and behaviour, never
//! the speed of this machine.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use program::{run_bots, scratch, server, text};
use serde_json::Value;
use server::lifecycle::run::Server;

/// The value of a metric without labels.
fn metric(server: &Server, name: &str) -> f64 {
    let mut ops = TcpStream::connect(server.ops()).unwrap();
    write!(ops, "GET /metrics HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.ops()).unwrap();
    let mut answer = String::new();
    ops.read_to_string(&mut answer).unwrap();
    let line = answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name} in {answer}")).trim().parse().unwrap()
}

/// Number of joins so far.
fn joins(server: &Server) -> f64 {
    metric(server, "ricochet_joins_total")
}

#[test]
fn capacity_is_searched_with_one_fleet_that_grows_and_shrinks() {
    let server = server();
    let file = scratch("capacity.json");
    let (file_name, page) = (file.to_str().unwrap(), scratch("capacity"));
    // At most three may join: an objective that breaks at the same number on every machine.
    let output = run_bots(
        &server,
        &[
            "capacity",
            "--slo",
            "joined<=3,state_mismatches=0",
            "--from",
            "2",
            "--max",
            "16",
            "--precision",
            "1",
            "--hold",
            "1",
            "--behavior",
            "wander",
            "--transport",
            "mix",
            "--json",
            file_name,
            "--report",
            page.to_str().unwrap(),
        ],
    );
    let (printed, errors) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{printed}{errors}");
    let answer: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let beside: Value = serde_json::from_slice(&std::fs::read(page.join("report.json")).unwrap()).unwrap();
    assert_eq!(beside, answer);
    assert!(std::fs::read_to_string(page.join("index.html")).unwrap().contains("<svg"));

    let steps = answer["steps"].as_array().unwrap();
    let tried: Vec<_> = steps.iter().map(|step| (step["players"].as_u64().unwrap(), step["kept"] == true)).collect();
    assert_eq!(tried, [(2, true), (4, false), (4, false), (3, true)], "{errors}");
    assert_eq!((answer["players"].as_u64(), answer["broke_at"].as_u64()), (Some(3), Some(4)));
    assert_eq!(answer["objectives"], serde_json::json!(["joined<=3", "state_mismatches=0"]));
    assert_eq!(steps[1]["broke"], serde_json::json!(["joined<=3 (4)"]));
    let origin = &answer["origin"];
    assert!(origin["command"].as_str().unwrap().contains("capacity --slo 'joined<=3,state_mismatches=0'"));
    assert_eq!((origin["server"]["mode"].is_string(), origin["machine"]["cores"].is_u64()), (true, true), "{origin}");
    assert!(answer["limit"].is_string() && answer["lower_bound"].is_boolean() && answer["server"].is_string());
    for step in steps {
        for path in [
            "tick_ms/p50 tick_ms/p99 tick_ms/p999 late_ms/p99 input_to_effect_above_rtt_ms/p99 down_bytes_per_s_each",
            "up_bytes_per_s_each phases_ms/receive phases_ms/inputs phases_ms/simulate phases_ms/replicate phases_ms/send",
        ]
        .iter()
        .flat_map(|line| line.split(' '))
        {
            let value = step.pointer(&format!("/{path}")).and_then(Value::as_f64);
            assert!(value.is_some_and(|value| value > 0.0), "{path} in {step}");
        }
    }
    assert!(
        printed.contains("holds ") && printed.contains("3 players") && printed.contains("4 broke: joined<=3 (4)"),
        "{printed}"
    );
    assert_eq!(metric(&server, "ricochet_joins_total"), 4.0, "bots stay from step to step");
}

#[test]
fn plain_run_fails_with_the_objective_that_broke() {
    let server = server();
    let run = |slo| run_bots(&server, &["--bots", "2", "--seconds", "1", "--slo", slo]);
    let kept = run("joined=2,failed=0,tick_p99_ms>0");
    assert_eq!(kept.status.code(), Some(0), "{}{}", text(&kept.stdout), text(&kept.stderr));
    let broken = run("joined<2,failed=0");
    assert_eq!(broken.status.code(), Some(1));
    assert!(text(&broken.stdout).ends_with("NOT ok, broke: joined<2 (2)\n"), "{}", text(&broken.stdout));
    let unknown = run("jined<2");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("joined"), "{}", text(&unknown.stderr));
}

#[test]
fn bots_that_are_cut_come_back_as_tasks_and_with_drivers() {
    for stock in [&[][..], &["--stock"]] {
        let server = server();
        let joins_before = joins(&server);
        let file = scratch(&format!("cut-{}.json", stock.len()));
        let file_name = file.to_str().unwrap();
        let words =
            ["--bots", "6", "--transport", "mix", "--seconds", "4", "--cut", "1.5:0.1:next", "--json", file_name];
        let output = run_bots(&server, &[&words[..], stock].concat());
        let (printed, errors) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{printed}{errors}");
        let report: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let absences = &report["absences"];
        let (lost, resumed) = (absences["lost"].as_u64().unwrap(), absences["resumed"].as_u64().unwrap());
        assert!(lost >= 6 && resumed == lost, "{absences}");
        assert_eq!(absences["same_seat"], resumed, "{absences}");
        // Servers of one process share their counters.
        assert_eq!(joins(&server) - joins_before, 6.0, "no bot joined again");
        let late = report["bots_late_ms"]["max"].as_f64();
        assert!(late.is_some_and(|late| late > 0.0), "{late:?}");
    }
}

#[test]
fn bots_of_another_game_play_and_report_its_score() {
    let server = server();
    let file = scratch("petri.json");
    // The leaderboard, which holds the masses, is sent every two seconds.
    let words = ["--game", "petri", "--bots", "6", "--transport", "mix", "--seconds", "7", "--cut", "3:0.1:next"];
    let output = run_bots(&server, &[&words[..], &["--json", file.to_str().unwrap()]].concat());
    let (printed, errors) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{printed}{errors}");
    let report: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(report["origin"]["game"]["name"], "petri");
    assert_eq!((report["joined"].as_u64(), report["state_mismatches"].as_u64()), (Some(6), Some(0)), "{printed}");
    assert!(report["state_checks"].as_u64().is_some_and(|checks| checks > 0), "{printed}");
    let absences = &report["absences"];
    assert!(absences["resumed"].as_u64() == absences["lost"].as_u64() && absences["lost"].as_u64() >= Some(6));
    for scores in ["scores_before", "scores_after"] {
        assert!(absences[scores]["max"].as_i64().is_some_and(|mass| mass > 0), "{scores} in {absences}");
    }
    assert!(printed.contains("scores before and after"), "{printed}");
}

#[test]
fn bots_that_stop_reading_recover_as_tasks_and_with_drivers() {
    for stock in [&[][..], &["--stock"]] {
        let server = server();
        let file = scratch(&format!("stall-{}.json", stock.len()));
        let file_name = file.to_str().unwrap();
        let words =
            ["--bots", "4", "--transport", "mix", "--seconds", "7", "--stall", "50:0.5:1.2", "--json", file_name];
        let output = run_bots(&server, &[&words[..], stock].concat());
        let (printed, errors) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{printed}{errors}");
        let report: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        assert_eq!((report["stalled"].as_u64(), report["recovered"].as_u64()), (Some(2), Some(2)), "{printed}");
    }
}
