//! Events of the tool's loop, which its threads send.

use crate::{builder::Program, sources::Part};

/// An event.
#[derive(Debug)]
pub(crate) enum Event {
    /// A source was saved.
    Saved(Part),
    /// A build has ended, with the program or with the compiler's words.
    Built(Result<Program, String>),
    /// Ctrl-C, or SIGTERM.
    End,
}
