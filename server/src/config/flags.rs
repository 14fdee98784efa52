//! The command line. Nearly every flag is also a key of the configuration file: `--limits-exempt` is `limits.exempt`.

use std::{ffi::OsString, path::PathBuf};

use clap::{Arg, ArgAction, Command, FromArgMatches as _, Subcommand as _, error::ErrorKind};

use crate::config::{CONFIG_VARIABLE, ConfigError, Games, Given, Key, KeyTable, Place, ReplayTask};

/// A parsed command line. Defaults are those of [`crate::config::Config`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Flags {
    /// Read settings from this file.
    pub config: Option<PathBuf>,
    /// The task of the program.
    pub task: Task,
    /// Keys and values of settings, the values as they were written.
    pub settings: Vec<(String, String)>,
}

/// The task of the program.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Task {
    /// Run a server.
    #[default]
    Serve,
    /// Print the effective settings, and where each comes from.
    PrintConfig,
    /// Check the settings.
    CheckConfig,
    /// Ask the server that runs with these settings for its health.
    Health {
        /// Ask whether it takes players, instead of whether it is alive.
        ready: bool,
    },
    /// Write the types of a game's page.
    Types {
        /// Name of the game; `None` is the first game.
        game: Option<String>,
    },
    /// Show, check or play a recording.
    Replay(ReplayTask),
}

/// The reason why a command line gives no flags.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FlagsError {
    /// Help or version was asked for; this is its text for stdout.
    Answer(String),
    /// The command line is not valid; one line says why.
    Bad(String),
}

impl Flags {
    /// Parses a command line whose first word is the program.
    ///
    /// # Errors
    /// When help is asked for, or the command line is not valid.
    pub fn parse_from_words<I>(games: Games, words: I) -> Result<Self, FlagsError>
    where
        I: IntoIterator,
        I::Item: Into<OsString> + Clone,
    {
        let table = games.table();
        let matches = command(games).try_get_matches_from(words).map_err(|error| match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => FlagsError::Answer(error.to_string()),
            _ => FlagsError::Bad(one_line(&error.to_string())),
        })?;
        if let Some(("replay", matches)) = matches.subcommand() {
            let task =
                ReplayTask::from_arg_matches(matches).map_err(|error| FlagsError::Bad(one_line(&error.to_string())))?;
            return Ok(Self { task: Task::Replay(task), ..Self::default() });
        }
        if let Some(("health", matches)) = matches.subcommand() {
            let ops = matches.get_one::<String>("ops").map(|ops| ("ops".to_owned(), ops.clone()));
            let task = Task::Health { ready: matches.get_flag("ready") };
            let config = matches.get_one::<PathBuf>("config").cloned();
            return Ok(Self { config, task, settings: ops.into_iter().collect() });
        }
        if let Some(("types", matches)) = matches.subcommand() {
            let game = matches.get_one::<String>("game").cloned();
            return Ok(Self { task: Task::Types { game }, ..Self::default() });
        }
        let setting = |key: &Key| Some((key.name.clone(), matches.get_one::<String>(&key.name)?.clone()));
        let task = match () {
            () if matches.get_flag("print-config") => Task::PrintConfig,
            () if matches.get_flag("check-config") => Task::CheckConfig,
            () => Task::Serve,
        };
        let config = matches.get_one::<PathBuf>("config").cloned();
        Ok(Self { config, task, settings: table.keys().iter().filter_map(setting).collect() })
    }

    /// The settings among the flags, parsed.
    pub(crate) fn read(&self, table: &'static KeyTable) -> Result<Vec<Given>, ConfigError> {
        let settings = self.settings.iter().filter_map(|(name, text)| {
            let key = table.keys().iter().find(|key| key.name == *name)?;
            let flag = format!("--{}", flags(key).0);
            Some(match key.parse(text) {
                Ok(value) => Ok(Given { key, value, place: Place::Flag(flag) }),
                Err(allowed) => Err(ConfigError::NotAllowed { subject: flag, value: key.shown(text), allowed }),
            })
        });
        settings.collect()
    }
}

/// The command line, built from the table of settings. Their values are texts here; they are checked like those of any other source.
fn command(games: Games) -> Command {
    let table = games.table();
    let hosted: Vec<_> = games.iter().map(|game| format!("{}, version {}", game.name(), game.version())).collect();
    let ask = |name: &'static str, help: &'static str| Arg::new(name).long(name).help(help).action(ArgAction::SetTrue);
    let config = Arg::new("config").long("config").value_name("FILE").value_parser(clap::value_parser!(PathBuf));
    let heading = |key: &Key| match table.sections().iter().find(|section| section.name == key.section) {
        Some(section) => format!("[{}] {}", section.name, section.doc),
        None => "Settings".to_owned(),
    };
    let setting = |key: &'static Key| {
        let (flag, alias) = flags(key);
        let arg = Arg::new(key.name.as_str()).long(flag).value_name(key.value_name.as_str());
        let arg = arg.visible_aliases(alias);
        arg.help(help(key)).help_heading(&*heading(key).leak()).allow_hyphen_values(true)
    };
    Command::new("ricochet-server")
        .version(env!("CARGO_PKG_VERSION"))
        .long_version(&*format!("{}\ngames: {}", env!("CARGO_PKG_VERSION"), hosted.join("; ")).leak())
        .about("The Ricochet game server, over QUIC, WebTransport and WebSocket")
        .after_help(
            "A flag overrides the environment, which overrides the file of --config, which overrides the default. In the file \
             --room-size 32 is room_size = 32, and --drain-secs 5 is secs = 5 below [drain]; in the environment they \
             are RICOCHET_ROOM_SIZE and RICOCHET_DRAIN_SECS. The settings of the first game have a short name in all of these. Lists are separated by commas.",
        )
        .subcommand(health())
        .subcommand(replay())
        .subcommand(types())
        .arg(config.help(format!("Read settings from this TOML file; {CONFIG_VARIABLE} can also name it")))
        .arg(ask("print-config", "Print the effective settings and where each comes from, and end"))
        .arg(ask("check-config", "Check the settings, and end"))
        .args(table.keys().iter().map(setting))
}

/// The flag of a setting; and its long flag, if the first one is short.
fn flags(key: &Key) -> (&str, Option<&str>) {
    key.short.as_ref().map_or((&key.flag, None), |short| (&short.flag, Some(&key.flag)))
}

/// A health check for container images that contain no other program.
fn health() -> Command {
    let config = Arg::new("config").long("config").value_name("FILE").value_parser(clap::value_parser!(PathBuf));
    Command::new("health")
        .about("Asks a running server for its health; ends with 0 if it is well, else with 1 and the reason")
        .arg(config.help("The configuration file of that server"))
        .arg(
            Arg::new("ops")
                .long("ops")
                .value_name("ADDRESS")
                .help("Address of its health checks [default: as in the settings]"),
        )
        .arg(Arg::new("ready").long("ready").action(ArgAction::SetTrue).help("Ask whether it takes players"))
}

/// The subcommand for pages that are written in TypeScript.
fn types() -> Command {
    Command::new("types")
        .about("Writes the types that the page of a game gets (entities, events, input, settings) as TypeScript")
        .arg(Arg::new("game").value_name("GAME").help("Which game [default: the first]"))
}

/// The subcommands for recordings.
fn replay() -> Command {
    let command = Command::new("replay").about("Shows, checks and plays recordings of matches");
    ReplayTask::augment_subcommands(command).subcommand_required(true).arg_required_else_help(true)
}

/// The text of a setting in `--help`.
fn help(key: &Key) -> String {
    let default = key.default.as_ref().map(|default| match default.as_str() {
        Some(text) => format!(" [default: {text}]"),
        None => format!(" [default: {default}]"),
    });
    // The allowed values of other settings are in their descriptions, or follow from their ranges.
    let games = match key.choices() {
        Some(games) if key.name == "game" => format!(" [one of: {}]", games.join(", ")),
        _ => String::new(),
    };
    format!("{}{}{games}", key.doc.trim_end_matches('.'), default.unwrap_or_default())
}

/// Shortens an error of clap to its first paragraphs, without the usage.
fn one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let said: Vec<_> = lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more")).collect();
    said.join("; ").trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::games::testing;

    fn parse(words: &[&str]) -> Result<Flags, FlagsError> {
        Flags::parse_from_words(testing::games(), ["ricochet-server"].iter().chain(words))
    }

    fn refusal(words: &[&str]) -> String {
        match parse(words) {
            Err(FlagsError::Bad(text)) => text,
            other => panic!("{words:?} gave {other:?}"),
        }
    }

    #[test]
    fn help_and_version_name_the_games() {
        let answer = |word: &str| match parse(&[word]) {
            Err(FlagsError::Answer(text)) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            other => panic!("{word} gave {other:?}"),
        };
        assert!(answer("--help").contains("[one of: arena]"));
        assert!(answer("--version").contains("games: arena, version 1"), "{}", answer("--version"));
    }

    #[test]
    fn every_flag_of_the_manual_is_understood() {
        let line = "--config a.toml --http 127.0.0.1:8080 --udp 127.0.0.1:7777 --ops 127.0.0.1:9090 --tick-hz 30 \
                    --room-size 16 --fill 8 --mode deathmatch --map foundry --shards 1 --seed 5 --name N \
                    --interest-px 900 --score-limit 10 --match-secs 60 --maps dir --max-rooms 3 --max-players 9 --origins https://a.example,https://b.example";
        let flags = parse(&line.split_whitespace().collect::<Vec<_>>()).unwrap();
        let setting = |name| flags.settings.iter().find(|(key, _)| key == name).map(|(_, text)| text.as_str());
        assert_eq!(setting("seed"), Some("5"));
        assert_eq!(setting("games.arena.mode"), Some("deathmatch"));
        assert_eq!(flags.read(testing::games().table()).unwrap().len(), 18);
    }

    #[test]
    fn bad_flags_are_refused_in_one_line_with_what_is_wrong() {
        for (words, expected) in
            [(&["--tick-rate", "30"][..], "--tick-rate"), (&["--seed"], "--seed"), (&["extra"], "extra")]
        {
            let text = refusal(words);
            assert!(text.contains(expected), "{words:?}: {text}");
            assert!(!text.contains('\n'), "{words:?}: {text}");
        }
    }

    #[test]
    fn health_is_asked_with_the_settings_of_the_server() {
        let flags = parse(&["health", "--ready", "--ops", "127.0.0.1:9091"]).unwrap();
        assert_eq!(flags.task, Task::Health { ready: true });
        assert_eq!(flags.read(testing::games().table()).unwrap().len(), 1);
        assert_eq!(parse(&["health"]).unwrap().task, Task::Health { ready: false });
    }

    #[test]
    fn recordings_are_looked_at_with_the_same_program() {
        let verify = ReplayTask::Verify { file: "a.rrec".into(), json: true };
        assert_eq!(parse(&["replay", "verify", "a.rrec", "--json"]).unwrap().task, Task::Replay(verify));
        assert!(refusal(&["replay", "verify"]).contains("<FILE>"));
        let Err(FlagsError::Answer(help)) = parse(&["replay", "verify", "--help"]) else { panic!("help is an answer") };
        assert!(help.contains("Usage: ricochet-server replay verify"), "{help}");
    }

    /// Each command line of the program in the documents, without parts for the shell.
    fn documented() -> Vec<(String, String)> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut files = vec![root.join("README.md")];
        files.extend(std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path()));
        files.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
        let mut lines = Vec::new();
        for path in files {
            let text = std::fs::read_to_string(&path).unwrap();
            for rest in text.split("ricochet-server ").skip(1) {
                let rest = rest.split(['`', '\n', '|', '>', '&']).next().unwrap_or_default();
                // A wide gap separates the command from its description.
                let line = rest.split("  ").next().unwrap_or_default().trim_end_matches(['.', ',', ';', ':', ' ']);
                lines.push((path.file_name().unwrap().to_string_lossy().into_owned(), line.to_owned()));
            }
        }
        lines
    }

    #[test]
    fn command_lines_of_the_documents_are_understood() {
        let lines: Vec<_> =
            documented().into_iter().filter(|(_, line)| line.starts_with("--") || known(line)).collect();
        assert!(lines.len() >= 10, "{lines:?}");
        for (file, line) in lines {
            let line = line.replace(['[', ']'], "").replace("ADDRESS", "127.0.0.1:8090");
            let words: Vec<_> = line.split_whitespace().collect();
            let parsed = parse(&words);
            assert!(!matches!(parsed, Err(FlagsError::Bad(_))), "{file}: ricochet-server {line}: {parsed:?}");
        }
    }

    /// True if a line begins with one of the commands.
    fn known(line: &str) -> bool {
        let word = line.split_whitespace().next().unwrap_or_default();
        command(testing::games()).get_subcommands().any(|command| command.get_name() == word)
    }

    #[test]
    fn every_command_is_in_the_help_and_in_the_documents() {
        let Err(FlagsError::Answer(help)) = parse(&["--help"]) else { panic!("help is an answer") };
        let documented = documented();
        let check = |line: &str| assert!(documented.iter().any(|(_, written)| written.starts_with(line)), "{line}");
        for command in command(testing::games()).get_subcommands() {
            let name = command.get_name();
            assert!(help.lines().any(|line| line.trim_start().starts_with(&format!("{name} "))), "{name}: {help}");
            check(name);
            command.get_subcommands().for_each(|task| check(&format!("{name} {}", task.get_name())));
        }
    }

    #[test]
    fn help_is_an_answer_and_no_error() {
        assert!(matches!(parse(&["--help"]), Err(FlagsError::Answer(text)) if text.contains("--room-size")));
    }
}
