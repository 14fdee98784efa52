//! Reloads the settings of a running server: everything is checked before anything changes.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use tracing::{error, info, warn};

use crate::{
    config::{Config, ConfigError, Games, PreparedGames, ReloadReport},
    lobby::Lobby,
    logging,
    security::{accounts::PreparedKeys, certificates::OwnCertificate},
    shard::ShardCommand,
};

/// The files that settings name, read and checked.
#[derive(Debug)]
pub struct Prepared {
    /// The games with their maps, from which rooms are opened.
    pub games: PreparedGames,
    /// The host's own certificate, if there is one.
    pub certificate: Option<OwnCertificate>,
}

impl Prepared {
    /// Reads every file that `config` names.
    ///
    /// # Errors
    /// The first file that cannot be used.
    pub fn new(games: Games, config: &Config) -> Result<Self, ConfigError> {
        let unusable = |error: &dyn std::error::Error| ConfigError::Unusable(error.to_string());
        let games = PreparedGames::new(games, config).map_err(|error| unusable(&error))?;
        let certificate = config.tls.files().map(|(certificate, key)| OwnCertificate::read(certificate, key));
        let certificate = certificate.transpose().map_err(|error| unusable(&error))?;
        Ok(Self { games, certificate })
    }
}

impl Lobby {
    /// Reads file and environment again, and applies the settings that can change while the server runs. Logs the changes, and the
    /// settings that need a restart.
    ///
    /// # Errors
    /// When a setting is refused; then nothing has changed.
    pub fn reload(&self) -> Result<ReloadReport, ConfigError> {
        let outcome = self.config.reload(|config| self.apply(config));
        match &outcome {
            Ok(report) => {
                let changed = report.changed.len();
                info!(changed, restart = report.restart.len(), "read the configuration again");
                for change in &report.changed {
                    info!("changed {change}");
                }
                for change in &report.restart {
                    warn!("needs a restart: {change}");
                }
            }
            Err(error) => error!(%error, "the new configuration was refused; nothing has changed"),
        }
        outcome
    }

    /// Applies the settings that other parts keep copies of.
    fn apply(&self, config: &Arc<Config>) -> Result<(), ConfigError> {
        // Everything that can be refused is read before anything changes; the certificate is changed first, because that can fail.
        let unusable = |error: &dyn std::error::Error| ConfigError::Unusable(error.to_string());
        let Prepared { games, certificate } = Prepared::new(self.config.games(), config)?;
        let keys = PreparedKeys::read(&config.accounts).map_err(|error| unusable(&error))?;
        logging::check(&config.log).map_err(|error| unusable(&error))?;
        let shown = self.certificates.set(certificate, SystemTime::now());
        shown.map_err(|error| ConfigError::Unusable(format!("{error:#}")))?;
        logging::reload(&config.log).map_err(|error| unusable(&error))?;
        self.accounts.apply(keys);
        self.matchmaker.set_games(games);
        self.directory.set_players_max(config.max_players);
        self.origins.set(&config.origins);
        self.guard.set_limits(&config.limits);
        let resume = Duration::from_secs(config.sessions.resume_secs.into());
        for shard in 0..self.udp.len() {
            if !(self.send)(shard, ShardCommand::SetResume(resume)) {
                warn!(shard, "the shard is too busy to take the new sessions.resume_secs; reload again");
            }
        }
        Ok(())
    }
}
