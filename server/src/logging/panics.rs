//! Logs every panic of any thread, with its place and backtrace, and counts it.

use std::{
    backtrace::Backtrace,
    panic::{self, PanicHookInfo},
    thread,
    time::Duration,
};

use metrics::counter;
use tracing::error;

/// Time to write the log, because the process may be about to end. It is short, because the thread may be a shard with players.
const FLUSH_PATIENCE: Duration = Duration::from_millis(500);

/// Replaces Rust's panic hook, which writes to stderr without the log's format.
pub fn log_panics() {
    panic::set_hook(Box::new(log));
}

fn log(info: &PanicHookInfo<'_>) {
    counter!("ricochet_panics_total").increment(1);
    let thread = thread::current();
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let backtrace = Backtrace::force_capture().to_string();
    error!(
        thread = thread.name().unwrap_or("unnamed"),
        place,
        backtrace = way(&backtrace),
        "panicked: {}",
        words(info),
    );
    super::flush(FLUSH_PATIENCE);
}

fn words<'a>(info: &'a PanicHookInfo<'_>) -> &'a str {
    let payload = info.payload();
    let owned = payload.downcast_ref::<String>().map(String::as_str);
    owned.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message")
}

/// The frames up to the panic, without those of the panic itself and of the thread's start, in one line.
fn way(backtrace: &str) -> String {
    let frames = backtrace.lines().map(str::trim);
    let frames =
        frames.skip_while(|line| !line.ends_with("rust_begin_unwind") && !line.contains("panicking::panic_fmt"));
    let frames = frames.take_while(|line| !line.contains("__rust_begin_short_backtrace"));
    let lines: Vec<&str> = frames.skip(1).collect();
    // Without symbols no frame can be recognised; then the whole backtrace is better than none.
    if lines.is_empty() { backtrace.split_whitespace().collect::<Vec<_>>().join(" ") } else { lines.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn way_is_told_without_what_panics_always_do() {
        let backtrace = "   0: std::backtrace::force_capture\n   1: __rustc::rust_begin_unwind\n   2: ours::tick\n             \
                         at src/tick.rs:3:9\n   3: std::sys::__rust_begin_short_backtrace\n   4: main";
        assert_eq!(way(backtrace), "2: ours::tick at src/tick.rs:3:9");
        assert_eq!(way("0: <unknown>\n1: <unknown>"), "0: <unknown> 1: <unknown>");
    }
}
