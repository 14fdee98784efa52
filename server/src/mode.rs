//! Modes by name, as flags, configuration files and HTTP write them.

use arena::rules::Mode;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Every mode.
pub const ALL: [Mode; 2] = [Mode::Deathmatch, Mode::TeamDeathmatch];

/// The name of a mode.
pub const fn name(mode: Mode) -> &'static str {
    match mode {
        Mode::Deathmatch => "deathmatch",
        Mode::TeamDeathmatch => "team-deathmatch",
    }
}

/// The mode of a name; `team` is short for `team-deathmatch`.
///
/// # Errors
/// A sentence that names what is allowed.
pub fn parse(text: &str) -> Result<Mode, String> {
    let short = if text == "team" { name(Mode::TeamDeathmatch) } else { text };
    let found = ALL.into_iter().find(|&mode| name(mode) == short);
    found.ok_or_else(|| {
        format!("there is no mode \"{}\"; allowed are {}", text.escape_debug(), ALL.map(name).join(", "))
    })
}

/// For `#[serde(serialize_with)]`.
pub(crate) fn serialize<S: Serializer>(mode: &Mode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(name(*mode))
}

/// For `#[serde(deserialize_with)]`.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Mode, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_means_its_mode() {
        for mode in ALL {
            assert_eq!(parse(name(mode)), Ok(mode));
        }
        assert_eq!(parse("team"), Ok(Mode::TeamDeathmatch));
    }

    #[test]
    fn unknown_mode_is_told_what_is_allowed() {
        assert_eq!(parse("race").unwrap_err(), "there is no mode \"race\"; allowed are deathmatch, team-deathmatch");
    }
}
