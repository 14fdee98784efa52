//! The precedence of the sources, and the texts of errors.

use std::fs;

use shared::limits::{NAME_BYTES_MAX, TICK_HZ_MAX, TICK_HZ_MIN};

use super::*;
use crate::{config::flags::Flags, games::testing};

/// Writes `toml` to a file, loads it with the flags in `words` and these variables, and returns the outcome and the path.
fn load_all(test: &str, toml: &str, words: &str, variables: &[(&str, &str)]) -> (Result<Config, String>, String) {
    let path = std::env::temp_dir().join(format!("ricochet-{}-{test}.toml", std::process::id()));
    fs::write(&path, toml).unwrap();
    let line = format!("ricochet-server --config {} {words}", path.display());
    let flags = Flags::parse_from_words(testing::games(), line.split_whitespace()).unwrap();
    let sources = Sources { games: testing::games(), flags, environment: Environment::new(variables.iter().copied()) };
    let outcome = sources.load().map(|loaded| loaded.config).map_err(|error| error.to_string());
    fs::remove_file(&path).unwrap();
    (outcome, path.display().to_string())
}

fn load(test: &str, toml: &str, words: &str) -> (Result<Config, String>, String) {
    load_all(test, toml, words, &[])
}

#[track_caller]
fn check_refusal(test: &str, toml: &str, words: &str, expected: &str) {
    let (outcome, path) = load(test, toml, words);
    assert_eq!(outcome.unwrap_err(), expected.replace("FILE", &path));
}

#[test]
fn flag_wins_over_environment_that_over_file_and_that_over_default() {
    let toml = "room_size = 32\nfill = 4\nmode = \"team\"\n[drain]\nsecs = 1";
    let variables = [("RICOCHET_ROOM_SIZE", "48"), ("RICOCHET_FILL", "5"), ("RICOCHET_DRAIN_SECS", "2")];
    let config = load_all("order", toml, "--room-size 64", &variables).0.unwrap();
    assert_eq!(config.room_size, 64);
    assert_eq!(config.fill, 5);
    assert_eq!(config.drain.secs, 2);
    assert_eq!(config.played(testing::games()).mode_name(), "team-deathmatch");
    assert_eq!(config.tick_hz, 30);
}

#[test]
fn environment_names_the_file_where_no_flag_does() {
    let environment = || Environment::new([("RICOCHET_CONFIG", "/nowhere/a.toml")]);
    let text = Sources { environment: environment(), ..Sources::new(testing::games()) }.load().unwrap_err().to_string();
    assert_eq!(text, "/nowhere/a.toml: cannot read the configuration: there is no such file");
    let flags = Flags { config: Some("/nowhere/b.toml".into()), ..Flags::default() };
    let text = Sources { games: testing::games(), flags, environment: environment() }.load().unwrap_err().to_string();
    assert!(text.starts_with("/nowhere/b.toml"), "{text}");
}

#[test]
fn defaults_are_allowed() {
    assert_eq!(Sources::new(testing::games()).load().unwrap().config, Config::default());
    assert_eq!(Config::default().check(testing::games()), Ok(()));
}

#[test]
fn unknown_key_is_refused_with_its_line_and_the_nearest() {
    check_refusal("unknown", "\nroom_seats = 3", "", "FILE:2: there is no key `room_seats`; did you mean room_size?");
    let toml = "[limits]\nexemptt = []";
    check_refusal("unknown-in", toml, "", "FILE:2: there is no key `limits.exemptt`; did you mean limits.exempt?");
    let toml = "[limit]\nexempt = []";
    check_refusal("unknown-section", toml, "", "FILE:1: there is no key `limit`; did you mean limits?");
    let expected = "FILE:1: limits is 3; it is a section: write [limits], its keys below it";
    check_refusal("no-section", "limits = 3", "", expected);
}

#[test]
fn value_of_the_wrong_type_is_refused_with_line_and_key() {
    check_refusal("type", "tick_hz = \"fast\"", "", "FILE:1: tick_hz is \"fast\"; allowed are 10 to 120");
    check_refusal("negative", "fill = -1", "", "FILE:1: fill is -1; allowed are 0 to 4096");
    check_refusal("bool", "[recording]\nkeep = 1", "", "FILE:2: recording.keep is 1; allowed are true and false");
    check_refusal("choice", "[log]\nformat = \"xml\"", "", "FILE:2: log.format is \"xml\"; allowed are text, json");
    let expected = "FILE:1: http is \"8080\"; write IP:PORT, for example 127.0.0.1:8080";
    check_refusal("address", "http = \"8080\"", "", expected);
    let expected =
        "FILE:1: games.arena.mode is \"race\"; there is no mode \"race\"; allowed are deathmatch, team-deathmatch";
    check_refusal("mode", "mode = \"race\"", "", expected);
    let expected =
        "--limits-exempt is [\"10.1.2.3/8\"]; \"10.1.2.3/8\" has bits beyond its mask; did you mean 10.0.0.0/8?";
    check_refusal("network", "", "--limits-exempt 10.1.2.3/8", expected);
}

#[test]
fn value_out_of_range_is_refused_with_its_place_and_the_range() {
    check_refusal("file-range", "tick_hz = 5", "", "FILE:1: tick_hz is 5; allowed are 10 to 120");
    check_refusal("flag-range", "tick_hz = 30", "--tick-hz 121", "--tick-hz is 121; allowed are 10 to 120");
    check_refusal("flag-type", "", "--tick-hz fast", "--tick-hz is \"fast\"; allowed are 10 to 120");
    let text = load_all("variable-range", "", "", &[("RICOCHET_TICK_HZ", "9")]).0.unwrap_err();
    assert_eq!(text, "RICOCHET_TICK_HZ is 9; allowed are 10 to 120");
    for edge in [TICK_HZ_MIN, TICK_HZ_MAX] {
        assert_eq!(load("edge", &format!("tick_hz = {edge}"), "").0.unwrap().tick_hz, edge);
    }
    let name = "x".repeat(NAME_BYTES_MAX + 1);
    let expected = format!(
        "FILE:1: name is \"{name}\"; allowed are 1 to 24 bytes without control characters or other invisible ones"
    );
    check_refusal("name", &format!("name = \"{name}\""), "", &expected);
}

#[test]
fn value_that_is_overridden_must_be_allowed_all_the_same() {
    check_refusal("hidden", "tick_hz = 5", "--tick-hz 60", "FILE:1: tick_hz is 5; allowed are 10 to 120");
}

#[test]
fn settings_of_a_program_are_checked_too() {
    let config = Config { tick_hz: 5, ..Config::default() };
    assert_eq!(config.check(testing::games()).unwrap_err().to_string(), "tick_hz is 5; allowed are 10 to 120");
}

#[test]
fn origin_without_a_scheme_is_refused() {
    assert_eq!(load("origin", "origins = [\"https://a.example\"]", "").0.unwrap().origins, ["https://a.example"]);
    let words = "--origins https://a.example,b.example";
    check_refusal("origins", "", words, "--origins is \"b.example\"; an origin is https://host[:port]");
}

#[test]
fn development_is_for_this_machine_alone() {
    assert!(load("dev", "dev = true", "").0.unwrap().dev);
    let refusal =
        "FILE:1: dev is true; it is for development on this machine, but http listens on 0.0.0.0:8080; use 127.0.0.1";
    check_refusal("dev-public", "dev = true", "--http 0.0.0.0:8080", refusal);
    let refusal = "--dev is true; it is for development on this machine, but ops listens on [::]:9090; use 127.0.0.1";
    check_refusal("dev-ops", "", "--dev true --ops [::]:9090", refusal);
    assert!(load("dev-page", "", "--dev-page out").0.unwrap().dev_page.is_some());
    let refusal =
        "--dev-page is \"out\"; it is for development on this machine, but udp listens on 0.0.0.0:7777; use 127.0.0.1";
    check_refusal("dev-page-udp", "", "--dev-page out --udp 0.0.0.0:7777", refusal);
}

#[test]
fn broken_toml_is_refused_in_one_line_with_its_place() {
    let (outcome, path) = load("broken", "fill = 3\nroom_size = = 4", "");
    let text = outcome.unwrap_err();
    assert!(text.starts_with(&format!("{path}:2: ")) && !text.contains('\n'), "{text}");
    let (outcome, path) = load("twice", "fill = 3\n\nfill = 4", "");
    assert!(outcome.unwrap_err().starts_with(&format!("{path}:3: ")));
}

#[test]
fn shards_need_ports() {
    let mut config = Config { udp: "127.0.0.1:65535".parse().unwrap(), ..Config::default() };
    assert_eq!(config.check(testing::games()), Ok(()));
    config.shards = 2;
    assert!(config.check(testing::games()).is_err());
}

#[test]
fn shards_need_ports_that_players_can_be_told() {
    let public = |text: &str| {
        Config { public_udp: Some(text.to_owned()), shards: 2, ..Config::default() }.check(testing::games())
    };
    assert_eq!((public("game.example.org"), public("game.example.org:65534")), (Ok(()), Ok(())));
    assert!(public("game.example.org:65535").unwrap_err().to_string().contains("2 shards need that many ports"));
    assert!(public("game.example.org:65536").unwrap_err().to_string().contains("write HOST or HOST:PORT"));
}

#[test]
fn certificate_needs_its_key() {
    check_refusal("half", "[tls]\ncertificate = \"a.pem\"", "", "tls.key is not set; tls.certificate needs its key");
    let config = load("both", "[tls]\ncertificate = \"a.pem\"\nkey = \"b.pem\"", "").0.unwrap();
    assert!(config.tls.serves_http());
}

#[test]
fn secret_comes_from_a_file_of_its_own_and_no_error_tells_it() {
    let path = std::env::temp_dir().join(format!("ricochet-token-{}", std::process::id()));
    fs::write(&path, "correct-horse-battery\n").unwrap();
    let flag = format!("--admin-token-file {}", path.display());
    let token = load("token", "", &flag).0.unwrap().admin.token.unwrap();
    assert_eq!(token.reveal(), "correct-horse-battery");
    let both = load("tokens", "[admin]\ntoken = \"another-horse-battery\"", &flag).0.unwrap_err();
    assert!(both.contains("admin.token is also set") && !both.contains("another"), "{both}");
    fs::write(&path, "short").unwrap();
    let short = load("short", "", &flag).0.unwrap_err();
    assert_eq!(
        short,
        format!(
            "{}: admin.token is (hidden); allowed are 16 to 256 printable ASCII characters, or NAME:TOKEN",
            path.display()
        )
    );
    fs::remove_file(path).unwrap();
}

#[test]
fn setting_of_a_game_goes_by_both_of_its_names_and_once_in_each_place() {
    let variables = [("RICOCHET_GAMES_ARENA_MATCH_SECS", "60"), ("RICOCHET_RESULTS_SECS", "3")];
    let toml = "score_limit = 3\n[games.arena]\nmode = \"team\"\nmatch_secs = 50";
    let config = load_all("game", toml, "--warm-up-secs 1", &variables).0.unwrap();
    let expected = Config::default()
        .with_game_setting("arena", "mode", "team")
        .with_game_setting("arena", "score_limit", 3)
        .with_game_setting("arena", "match_secs", 60)
        .with_game_setting("arena", "results_secs", 3)
        .with_game_setting("arena", "warm_up_secs", 1);
    assert_eq!(config, expected);
    let toml = "score_limit = 3\n[games.arena]\nscore_limit = 4";
    let expected = "FILE:1: games.arena.score_limit is 3; it is also set by its other name (FILE:3): keep one of them";
    check_refusal("twins", toml, "", expected);
    let variables = [("RICOCHET_SCORE_LIMIT", "3"), ("RICOCHET_GAMES_ARENA_SCORE_LIMIT", "4")];
    assert!(load_all("twin-variables", "", "", &variables).0.unwrap_err().contains("keep one of them"));
}

#[test]
fn settings_of_a_game_are_refused_with_their_place() {
    check_refusal(
        "low",
        "[games.arena]\nmatch_secs = 9",
        "",
        "FILE:2: games.arena.match_secs is 9; allowed are 10 to 86400",
    );
    let expected = "FILE:1: there is no key `games.chess`; did you mean games.arena?";
    check_refusal("game", "[games.chess]\nmatch_secs = 9", "", expected);
    check_refusal("which", "game = \"chess\"", "", "FILE:1: game is \"chess\"; allowed are arena");
    let config = Config::default().with_game_setting("arena", "gravity", 3);
    let text = config.check(testing::games()).unwrap_err().to_string();
    assert_eq!(text, "games.arena.gravity is 3; arena has no such setting");
}
