//! Writes settings as TOML: the effective ones (`--print-config`), and the shipped file, which documents every key.

use std::fmt::Write;

use toml::Value;

use super::{
    key::{Key, KeyTable},
    load::Loaded,
    place::Place,
};
use crate::config::Games;

impl Loaded {
    /// A file that gives these settings again when it is loaded, each line with the place of its value. Secrets are left out.
    pub fn print(&self) -> String {
        let mut text = "# The effective settings of this server, and where each comes from.\n\n".to_owned();
        let table = self.games().table();
        for section in section_names(table) {
            let lines = table.keys().iter().filter(|key| key.section == section).map(|key| {
                let place = self.place(&key.name);
                match self.value(key) {
                    _ if matches!(place, Place::WholeFile(_)) => format!("# {} = (set) from {place}", key.field()),
                    Some(_) if key.secret => format!("# {} = (set)  # {place}", key.field()),
                    Some(value) => format!("{} = {value}  # {place}", key.field()),
                    None => format!("# {} is not set", key.field()),
                }
            });
            open(&mut text, table, section);
            for line in lines {
                let _ = writeln!(text, "{line}");
            }
        }
        text
    }
}

/// The shipped file: every key with its description, its default and the allowed values.
pub fn documented(games: Games) -> String {
    let table = games.table();
    let mut text = "\
# Settings of ricochet-server, with their defaults. Start with: ricochet-server --config ricochet.toml
# The environment overrides this file (limits.exempt is RICOCHET_LIMITS_EXEMPT), a flag both (--limits-exempt).
# SIGHUP makes the server read this file again; keys marked with * then change at once, the others need a restart.
\n"
    .to_owned();
    for section in section_names(table) {
        open(&mut text, table, section);
        for key in table.keys().iter().filter(|key| key.section == section) {
            let star = if key.live { "* " } else { "" };
            for line in wrapped(&format!("{star}{} {}", key.doc, allowed(key))) {
                let _ = writeln!(text, "# {line}");
            }
            let _ = match &key.default {
                Some(value) => writeln!(text, "{} = {value}", key.field()),
                None => writeln!(text, "# {} = {}", key.field(), example(key)),
            };
        }
    }
    text
}

fn section_names(table: &KeyTable) -> impl Iterator<Item = &str> {
    [""].into_iter().chain(table.sections().iter().map(|section| section.name.as_str()))
}

fn open(text: &mut String, table: &KeyTable, section: &str) {
    let Some(section) = table.sections().iter().find(|one| one.name == section) else { return };
    text.push('\n');
    for line in wrapped(&section.doc) {
        let _ = writeln!(text, "# {line}");
    }
    let _ = writeln!(text, "[{}]", section.name);
}

/// The allowed values as a sentence; empty if it says no more than the kind does.
fn allowed(key: &Key) -> String {
    let allowed = key.allowed();
    match key.is_told() {
        true => {
            let (first, rest) = allowed.split_at(1);
            format!("{}{rest}.", first.to_uppercase())
        }
        false => String::new(),
    }
}

fn example(key: &Key) -> String {
    let example = key.example.clone().unwrap_or_else(|| "..".to_owned());
    key.parse(&example).map_or(example, |value: Value| value.to_string())
}

/// Breaks a text into lines of at most 116 bytes, so that they fit into 120 columns with their mark.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is a line");
        if !line.is_empty() && line.len() + 1 + word.len() > 116 {
            lines.push(word.to_owned());
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{Config, Environment, Sources, flags::Flags},
        games::testing,
    };

    const SHIPPED: &str = "../assets/config/ricochet.toml";

    /// Loads a text as the file of `--config`.
    fn load(test: &str, text: &str) -> Loaded {
        let path = std::env::temp_dir().join(format!("ricochet-print-{}-{test}.toml", std::process::id()));
        std::fs::write(&path, text).unwrap();
        let flags = Flags { config: Some(path.clone()), ..Flags::default() };
        let loaded = Sources { flags, ..Sources::new(testing::games()) }.load();
        std::fs::remove_file(path).unwrap();
        loaded.unwrap()
    }

    /// `RICOCHET_TEST_WRITE=1 cargo nextest run -p server shipped_file` writes the file again.
    #[test]
    fn shipped_file_tells_every_key_and_its_default() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(SHIPPED);
        if std::env::var_os("RICOCHET_TEST_WRITE").is_some() {
            std::fs::write(&path, documented(testing::games())).unwrap();
        }
        let shipped = std::fs::read_to_string(&path).unwrap();
        assert_eq!(shipped, documented(testing::games()), "write it again with RICOCHET_TEST_WRITE=1");
        assert_eq!(load("shipped", &shipped).config, Config::default());
    }

    #[test]
    fn examples_of_the_shipped_file_are_allowed() {
        for key in testing::games().table().keys().iter().filter(|key| key.default.is_none() && !key.secret) {
            let example = key.example.as_ref().unwrap_or_else(|| panic!("{} has no example", key.name));
            let value = key.parse(example).unwrap();
            assert_eq!(key.check(&value), Ok(()), "{}", key.name);
        }
    }

    #[test]
    fn printed_settings_load_again_and_tell_their_places() {
        let words = "ricochet-server --fill 3 --name C:\\\"x\\\" --limits-exempt 10.0.0.0/8,::1 --map foundry";
        let flags = Flags::parse_from_words(testing::games(), words.split_whitespace()).unwrap();
        let environment = Environment::new([("RICOCHET_TICK_HZ", "60"), ("RICOCHET_DRAIN_SECS", "2")]);
        let loaded = Sources { games: testing::games(), flags, environment }.load().unwrap();
        let text = loaded.print();
        for line in [
            "fill = 3  # --fill",
            "tick_hz = 60  # RICOCHET_TICK_HZ",
            "room_size = 16  # default",
            "# maps is not set",
            "map = \"foundry\"  # --map",
            "exempt = [\"10.0.0.0/8\", \"::1\"]  # --limits-exempt",
        ] {
            assert!(text.lines().any(|one| one == line), "{line} is missing in\n{text}");
        }
        assert_eq!(load("again", &text).config, loaded.config);
    }

    #[test]
    fn printed_settings_hold_no_secret() {
        let environment = Environment::new([("RICOCHET_ADMIN_TOKEN", "correct-horse-battery")]);
        let loaded = Sources { environment, ..Sources::new(testing::games()) }.load().unwrap();
        let text = loaded.print();
        assert!(text.contains("# token = (set)  # RICOCHET_ADMIN_TOKEN") && !text.contains("correct-horse"), "{text}");
        assert_eq!(load("secret", &text).config.admin.token, None);
    }
}
