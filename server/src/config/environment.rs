//! Settings from variables of the environment: `RICOCHET_ROOM_SIZE=32`, `RICOCHET_LIMITS_PER_ADDRESS=8`.
//!
//! An empty variable counts as not set, because compose files and similar tools pass empty ones for settings that nobody set.

use std::{ffi::OsString, path::PathBuf};

use super::{
    error::ConfigError,
    given::Given,
    key::{Key, KeyTable, VARIABLE_PREFIX, hint},
    place::Place,
};

/// Names the configuration file, unless the flag `--config` does.
pub const CONFIG_VARIABLE: &str = "RICOCHET_CONFIG";
/// Prefix of variables for the project's own tests; a server that a test starts ignores them.
const TESTS_PREFIX: &str = "RICOCHET_TEST_";

/// The variables whose names begin with our prefix.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Environment {
    variables: Vec<(String, OsString)>,
}

impl Environment {
    /// The variables of this process.
    pub fn of_process() -> Self {
        Self::new(std::env::vars_os())
    }

    /// The same from a given list of variables.
    pub fn new<Name: Into<OsString>, Text: Into<OsString>>(variables: impl IntoIterator<Item = (Name, Text)>) -> Self {
        let variables = variables.into_iter().map(|(name, text)| (name.into(), text.into()));
        let ours = variables.filter_map(|(name, text): (OsString, OsString)| Some((name.into_string().ok()?, text)));
        let ours = ours.filter(|(name, text)| name.starts_with(VARIABLE_PREFIX) && !text.is_empty());
        let mut variables: Vec<_> = ours.filter(|(name, _)| !name.starts_with(TESTS_PREFIX)).collect();
        variables.sort();
        Self { variables }
    }

    /// Path of the configuration file, if a variable names one.
    pub(super) fn config(&self) -> Option<PathBuf> {
        let (_, path) = self.variables.iter().find(|(name, _)| name == CONFIG_VARIABLE)?;
        Some(path.into())
    }

    /// The settings that the variables give.
    pub(super) fn read(&self, table: &'static KeyTable) -> Result<Vec<Given>, ConfigError> {
        let mut given = Vec::new();
        for (name, text) in self.variables.iter().filter(|(name, _)| name != CONFIG_VARIABLE) {
            let place = Place::Variable(name.clone());
            let Some(key) = table.keys().iter().find(|key| variables(key).any(|variable| variable == name)) else {
                if made_by_kubernetes(name) {
                    continue;
                }
                let known = table.keys().iter().flat_map(variables).chain([CONFIG_VARIABLE]);
                let hint = hint(name, known);
                return Err(ConfigError::Unknown { place, what: "setting of this name".to_owned(), hint });
            };
            let refused = |value: String, allowed| ConfigError::NotAllowed { subject: name.clone(), value, allowed };
            let Some(text) = text.to_str() else {
                return Err(refused("not UTF-8 text".to_owned(), key.allowed()));
            };
            let value = key.parse(text).map_err(|allowed| refused(key.shown(text), allowed))?;
            let one = Given { key, value, place };
            one.check_twins(&given)?;
            given.push(one);
        }
        Ok(given)
    }
}

/// The names of a setting's variables: its own and its short one.
fn variables(key: &Key) -> impl Iterator<Item = &str> + Clone {
    [key.variable.as_str()].into_iter().chain(key.short.as_ref().map(|short| short.variable.as_str()))
}

/// Kubernetes sets variables with the addresses of all services in every pod: for a service named `ricochet`,
/// `RICOCHET_SERVICE_HOST`, `RICOCHET_SERVICE_PORT_HTTP`, `RICOCHET_PORT_8080_TCP_ADDR` and more.
fn made_by_kubernetes(name: &str) -> bool {
    let port = |rest: &str| rest.is_empty() || rest.starts_with('_');
    name.ends_with("_SERVICE_HOST")
        || name.rsplit_once("_SERVICE_PORT").is_some_and(|(_, rest)| port(rest))
        || name.rsplit_once("_PORT").is_some_and(|(_, rest)| rest.is_empty())
        || ["_TCP", "_UDP", "_SCTP"].iter().any(|protocol| {
            let parts = name.split_once("_PORT_").and_then(|(_, rest)| rest.split_once(protocol));
            parts.is_some_and(|(number, rest)| number.bytes().all(|byte| byte.is_ascii_digit()) && port(rest))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::games::testing;

    fn read(variables: &[(&str, &str)]) -> Result<Vec<(String, String)>, String> {
        let given = Environment::new(variables.iter().copied())
            .read(testing::games().table())
            .map_err(|error| error.to_string())?;
        Ok(given.into_iter().map(|given| (given.key.name.clone(), given.value.to_string())).collect())
    }

    #[test]
    fn variable_is_a_setting_in_capitals() {
        let given = read(&[("RICOCHET_ROOM_SIZE", "32"), ("RICOCHET_TLS_KEY", "a.pem"), ("PATH", "/bin")]).unwrap();
        let expected = [("room_size", "32"), ("tls.key", "\"a.pem\"")];
        assert_eq!(given, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn unknown_variable_is_refused_with_the_nearest() {
        let text = read(&[("RICOCHET_ROOM_SEATS", "32")]).unwrap_err();
        assert_eq!(text, "RICOCHET_ROOM_SEATS: there is no setting of this name; did you mean RICOCHET_ROOM_SIZE?");
    }

    #[test]
    fn empty_variable_is_none() {
        assert_eq!(read(&[("RICOCHET_MAP", ""), ("RICOCHET_TICK_HZ", "")]), Ok(Vec::new()));
    }

    #[test]
    fn variables_of_others_are_no_settings() {
        for name in [
            "RICOCHET_SERVICE_HOST",
            "RICOCHET_SERVICE_PORT",
            "RICOCHET_SERVICE_PORT_HTTP",
            "RICOCHET_PORT",
            "RICOCHET_PORT_8080_TCP",
            "RICOCHET_PORT_7777_UDP_ADDR",
            "RICOCHET_GAME_SERVICE_HOST",
            "RICOCHET_GAME_PORT_7777_UDP",
            "RICOCHET_TEST_SEEDS",
        ] {
            assert_eq!(read(&[(name, "x")]), Ok(Vec::new()), "{name}");
        }
        assert!(read(&[("RICOCHET_PORTS", "8080")]).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn value_that_is_no_text_is_refused() {
        use std::os::unix::ffi::OsStringExt;
        let value = OsString::from_vec(vec![0xff]);
        let text =
            Environment::new([("RICOCHET_TICK_HZ", value)]).read(testing::games().table()).unwrap_err().to_string();
        assert_eq!(text, "RICOCHET_TICK_HZ is not UTF-8 text; allowed are 10 to 120");
    }
}
