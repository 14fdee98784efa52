//! A date and time to the second, written in files as RFC 3339 in UTC.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use toml::value::{Date, Datetime, Offset, Time};

/// Seconds since 1970 in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Moment(u64);

const DAY_SECS: u64 = 86_400;
/// The last second of the year 9999; the format has no later ones.
const LAST: u64 = 253_402_300_799;

impl Moment {
    /// From seconds since 1970, at most the end of the year 9999.
    pub const fn from_unix_secs(secs: u64) -> Self {
        Self(if secs < LAST { secs } else { LAST })
    }

    /// Seconds since 1970.
    pub const fn unix_secs(self) -> u64 {
        self.0
    }

    /// This moment plus `duration`.
    pub fn after(self, duration: Duration) -> Self {
        Self::from_unix_secs(self.0.saturating_add(duration.as_secs()))
    }

    fn datetime(self) -> Datetime {
        let (year, month, day) = civil(self.0 / DAY_SECS);
        let secs = self.0 % DAY_SECS;
        let time = Time {
            hour: (secs / 3_600) as u8,
            minute: (secs / 60 % 60) as u8,
            second: Some((secs % 60) as u8),
            nanosecond: None,
        };
        Datetime { date: Some(Date { year, month, day }), time: Some(time), offset: Some(Offset::Z) }
    }

    fn from_datetime(datetime: Datetime) -> Option<Self> {
        let Datetime { date: Some(date), time: Some(time), offset: Some(offset) } = datetime else { return None };
        let minutes_east = match offset {
            Offset::Z => 0,
            Offset::Custom { minutes } => i64::from(minutes),
        };
        let of_day = i64::from(time.hour) * 3_600 + i64::from(time.minute) * 60 + i64::from(time.second.unwrap_or(0));
        let secs = days(date.year.into(), date.month.into(), date.day.into()) * DAY_SECS as i64 + of_day;
        u64::try_from(secs - minutes_east * 60).ok().map(Self::from_unix_secs)
    }
}

impl From<SystemTime> for Moment {
    fn from(time: SystemTime) -> Self {
        Self::from_unix_secs(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.datetime())
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.datetime().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let datetime = Datetime::deserialize(deserializer)
            .map_err(|error| serde::de::Error::custom(format!("until: {error}; allowed is 2026-12-01T00:00:00Z")))?;
        Self::from_datetime(datetime).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "until is {datetime}; allowed is a time since 1970, for example 2026-12-01T00:00:00Z"
            ))
        })
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date
/// algorithms", days_from_civil). Years begin in March there, so that the leap day is their last one.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date so many days after 1970-01-01 (the same source, civil_from_days).
fn civil(days: u64) -> (u16, u8, u8) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    ((era * 400 + year_of_era + u64::from(month <= 2)) as u16, month as u8, day as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_calendar_says() {
        for (secs, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_800_000_000, "2027-01-15T08:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (LAST, "9999-12-31T23:59:59Z"),
            (u64::MAX, "9999-12-31T23:59:59Z"),
        ] {
            let moment = Moment::from_unix_secs(secs);
            assert_eq!(moment.to_string(), text);
            assert_eq!(Moment::from_datetime(text.parse().unwrap()), Some(moment));
        }
    }

    #[test]
    fn every_day_is_read_back() {
        for day in 0..200_000 {
            let (year, month, date) = civil(day);
            assert_eq!(days(year.into(), month.into(), date.into()), day as i64);
        }
    }

    #[test]
    fn other_zones_are_the_same_moment_and_none_is_no_moment() {
        let moment = |text: &str| Moment::from_datetime(text.parse().unwrap());
        assert_eq!(moment("2026-12-01T02:00:00+02:00"), moment("2026-12-01T00:00:00Z"));
        assert_eq!(moment("2026-12-01T00:00:00"), None);
        assert_eq!(moment("2026-12-01"), None);
        assert_eq!(moment("1969-12-31T23:59:59Z"), None);
    }
}
