//! Text that some users write and others read: names, chat, and texts of administrators.
//!
//! Unicode's own tables decide ([UAX #44](https://www.unicode.org/reports/tr44/) for the classes of characters,
//! [UTS #39](https://www.unicode.org/reports/tr39/) for names that look alike), so that characters of a new Unicode version
//! come with a new version of the tables.
//!
//! ```text
//! name            strict: one character that is not allowed refuses the whole name
//! administrator   strict, with longer texts
//! chat            lenient: characters that are not allowed are left out, and a line without anything visible is dropped
//! two names       alike if they have the same look, see `look`
//! ```

mod classes;
mod line;
mod look;

pub(crate) use self::look::Look;
pub(crate) use self::{
    classes::NotAllowed,
    line::{check, clean},
};
