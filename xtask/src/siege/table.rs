//! The tables of a siege.

use super::run::Run;

/// Refusals that are named per flood.
const NAMED: usize = 3;
const MIB: f64 = 1_048_576.0;

/// Prints a line per flood.
pub(super) fn print(runs: &[Run], bots: u32) {
    println!(
        "{:<14} {:>9} {:>20} {:>9} {:>6} {:>9} {:>7} {:>21}  most counted",
        "flood", "times", "tick p50/p99/max ms", "late p99", "drops", "mismatch", "checks", "MiB before/most/after"
    );
    for run in runs {
        let figure = |path: &str| run.figure(path).unwrap_or(f64::NAN);
        let tick = ["p50", "p99", "max"].map(|part| format!("{:.2}", figure(&format!("server/tick_ms/{part}"))));
        let [before, most, after] =
            [run.resident_before, run.resident_most, run.resident_after].map(|bytes| bytes as f64 / MIB);
        // A link that was lost counts, also if its bot came back by itself.
        let drops = f64::from(bots) - figure("joined") + figure("disconnects") + figure("absences/lost");
        let named: Vec<String> =
            run.refused.iter().take(NAMED).map(|(what, count)| format!("{what} {count}")).collect();
        println!(
            "{:<14} {:>9} {:>20} {:>9.2} {:>6} {:>9} {:>7} {:>21}  {}",
            run.name,
            run.done,
            tick.join("/"),
            figure("server/tick_late_ms/p99"),
            drops,
            figure("state_mismatches"),
            figure("state_checks"),
            format!("{before:.1}/{most:.1}/{after:.1}"),
            named.join(", "),
        );
    }
    println!("\nwhat each is:");
    for run in runs {
        println!("  {:<14} {}", run.name, run.words);
    }
}

/// Prints what became of those who did not read.
pub(super) fn print_stalled(run: &Run) {
    let figure = |path: &str| run.figure(path).unwrap_or(f64::NAN);
    let stalled = figure("stalled");
    let each = |most: u64, before: u64| (most.saturating_sub(before)) as f64 / 1_024.0 / stalled.max(1.0);
    println!("\nstalled readers: {stalled} of {} bots over WebSocket", figure("bots"));
    println!(
        "  memory per stalled client: {:.1} KiB of the server, {:.1} KiB of the kernel, both ends",
        each(run.resident_most, run.resident_before),
        each(run.kernel_most, run.kernel_before)
    );
    println!(
        "  tick p50 {:.2}, p99 {:.2} ms; late p99 {:.2} ms; drops {}, mismatches {} of {} checks",
        figure("server/tick_ms/p50"),
        figure("server/tick_ms/p99"),
        figure("server/tick_late_ms/p99"),
        figure("disconnects") + figure("absences/lost"),
        figure("state_mismatches"),
        figure("state_checks"),
    );
    println!("  recovered without reconnecting: {} of {stalled}", figure("recovered"));
}
