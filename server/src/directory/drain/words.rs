//! The texts that players read while a server ends.

use std::time::Duration;

use shared::limits::{CHAT_BYTES_MAX, REASON_BYTES_MAX};

use crate::{base::text, net::link_state::cut};

/// The announcement for everybody in every room.
pub(super) fn announcement(left: Duration, reason: &str, keeps_state: bool) -> String {
    let when = match left.as_secs_f64().ceil() {
        secs if secs > 5_400.0 => format!("{:.0} hours", (secs / 3_600.0).round()),
        secs if secs > 90.0 => format!("{:.0} minutes", (secs / 60.0).round()),
        1.0 => "1 second".to_owned(),
        secs => format!("{secs:.0} seconds"),
    };
    let after = if keeps_state { "you will be brought back" } else { "thank you for playing" };
    fitting(&format!("the server ends in {when}{}; {after}", because(reason)), CHAT_BYTES_MAX)
}

/// The text of the goodbye.
pub(super) fn goodbye(reason: &str, keeps_state: bool) -> String {
    let because = because(reason);
    let text = match keeps_state {
        true => format!("the server restarts{because}: back soon, you will be brought back"),
        false => format!("the server is shutting down{because}"),
    };
    fitting(&text, REASON_BYTES_MAX)
}

fn because(reason: &str) -> String {
    let reason = reason.trim();
    if reason.is_empty() { String::new() } else { format!(" ({reason})") }
}

/// Cleans and cuts a text: the host's reason may be of any length and contain any characters.
fn fitting(text: &str, bytes_max: usize) -> String {
    let text = text::clean(text).unwrap_or_default();
    cut(&text, bytes_max).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_told_in_words_that_fit_it() {
        let told = |secs| announcement(Duration::from_secs_f64(secs), "", true);
        assert_eq!(told(8.0), "the server ends in 8 seconds; you will be brought back");
        assert_eq!(told(0.4), "the server ends in 1 second; you will be brought back");
        assert!(told(90.0).contains("in 90 seconds"));
        assert!(told(91.0).contains("in 2 minutes"));
        assert!(told(7_200.0).contains("in 2 hours"));
    }

    #[test]
    fn players_are_promised_only_what_is_kept() {
        assert_eq!(goodbye("", false), "the server is shutting down");
        assert_eq!(goodbye("a new map", true), "the server restarts (a new map): back soon, you will be brought back");
        assert!(!announcement(Duration::from_secs(3), "", false).contains("brought back"));
    }

    #[test]
    fn any_reason_fits_the_wire() {
        for reason in ["ü".repeat(1_000), "a\u{7}\nb".to_owned()] {
            let (line, last) = (announcement(Duration::MAX, &reason, true), goodbye(&reason, false));
            assert!(line.len() <= CHAT_BYTES_MAX && last.len() <= REASON_BYTES_MAX);
            assert!(!line.contains(char::is_control) && !last.contains(char::is_control));
        }
    }
}
