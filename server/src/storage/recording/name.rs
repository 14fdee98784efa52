//! Names of recordings: time, then room, so that a sorted listing is by time.

use std::time::SystemTime;

use shared::RoomId;

use crate::{base::timestamp::Moment, storage::state::EXTENSION};

/// `2026-11-22T08-50-12Z-room-3.rrec`; `copy` distinguishes files of the same second.
pub(super) fn recording_name(began: SystemTime, room: RoomId, copy: u32) -> String {
    let copy = if copy == 0 { String::new() } else { format!("-{copy}") };
    // Not every file system allows a colon.
    let began = Moment::from(began).to_string().replace(':', "-");
    format!("{began}-room-{}{copy}.{EXTENSION}", room.0)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn names_tell_the_second_and_the_room() {
        for (secs, expected) in [
            (0, "1970-01-01T00-00-00Z-room-3.rrec"),
            (951_827_696, "2000-02-29T12-34-56Z-room-3.rrec"),
            (951_868_800, "2000-03-01T00-00-00Z-room-3.rrec"),
            (1_798_761_599, "2026-12-31T23-59-59Z-room-3.rrec"),
            (4_107_542_400, "2100-03-01T00-00-00Z-room-3.rrec"),
        ] {
            let at = UNIX_EPOCH + Duration::from_secs(secs);
            assert_eq!(recording_name(at, RoomId(3), 0), expected);
        }
        assert_eq!(recording_name(UNIX_EPOCH, RoomId(1), 2), "1970-01-01T00-00-00Z-room-1-2.rrec");
    }
}
