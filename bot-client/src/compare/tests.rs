//! Verdicts on both sides of the edge of noise.

use super::*;
use crate::samples;

fn names() -> [String; 2] {
    ["a.json", "b.json"].map(str::to_owned)
}

fn verdict(comparison: &Comparison, name: &str) -> Verdict {
    comparison.rows.iter().find(|row| row.name == name).unwrap_or_else(|| panic!("{name} is not compared")).verdict
}

fn after(change: impl FnOnce(&mut Report)) -> Comparison {
    let before = samples::run(20);
    let mut after = before.clone();
    change(&mut after);
    Comparison::of_runs(names(), &before, &after)
}

#[test]
fn same_run_twice_is_not_worse() {
    let comparison = after(|_| ());
    assert!(comparison.worse().is_empty() && comparison.differences.is_empty());
    assert!(comparison.rows.iter().all(|row| row.change_percent.is_none_or(|percent| percent == 0.0)));
    assert!(comparison.table().ends_with("nothing is worse beyond noise"));
}

#[test]
fn bytes_are_worse_from_five_percent_on() {
    let name = "bytes down per player and second";
    assert_eq!(verdict(&after(|run| run.down_bytes_per_player_s *= 1.049), name), Verdict::Noise);
    let worse = after(|run| run.down_bytes_per_player_s *= 1.051);
    assert_eq!(verdict(&worse, name), Verdict::Worse);
    assert!(worse.table().contains("+5.1 %") && worse.summary().contains(name), "{}", worse.table());
    assert_eq!(verdict(&after(|run| run.down_bytes_per_player_s *= 0.9), name), Verdict::Better);
}

#[test]
fn short_times_may_double() {
    let name = "round trip p50, ms";
    let short = |to: f64| {
        let mut before = samples::run(20);
        before.rtt_ms.p50 = 0.02;
        let mut after = before.clone();
        after.rtt_ms.p50 = to;
        verdict(&Comparison::of_runs(names(), &before, &after), name)
    };
    assert_eq!((short(0.06), short(0.08)), (Verdict::Noise, Verdict::Worse));
}

#[test]
fn one_wrong_state_is_worse_and_fewer_snapshots_are() {
    assert_eq!(verdict(&after(|run| run.state_mismatches = 1), "states wrong"), Verdict::Worse);
    let fewer = after(|run| run.snapshots_per_player_s *= 0.9);
    assert_eq!(verdict(&fewer, "snapshots per player and second"), Verdict::Worse);
}

#[test]
fn figure_of_one_side_is_shown_and_not_judged() {
    let comparison = after(|run| run.server = None);
    let row = comparison.rows.iter().find(|row| row.name == "server's tick p99, ms").unwrap();
    assert_eq!((row.after.is_none(), row.verdict, row.after().as_str()), (true, Verdict::Plain, "–"));
}

#[test]
fn differences_in_setup_are_named() {
    let comparison = after(|run| {
        run.bots = 40;
        run.conditions.loss_percent = 5.0;
    });
    assert_eq!(comparison.differences, ["the number of bots", "the network"]);
    let another_game = after(|run| run.origin.game.name = "chess".to_owned());
    assert_eq!(another_game.differences, ["the game"]);
    assert!(comparison.table().contains("different: the network"));
}

#[test]
fn searches_are_compared_by_what_they_hold_and_by_their_common_steps() {
    let folder = samples::folder("compare-capacity");
    let (before, after) = (folder.join("before.json"), folder.join("after.json"));
    let mut json = samples::capacity();
    std::fs::write(&before, json.to_string()).unwrap();
    json["players"] = 600.into();
    json["origin"]["game"]["version"] = 9.into();
    json["steps"][0]["tick_ms"]["p99"] = 9.0.into();
    json["steps"][1]["players"] = 450.into();
    std::fs::write(&after, json.to_string()).unwrap();
    let comparison = Comparison::read(&before, &after).unwrap();
    assert_eq!(verdict(&comparison, "players held"), Verdict::Worse);
    assert_eq!(comparison.differences, ["the game"]);
    assert_eq!(verdict(&comparison, "tick at 200 p99, ms"), Verdict::Worse);
    assert!(comparison.rows.iter().all(|row| !row.name.contains("at 400")), "only one of them took that step");

    let run = folder.join("run.json");
    std::fs::write(&run, serde_json::to_string(&samples::run(20)).unwrap()).unwrap();
    assert!(Comparison::read(&run, &after).unwrap_err().to_string().contains("different kinds"));
    std::fs::write(&run, "{").unwrap();
    assert!(Comparison::read(&after, &run).unwrap_err().to_string().contains("run.json"));
}
