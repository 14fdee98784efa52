//! Names of recordings: when and where, so that a listing is in order.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use shared::RoomId;

use crate::state::EXTENSION;

/// `2026-11-22T08-50-12Z-room-3.rrec`; `copy` tells files of the same second apart.
pub(super) fn recording_name(began: SystemTime, room: RoomId, copy: u32) -> String {
    let copy = if copy == 0 { String::new() } else { format!("-{copy}") };
    format!("{}-room-{}{copy}.{EXTENSION}", utc(began), room.0)
}

/// Date and time in a form that every file system takes.
fn utc(at: SystemTime) -> String {
    let secs = at.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs();
    let (year, month, day) = date(secs / 86_400);
    let (hour, minute, second) = (secs / 3_600 % 24, secs / 60 % 60, secs % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}-{minute:02}-{second:02}Z")
}

/// Year, month and day of a day since 1970, by Howard Hinnant's `civil_from_days`: years begin in March, so that the leap
/// day is their last.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
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
