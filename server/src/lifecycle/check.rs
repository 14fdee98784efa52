//! `--check-config`: reads everything that a start reads, changes nothing, and reports errors in the same words as a start would.
//!
//! It is stricter than a start where a fault makes the server useless to players, for example an expired certificate: a start only logs
//! it, because a faulty server is better than none, but a host who checks the settings has the time to mend it.

use std::time::SystemTime;

use crate::{
    config::{Config, ConfigError, Games},
    lifecycle::reload::Prepared,
    logging,
    security::{accounts::Accounts, guard::Guard},
    session::Key,
    storage::state::StateDirectory,
};

/// Checks everything that `config` names; returns warnings, faults with which the server can still be used.
///
/// # Errors
/// The first fault that a start would refuse, or that makes the server useless to players.
pub fn check(games: Games, config: &Config) -> Result<Vec<String>, ConfigError> {
    let Prepared { games: _, certificate } = Prepared::new(games, config)?;
    let mut warnings = Vec::new();
    if let Some(certificate) = &certificate {
        for problem in certificate.problems(SystemTime::now()) {
            let words = format!("{}: {problem}", certificate.file().display());
            if problem.is_fatal() {
                return Err(ConfigError::Unusable(words));
            }
            warnings.push(words);
        }
    }
    // Checks the filter of the settings, although RUST_LOG would override it.
    logging::check(&config.log).map_err(|error| unusable(&error))?;
    Accounts::new(&config.accounts).map_err(|error| unusable(&error))?;
    if let Some(state) = &config.state {
        StateDirectory::check(state).map_err(|error| unusable(&error))?;
        Key::read(state).map_err(|error| unusable(&error))?;
        Guard::check_bans_file(&state.join(Guard::BANS_FILE)).map_err(|error| unusable(&error))?;
    }
    Ok(warnings)
}

fn unusable(error: &dyn std::error::Error) -> ConfigError {
    ConfigError::Unusable(error.to_string())
}
