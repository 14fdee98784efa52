//! Text that strangers write and others read: names, lines of chat, and what administrators say.
//!
//! Unicode's own tables decide ([UAX #44](https://www.unicode.org/reports/tr44/) for the classes of characters,
//! [UTS #39](https://www.unicode.org/reports/tr39/) for names that look alike), so that a new version of a table brings what
//! the next version of Unicode invents.
//!
//! ```text
//! name            strict: the first character that is not allowed refuses the whole
//! administrator   strict, with longer texts
//! chat            lenient: what is not allowed is left out, and a line without anything to see is dropped
//! two names       alike if their looks are, see `look`
//! ```

mod classes;
mod line;
mod look;

pub(crate) use self::look::Look;
pub use self::{
    classes::NotAllowed,
    line::{check, clean},
};
