//! `--check-config`: reads everything that a start reads, changes nothing, and says in the same words what the start would refuse.
//!
//! It says more than a start does of what is only useless to players, as a certificate that is over: a server that runs with one is better than
//! none, but whoever asks has the time to mend it.

use std::time::SystemTime;

use crate::{
    accounts::Accounts,
    config::{Config, ConfigError},
    games::Games,
    guard::Guard,
    logging,
    reload::Prepared,
    sessions::Key,
    state::StateDirectory,
};

/// Looks at everything that `config` names; gives what a host should know and may live with.
///
/// # Errors
/// At the first thing that the start would refuse, or that no player could use.
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
    // The settings' own filter is fine; RUST_LOG wins over it.
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
