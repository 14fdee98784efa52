//! Runs hostile bots together with fair ones against a real server. The fair ones are not affected, and each attack
//! ends as the server's rules say.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;

use program::{run_bots, scratch, server, text};
use serde_json::Value;

/// Reaction of the server to an attack.
enum Rule {
    /// The server uses what is valid and ignores the rest.
    Tolerates,
    /// The server closes the link with this reason.
    Closes(&'static str),
    /// The server may close the link as too slow, but need not. The bot does not read the reason.
    MayClose,
}
use Rule::{Closes, MayClose, Tolerates};

const RULES: [(&str, Rule); 13] = [
    ("late", Tolerates),
    ("early", Tolerates),
    ("repeated", Tolerates),
    ("greedy", Tolerates),
    ("flood", Closes("too_fast")),
    ("lying", Tolerates),
    ("chatty", Tolerates),
    ("truncated", Closes("bad_message")),
    ("mistyped", Closes("bad_message")),
    ("deep", Closes("bad_message")),
    ("unknown", Closes("bad_message")),
    ("hello", Closes("out_of_order")),
    ("deaf", MayClose),
];

/// Half of the bots are hostile, so that each attack is made by one.
const BOTS: u64 = 26;

/// The report of a run with these options.
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

/// Checks that one attack ended as its rule says.
fn check(attack: &str, rule: &Rule, tally: &Value) {
    let closed = tally["closed"].as_object().unwrap();
    let (bots, visits, stayed) = (count(tally, "bots"), count(tally, "visits"), count(tally, "stayed"));
    assert!(bots > 0 && visits >= bots && count(tally, "messages") > 0, "{attack}: {tally}");
    match rule {
        Tolerates => assert!(closed.is_empty() && stayed == bots && visits == bots, "{attack}: {tally}"),
        Closes(reason) => {
            assert_eq!(closed.keys().collect::<Vec<_>>(), [reason], "{attack}: {tally}");
            assert_eq!((count(tally, "lost"), count(tally, "refused")), (0, 0), "{attack}: {tally}");
            // A bot that is shut out comes back, and is shut out again.
            assert!(closed[*reason].as_u64() >= Some(bots) && closed[*reason].as_u64() > Some(0), "{attack}: {tally}");
        }
        MayClose => assert!(closed.keys().all(|reason| reason == "too_slow"), "{attack}: {tally}"),
    }
}

/// Checks that the fair bots were not disturbed and saw no wrong state.
fn check_fair(report: &Value, bots: u64) {
    let figure = |name: &str| report[name].as_u64().unwrap();
    assert_eq!((figure("bots"), figure("joined")), (bots, bots));
    for fault in ["failed", "disconnects", "state_mismatches", "decode_errors", "unknown_baselines"] {
        assert_eq!(figure(fault), 0, "{fault} of {report}");
    }
    assert!(figure("state_checks") >= bots, "{report}");
    assert_eq!(report.pointer("/absences/lost"), Some(&0.into()));
}

/// Half of the bots on this transport are hostile, one for each attack; the others must not be affected.
fn check_on(transport: &str) {
    let report = report(&["--hostile", "50%", "--transport", transport]);
    check_fair(&report, BOTS / 2);
    for (attack, rule) in &RULES {
        check(attack, rule, &report["hostile"][attack]);
    }
    // The server detects every second message of the late bot; the others may count as copies. Messages outside of the
    // measured window are not in the figure.
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
fn run_of_one_attack_only_is_not_a_failure() {
    let report = report(&["--behavior", "hostile:deep", "--transport", "mix"]);
    let deep = &report["hostile"]["deep"];
    check("deep", &Closes("bad_message"), deep);
    assert_eq!((report["bots"].as_u64(), count(deep, "bots")), (Some(0), BOTS));
    assert_eq!(report["behavior"], "hostile:deep");
}
