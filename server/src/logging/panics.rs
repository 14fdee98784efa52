//! Logs every panic of any thread, with its place and backtrace, and counts it.
//!
//! A panic of a game costs its room, and its shard has other rooms whose ticks are due. Naming the functions of a backtrace can take longer
//! than a tick, so another thread does it then.

use std::{
    backtrace::Backtrace,
    panic::{self, PanicHookInfo},
    thread,
    time::Duration,
};

use metrics::counter;
use tracing::error;

use crate::games::is_guarding;

/// Time to write the log, because the process may be about to end. It is short, because the thread may be a shard with players.
const FLUSH_PATIENCE: Duration = Duration::from_millis(500);

/// Replaces Rust's panic hook, which writes to stderr without the log's format.
pub fn log_panics() {
    panic::set_hook(Box::new(log));
}

fn log(info: &PanicHookInfo<'_>) {
    counter!("ricochet_panics_total").increment(1);
    let thread = thread::current();
    let report = Report {
        thread: thread.name().unwrap_or("unnamed").to_owned(),
        place: info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string),
        backtrace: Backtrace::force_capture(),
        words: words(info).to_owned(),
    };
    if is_guarding() {
        // If the system gives no thread, the room's own line in the log still says what happened.
        let _ = thread::Builder::new().name("panic-report".to_owned()).spawn(move || report.log());
    } else {
        report.log();
        super::flush(FLUSH_PATIENCE);
    }
}

struct Report {
    thread: String,
    place: String,
    backtrace: Backtrace,
    words: String,
}

impl Report {
    fn log(self) {
        let Self { thread, place, backtrace, words } = self;
        error!(thread, place, backtrace = way(&backtrace.to_string()), "panicked: {words}");
    }
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
