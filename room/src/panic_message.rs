//! Reads the message of a panic.

use std::any::Any;

/// The message of a panic, from the payload that `catch_unwind` returns.
pub fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without a message")
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn messages_of_both_kinds_are_read() {
        let said = |act: fn()| panic_message(&*catch_unwind(act).expect_err("it panics")).to_owned();
        assert_eq!(said(|| panic!("plain")), "plain");
        assert_eq!(said(|| panic!("{} apples", 3)), "3 apples");
        assert_eq!(said(|| std::panic::panic_any(7)), "a panic without a message");
    }
}
