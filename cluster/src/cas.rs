//! One write to the key-value store by compare-and-set, whose outcome may stay unknown for a while.
//!
//! ```text
//! state     event                     next      what follows
//! Idle      write, or look            Writing, or Reading
//! Writing   written                   Idle      Seen::Written
//! Writing   conflict, or unknown      Reading   read what is there now
//! Reading   found, or absent          Idle      Seen::Now: its user compares that with what it wanted, and may write again
//! Reading   unknown                   Waiting   pause
//! Waiting   100 ms have passed        Reading
//! any       stop                      Idle      a late answer is ignored; the write may still be made, and the watch shows it then
//! ```

use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use crate::{
    context::{Context, Purpose},
    event::Outcome,
    id::RequestId,
    record::{Key, Revision},
};

/// A write under way, or none.
#[derive(Debug, Default)]
pub(crate) enum Cas {
    #[default]
    Idle,
    Writing(RequestId, Key),
    Reading(RequestId, Key),
    Waiting(Duration, Key),
}

/// The result of a write.
#[derive(Debug)]
pub(crate) enum Seen {
    /// It was made.
    Written(Revision),
    /// This is there now; revision 0 and no value where there is nothing. It may be what was to be written.
    Now(Revision, Option<Bytes>),
}

impl Cas {
    pub(crate) fn is_idle(&self) -> bool {
        matches!(self, Self::Idle)
    }

    /// Begins a write. A value of `None` deletes.
    pub(crate) fn write<T: Serialize>(
        &mut self,
        context: &mut Context,
        key: Key,
        expected: Revision,
        value: Option<&T>,
        ttl: Option<Duration>,
        purpose: Purpose,
    ) {
        let request = context.write(key.clone(), Some(expected), value, ttl, purpose);
        *self = Self::Writing(request, key);
    }

    /// Reads what is there.
    pub(crate) fn look(&mut self, context: &mut Context, key: Key, purpose: Purpose) {
        let request = context.read(key.clone(), purpose);
        *self = Self::Reading(request, key);
    }

    /// Takes an answer of the store.
    pub(crate) fn answer(
        &mut self,
        context: &mut Context,
        request: RequestId,
        outcome: Outcome,
        purpose: Purpose,
    ) -> Option<Seen> {
        match (std::mem::take(self), outcome) {
            (Self::Writing(of, _), Outcome::Written(revision)) if of == request => Some(Seen::Written(revision)),
            (Self::Writing(of, key), _) if of == request => {
                self.look(context, key, purpose);
                None
            }
            (Self::Reading(of, _), Outcome::Found(revision, value)) if of == request => {
                Some(Seen::Now(revision, Some(value)))
            }
            (Self::Reading(of, _), Outcome::Absent) if of == request => Some(Seen::Now(0, None)),
            (Self::Reading(of, key), _) if of == request => {
                *self = Self::Waiting(context.now + context.config.timing.retry, key);
                None
            }
            (other, _) => {
                *self = other;
                None
            }
        }
    }

    /// Reads again when the pause is over.
    pub(crate) fn poll(&mut self, context: &mut Context, purpose: Purpose) {
        if let Self::Waiting(until, key) = self
            && *until <= context.now
        {
            let key = key.clone();
            self.look(context, key, purpose);
        }
    }

    pub(crate) fn stop(&mut self) {
        *self = Self::Idle;
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        match self {
            Self::Waiting(until, _) => Some(*until),
            _ => None,
        }
    }
}
