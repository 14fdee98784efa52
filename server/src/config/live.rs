//! The settings of a running server. A reload reads everything again and changes the settings that are marked live.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;
use toml::Value;

use super::{Config, ConfigError, Games, Key, Loaded, Place, Sources, secret::SHOWN};
use crate::games::Played;

/// The settings of a running server.
#[derive(Debug)]
pub struct LiveConfig {
    games: Games,
    current: watch::Sender<Arc<Config>>,
    /// The sources that a reload reads; `None` if a program started the server.
    sources: Option<Sources>,
    loaded: Mutex<Loaded>,
}

/// The result of a reload.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ReloadReport {
    /// Settings that have changed.
    pub changed: Vec<Change>,
    /// Settings that will change at the next restart only.
    pub restart: Vec<Change>,
}

/// A setting whose value differs from before. Values of secrets are not in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Its key.
    pub key: &'static str,
    /// Its old value, as TOML.
    pub old: String,
    /// Its new value, as TOML.
    pub new: String,
    /// The place of the new value.
    pub place: Place,
}

impl LiveConfig {
    /// Settings that a reload can read again.
    pub fn new(loaded: Loaded, sources: Sources) -> Self {
        Self::with(loaded, Some(sources))
    }

    /// Settings that a program has made; they cannot be reloaded.
    ///
    /// # Errors
    /// When a setting is not allowed.
    pub fn from_program(games: Games, config: Config) -> Result<Self, ConfigError> {
        Ok(Self::with(Loaded::from_program(games, config)?, None))
    }

    fn with(loaded: Loaded, sources: Option<Sources>) -> Self {
        let current = watch::Sender::new(Arc::new(loaded.config.clone()));
        Self { games: loaded.games(), current, sources, loaded: Mutex::new(loaded) }
    }

    /// The current settings. Load them for each use, and do not keep them.
    pub fn load(&self) -> Arc<Config> {
        Arc::clone(&self.current.borrow())
    }

    /// The games of the program.
    pub fn games(&self) -> Games {
        self.games
    }

    /// The current game and mode of rooms if a join names none.
    pub fn played(&self) -> Played {
        self.load().played(self.games)
    }

    /// A receiver of changes; it sees the newest settings, and may miss those that were replaced soon.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Config>> {
        self.current.subscribe()
    }

    /// Reads everything again. `apply` gets the new settings, in which only the live ones have changed, and puts them into effect or
    /// refuses; if it refuses, nothing changes.
    ///
    /// # Errors
    /// When a setting is not allowed, or `apply` refuses.
    pub(crate) fn reload(
        &self,
        apply: impl FnOnce(&Arc<Config>) -> Result<(), ConfigError>,
    ) -> Result<ReloadReport, ConfigError> {
        let sources = self.sources.as_ref().ok_or(ConfigError::NothingToReload)?;
        // One reload at a time. The value is replaced whole, so a poisoned lock does no harm.
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let read = sources.load()?;
        let report = ReloadReport::between(&loaded, &read);
        let next = loaded.with(&read, |key| key.live)?;
        let config = Arc::new(next.config.clone());
        apply(&config)?;
        self.current.send_replace(config);
        *loaded = next;
        Ok(report)
    }
}

impl ReloadReport {
    fn between(old: &Loaded, new: &Loaded) -> Self {
        let mut report = Self::default();
        for key in old.games().table().keys().iter().filter(|key| old.value(key) != new.value(key)) {
            let place = new.place(&key.name).clone();
            let change = Change { key: &key.name, old: shown(key, old), new: shown(key, new), place };
            if key.live { &mut report.changed } else { &mut report.restart }.push(change);
        }
        report
    }
}

fn shown(key: &Key, loaded: &Loaded) -> String {
    match loaded.value(key) {
        None => "not set".to_owned(),
        Some(_) if key.secret => SHOWN.to_owned(),
        Some(value) => Value::to_string(value),
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} -> {} ({})", self.key, self.old, self.new, self.place)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::*;
    use crate::{config::flags::Flags, games::testing};

    /// A server's settings with the file that they come from.
    struct Running {
        live: LiveConfig,
        path: PathBuf,
    }

    impl Running {
        fn new(test: &str, toml: &str, words: &str) -> Self {
            let path = std::env::temp_dir().join(format!("ricochet-live-{}-{test}.toml", std::process::id()));
            fs::write(&path, toml).unwrap();
            let line = format!("ricochet-server --config {} {words}", path.display());
            let flags = Flags::parse_from_words(testing::games(), line.split_whitespace()).unwrap();
            let sources = Sources { flags, ..Sources::new(testing::games()) };
            Self { live: LiveConfig::new(sources.load().unwrap(), sources), path }
        }

        fn reload(&self, toml: &str) -> Result<ReloadReport, String> {
            fs::write(&self.path, toml).unwrap();
            self.live.reload(|_| Ok(())).map_err(|error| error.to_string())
        }
    }

    impl Drop for Running {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.path);
        }
    }

    fn told(changes: &[Change]) -> Vec<(&str, &str, &str)> {
        changes.iter().map(|change| (change.key, change.old.as_str(), change.new.as_str())).collect()
    }

    #[test]
    fn live_settings_change_and_the_others_are_named() {
        let running = Running::new("changes", "name = \"a\"\ntick_hz = 30", "--fill 3");
        let report = running.reload("name = \"b\"\ntick_hz = 60\nfill = 9\nmap = \"pit\"\n[drain]\nsecs = 1").unwrap();
        let changed = [("name", "\"a\"", "\"b\""), ("drain.secs", "8", "1"), ("games.arena.map", "not set", "\"pit\"")];
        assert_eq!(told(&report.changed), changed);
        assert_eq!(told(&report.restart), [("tick_hz", "30", "60")]);
        let config = running.live.load();
        assert_eq!((config.name.as_str(), config.tick_hz, config.fill, config.drain.secs), ("b", 30, 3, 1));
        assert_eq!(report.changed[0].to_string(), format!("name: \"a\" -> \"b\" ({}:1)", running.path.display()));
        // A setting that waits for a restart is reported at every reload until then.
        assert_eq!(told(&running.reload("name = \"b\"\ntick_hz = 60").unwrap().restart), [("tick_hz", "30", "60")]);
        assert_eq!(running.live.load().of_game(running.live.games().first()).map, None);
    }

    #[test]
    fn bad_file_changes_nothing() {
        let running = Running::new("bad", "name = \"a\"", "");
        let before = running.live.load();
        for bad in ["name = \"b\"\ntick_hz = 5", "name = \"b\"\nnaem = 3", "name = ", "name = \"b\"\nmap = \"\""] {
            assert!(running.reload(bad).is_err(), "{bad}");
            assert_eq!(running.live.load(), before);
        }
        assert_eq!(told(&running.reload("name = \"b\"").unwrap().changed), [("name", "\"a\"", "\"b\"")]);
    }

    #[test]
    fn what_cannot_be_applied_changes_nothing() {
        let running = Running::new("refused", "", "");
        fs::write(&running.path, "name = \"b\"").unwrap();
        let refusal = ConfigError::Unusable("no".to_owned());
        assert_eq!(running.live.reload(|_| Err(refusal.clone())), Err(refusal));
        assert_eq!(running.live.load().name, "Ricochet");
    }

    #[test]
    fn those_who_listen_hear_of_a_change() {
        let running = Running::new("heard", "", "");
        let heard = running.live.subscribe();
        running.reload("name = \"b\"").unwrap();
        assert!(heard.has_changed().unwrap());
        assert_eq!(heard.borrow().name, "b");
    }

    #[test]
    fn changed_secret_is_told_without_its_text() {
        let running = Running::new("secret", "[admin]\ntoken = \"correct-horse-battery\"", "");
        let report = running.reload("[admin]\ntoken = \"another-horse-battery\"").unwrap();
        assert_eq!(told(&report.changed), [("admin.token", "(set)", "(set)")]);
        assert_eq!(running.live.load().admin.token.as_ref().unwrap().reveal(), "another-horse-battery");
    }

    #[test]
    fn server_of_a_program_has_nothing_to_reload() {
        let live = LiveConfig::from_program(testing::games(), Config::default()).unwrap();
        assert_eq!(live.reload(|_| Ok(())), Err(ConfigError::NothingToReload));
    }
}
