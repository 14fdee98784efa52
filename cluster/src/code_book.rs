//! The code of a private room, in the store.
//!
//! ```text
//! state    event                                          next     what follows
//! Wanted   the room is registered                         Wanted   create the key
//! Wanted   written, or it names this room already         Ours
//! Wanted   it names a room that the directory knows       Taken    the shell hears of it
//! Wanted   it names a room that has ended                 Wanted   write over it, by compare-and-set
//! ```

use crate::{
    action::Action,
    cas::{Cas, Seen},
    context::{Context, Purpose},
    event::Outcome,
    id::{RequestId, RoomId},
    record::{Code, CodeRecord, Key, Revision},
};

/// The code of one room; there may be none.
#[derive(Debug)]
pub(crate) struct CodeBook {
    room: RoomId,
    code: Option<Code>,
    state: State,
    cas: Cas,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Wanted,
    Ours,
    Taken,
}

impl CodeBook {
    pub(crate) fn new(room: RoomId, code: Option<Code>) -> Self {
        Self { room, code, state: State::Wanted, cas: Cas::Idle }
    }

    /// The owner before has written it.
    pub(crate) fn is_written(&mut self) {
        self.state = State::Ours;
    }

    /// The room is registered again.
    pub(crate) fn write_again(&mut self) {
        self.state = State::Wanted;
        self.cas.stop();
    }

    /// The code, if the key is this room's.
    pub(crate) fn ours(&self) -> Option<&Code> {
        self.code.as_ref().filter(|_| self.state == State::Ours)
    }

    /// Writes the key, if it is not there yet.
    pub(crate) fn poll(&mut self, context: &mut Context) {
        self.cas.poll(context, Purpose::Code(self.room));
        if self.state == State::Wanted && self.cas.is_idle() {
            self.write(context, 0);
        }
    }

    pub(crate) fn answer(&mut self, context: &mut Context, request: RequestId, outcome: Outcome) {
        match self.cas.answer(context, request, outcome, Purpose::Code(self.room)) {
            Some(Seen::Written(_)) => self.state = State::Ours,
            Some(Seen::Now(revision, value)) => {
                let record = value.and_then(|value| context.record::<CodeRecord>(&value));
                match record.map(|record| record.room) {
                    Some(room) if room == self.room => self.state = State::Ours,
                    Some(room) if context.directory.get(room).is_some() => {
                        self.state = State::Taken;
                        if let Some(code) = self.code.clone() {
                            context.act(Action::CodeTaken(self.room, code));
                        }
                    }
                    _ => self.write(context, revision),
                }
            }
            None => {}
        }
    }

    fn write(&mut self, context: &mut Context, expected: Revision) {
        if let Some(code) = self.code.clone() {
            let record = CodeRecord { room: self.room };
            self.cas.write(context, Key::Code(code), expected, Some(&record), None, Purpose::Code(self.room));
        }
    }
}
