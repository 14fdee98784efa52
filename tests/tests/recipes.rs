//! `docs/recipes.md`: each snippet is part of a game that compiles, and that game plays.

use harness::harbour::{Boat, Event, Harbour, Thing};
use server::{
    config::{Games, Sources, flags::Flags},
    games::game,
};
use shared::TickRate;
use testkit::Sim;

fn harbour() -> Sim<Harbour, testkit::Behavior> {
    Sim::of((), TickRate::new(30).expect("30 Hz is allowed")).players(6).fill(10)
}

#[test]
fn game_of_the_recipes_is_shown_as_it_is_on_any_link() {
    for (reliable, plain, loss) in [(true, false, 0.0), (false, false, 0.1), (false, true, 0.05)] {
        let sim = harbour().reliable(reliable).plain(plain).loss(loss).delay_ms(50).jitter_ms(10);
        let mut scenario = sim.run_secs(40);
        scenario.heal();
        for number in scenario.present() {
            scenario.player_mut(number).set_behavior(testkit::Behavior::Idle);
        }
        scenario.run_secs(4);
        for number in scenario.present() {
            scenario.assert_truthful(number);
            scenario.assert_roster(number);
        }
    }
}

#[test]
fn what_a_player_presses_is_predicted_to_the_bit() {
    let scenario = harbour().delay_ms(60).draws(true).run_secs(60);
    let sunk = |event: &Event| matches!(event, Event::Sunk { .. });
    let mut hits = 0;
    for number in scenario.present() {
        let counters = scenario.stats(number).counters;
        assert_eq!(counters.corrections, 0, "player {number} was shown what was not so");
        hits += scenario.player(number).seen().filter(|&event| sunk(event)).count();
    }
    assert!(hits > 5, "{hits} hits: nobody was hit, so nothing was tried");
}

#[test]
fn boat_under_water_is_in_no_view_but_its_own() {
    let mut scenario = harbour().delay_ms(30).start();
    let (mut hidden, mut shown) = (0, 0);
    for _ in 0..400 {
        scenario.run_ticks(3);
        for number in scenario.present() {
            let seat = scenario.seat(number);
            for (id, thing) in scenario.view(number).entities() {
                if let Thing::Boat(Boat { dived: true, .. }) = thing {
                    assert_eq!(id.0, seat.0, "player {number} sees the boat of seat {}", id.0);
                    hidden += 1;
                }
                shown += 1;
            }
        }
    }
    assert!(hidden > 0 && shown > 1_000, "{hidden} of {shown}");
}

const DOCUMENT: &str = include_str!("../../docs/recipes.md");
/// Sources that the document quotes.
const SOURCES: [&str; 2] = [include_str!("../src/harbour.rs"), include_str!("recipes.rs")];

/// The blocks of a document in this language.
fn blocks<'a>(document: &'a str, language: &str) -> Vec<Vec<&'a str>> {
    let (mut blocks, mut inside) = (Vec::new(), false);
    for line in document.lines().map(str::trim) {
        match line.strip_prefix("```") {
            Some(named) if !inside && named == language => {
                inside = true;
                blocks.push(Vec::new());
            }
            Some(_) => inside = false,
            None if inside && !line.is_empty() => blocks.last_mut().expect("one has begun").push(line),
            None => {}
        }
    }
    blocks
}

/// True if a source has these lines one after another, with any indentation.
fn quotes(source: &str, block: &[&str]) -> bool {
    let lines: Vec<_> = source.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.windows(block.len()).any(|lines| lines == block)
}

#[test]
fn every_snippet_is_quoted_from_what_compiles() {
    let snippets = blocks(DOCUMENT, "rust");
    assert!(snippets.len() > 20, "{} snippets", snippets.len());
    for snippet in snippets {
        assert!(SOURCES.iter().any(|source| quotes(source, &snippet)), "nobody compiles this:\n{}", snippet.join("\n"));
    }
    assert!(!quotes(SOURCES[0], &["fn step(&mut self, (): &()) -> bool {", "false"]));
}

#[test]
fn settings_of_the_document_are_settings_of_a_server() {
    let blocks = blocks(DOCUMENT, "toml");
    let [settings] = blocks.as_slice() else { panic!("{} blocks", blocks.len()) };
    let folder = std::env::temp_dir().join(format!("ricochet-recipes-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("temporary files can be written");
    let file = folder.join("harbour.toml");
    std::fs::write(&file, settings.join("\n")).expect("temporary files can be written");
    let games = Games::new(&[game::<Harbour>()]);
    let words = ["ricochet-server".into(), "--config".into(), file.clone().into_os_string()];
    let flags = Flags::parse_from_words(games, words).expect("the flag is known");
    let loaded = Sources { flags, ..Sources::new(games) }.load();
    std::fs::remove_dir_all(&folder).expect("it is ours");
    let printed = loaded.expect("the settings are fine").print();
    assert!(printed.contains("mode = \"foggy\"") && printed.contains("points_to_win = 30"), "{printed}");
}
