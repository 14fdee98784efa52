//! Findings of a check as text.

use std::{
    cell::Cell,
    fmt,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

/// A promise that a game does not keep.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Which promise, in one word for programs: `order`, `restore`, `control`.
    pub rule: &'static str,
    /// Describes the fault, with place and tick, and how to mend it.
    pub text: String,
}

/// Everything that the checks of one game have found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Promises that are not kept.
    pub findings: Vec<Finding>,
    /// Things that work but cost more than they need to.
    pub notes: Vec<String>,
}

/// Findings of one rule that are reported; the others are alike.
const OF_ONE_RULE_MAX: usize = 3;

impl Report {
    /// Adds a finding, unless there are enough of its rule.
    pub(crate) fn find(&mut self, rule: &'static str, text: impl Into<String>) {
        let text = text.into();
        let alike = self.findings.iter().filter(|finding| finding.rule == rule);
        if alike.count() < OF_ONE_RULE_MAX && self.findings.iter().all(|finding| finding.text != text) {
            self.findings.push(Finding { rule, text });
        }
    }

    /// Adds a note.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// True if a rule is broken.
    pub fn has(&self, rule: &str) -> bool {
        self.findings.iter().any(|finding| finding.rule == rule)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, Finding { rule, text }) in (1..).zip(&self.findings) {
            writeln!(f, "{number}. [{rule}] {text}")?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "note: {note}"))
    }
}

thread_local! {
    /// How many calls of [`caught`] this thread is in.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// The place of the last panic inside of one.
    static PLACE: Cell<Option<String>> = const { Cell::new(None) };
    /// True after a panic inside of one was printed with its backtrace. One is enough: there may be hundreds that are alike.
    static IS_PRINTED: Cell<bool> = const { Cell::new(false) };
}

/// Runs code of a game. The error is the message of its panic, with the place.
pub(crate) fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let is_caught = DEPTH.get() > 0;
            if is_caught {
                PLACE.set(panic.location().map(|place| format!("{}:{}", place.file(), place.line())));
            }
            if !is_caught || !IS_PRINTED.replace(true) {
                before(panic);
            }
        }));
    });
    DEPTH.set(DEPTH.get() + 1);
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    DEPTH.set(DEPTH.get() - 1);
    result.map_err(|payload| {
        let text = room::panic_message(&*payload);
        match PLACE.take() {
            Some(place) => format!("{text} ({place})"),
            None => text.to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panic_is_reported_with_its_words_and_its_place() {
        let (words, line) = (caught(|| panic!("as {}", "asked")), line!());
        assert_eq!(words, Err::<(), _>(format!("as asked ({}:{line})", file!())));
        assert_eq!(caught(|| 1), Ok(1));
    }
}
