//! Removes the other keys of a room that has ended.

use crate::{
    context::{Context, Purpose},
    id::RoomId,
    record::{Code, Key, RoomRecord},
};

/// Removes seats and code of a room whose record is gone. Nothing depends on it: a lost request leaves some bytes behind, and a code that
/// names a room without a record counts as free.
pub(crate) fn after(context: &mut Context, room: RoomId, code: Option<&Code>) {
    let purpose = Purpose::Orphan(room);
    context.write::<RoomRecord>(Key::Seats(room), None, None, None, purpose);
    if let Some(code) = code {
        context.write::<RoomRecord>(Key::Code(code.clone()), None, None, None, purpose);
    }
}
