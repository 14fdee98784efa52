//! Bots that break the rules beside bots that do not, against a real server: those who play fair never notice, and each of
//! the others ends as the server's rules say.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;

use program::{run_bots, scratch, server, text};
use serde_json::Value;

/// What the server does about a foul.
enum Rule {
    /// It takes what it can use and leaves the rest.
    Bears,
    /// It shuts out who does that, with this reason.
    Closes(&'static str),
    /// It bears that as long as it costs nothing: a link that takes nothing may be given up, and hears nothing of it.
    Endures,
}
use Rule::{Bears, Closes, Endures};

const RULES: [(&str, Rule); 13] = [
    ("late", Bears),
    ("early", Bears),
    ("repeated", Bears),
    ("greedy", Bears),
    ("flood", Closes("too_fast")),
    ("lying", Bears),
    ("chatty", Bears),
    ("truncated", Closes("bad_message")),
    ("mistyped", Closes("bad_message")),
    ("deep", Closes("bad_message")),
    ("unknown", Closes("bad_message")),
    ("hello", Closes("out_of_order")),
    ("deaf", Endures),
];

/// Half of them hostile, so that each foul is committed by one.
const BOTS: u64 = 26;

/// The report of a run with these words on its command line.
fn report(words: &[&str]) -> Value {
    let server = server();
    let file = scratch(&format!("hostile-{}.json", words.join("-").replace([':', '%'], "-")));
    let bots = BOTS.to_string();
    let common = ["--bots", &bots, "--seconds", "4", "--seed", "0", "--quiet", "--json", file.to_str().unwrap()];
    let output = run_bots(&server, &[words, &common].concat());
    let report = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    report
}

fn count(tally: &Value, name: &str) -> u64 {
    tally[name].as_u64().unwrap_or_else(|| panic!("{name} in {tally}"))
}

/// Whether one foul ended as its rule says.
fn check(foul: &str, rule: &Rule, tally: &Value) {
    let closed = tally["closed"].as_object().unwrap();
    let (bots, visits, stayed) = (count(tally, "bots"), count(tally, "visits"), count(tally, "stayed"));
    assert!(bots > 0 && visits >= bots && count(tally, "messages") > 0, "{foul}: {tally}");
    match rule {
        Bears => assert!(closed.is_empty() && stayed == bots && visits == bots, "{foul}: {tally}"),
        Closes(reason) => {
            assert_eq!(closed.keys().collect::<Vec<_>>(), [reason], "{foul}: {tally}");
            assert_eq!((count(tally, "lost"), count(tally, "refused")), (0, 0), "{foul}: {tally}");
            // Who is shut out comes back, and is shut out again.
            assert!(closed[*reason].as_u64() >= Some(bots) && closed[*reason].as_u64() > Some(0), "{foul}: {tally}");
        }
        Endures => assert!(closed.keys().all(|reason| reason == "too_slow"), "{foul}: {tally}"),
    }
}

/// Whoever plays fair does, and is told the truth.
fn check_fair(report: &Value, bots: u64) {
    let figure = |name: &str| report[name].as_u64().unwrap();
    assert_eq!((figure("bots"), figure("joined")), (bots, bots));
    for fault in ["failed", "disconnects", "state_mismatches", "decode_errors", "unknown_baselines"] {
        assert_eq!(figure(fault), 0, "{fault} of {report}");
    }
    assert!(figure("state_checks") >= bots, "{report}");
    assert_eq!(report.pointer("/absences/lost"), Some(&0.into()));
}

/// Half of the bots on this transport break every rule, the others do not notice.
fn check_on(transport: &str) {
    let report = report(&["--hostile", "50%", "--transport", transport]);
    check_fair(&report, BOTS / 2);
    for (foul, rule) in &RULES {
        check(foul, rule, &report["hostile"][foul]);
    }
    // Every second message of the late one is told from a copy, but for those before and after the measurement.
    let noticed = report.pointer("/server/inputs_late").and_then(Value::as_u64).unwrap();
    assert!(3 * noticed > count(&report["hostile"]["late"], "messages"), "{noticed} late inputs");
}

#[test]
fn rules_are_kept_up_over_quic() {
    check_on("quic");
}

#[test]
fn rules_are_kept_up_over_websocket() {
    check_on("ws");
}

#[test]
fn rules_are_kept_up_over_webtransport() {
    check_on("wt");
}

#[test]
fn run_of_nothing_but_one_foul_is_no_failure() {
    let report = report(&["--behavior", "hostile:deep", "--transport", "mix"]);
    let deep = &report["hostile"]["deep"];
    check("deep", &Closes("bad_message"), deep);
    assert_eq!((report["bots"].as_u64(), count(deep, "bots")), (Some(0), BOTS));
    assert_eq!(report["behavior"], "hostile:deep");
}
