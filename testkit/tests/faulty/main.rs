//! Games with one fault each: a check finds the fault and says which it is.

mod game;
mod overflow;

use testkit::{Check, check::Report};

use crate::game::{Duck, Fault};

fn report<const FAULT: u8>() -> Report {
    Check::<Duck<FAULT>>::new().seconds(6).report()
}

/// The check finds a rule broken, in words that hold all of these.
fn finds(report: &Report, rule: &str, words: &[&str]) {
    let texts: Vec<&str> =
        report.findings.iter().filter(|finding| finding.rule == rule).map(|finding| &*finding.text).collect();
    assert!(!texts.is_empty(), "{rule} is not found:\n{report}");
    assert!(texts.iter().any(|text| words.iter().all(|word| text.contains(word))), "no text with {words:?}:\n{report}");
}

macro_rules! faults {
    ($($name:ident: $fault:ident is $rule:literal with $words:expr;)*) => {$(
        #[test]
        fn $name() {
            finds(&report::<{ Fault::$fault as u8 }>(), $rule, &$words);
        }
    )*};
}

faults! {
    field_left_out_of_the_digest_is_named: Digest is "digest" with ["`rests", "Game::digest"];
    float_in_the_match_is_named: Float is "float" with ["`drift` is", "use integers"];
    // Two runs of a match may have the same order by chance; of many restored matches, one has another.
    unordered_map_is_named: Unordered is "restore" with ["another order", "BTreeMap"];
    wrong_control_is_named: Control is "control" with ["`position.x`", "by `control`", "by `step`"];
    own_that_is_not_stepped_is_named: OwnStands is "control" with ["of `Game::own`"];
    hiding_that_nobody_asks_for_is_named: Hides is "may_see" with ["HIDES", "entity"];
    player_who_may_not_see_itself_is_named: HidesItself is "may_see" with ["looks from it"];
    panic_on_an_odd_input_is_named: Panics is "panic" with ["`Game::step` panicked in tick", "no such direction"];
    panic_on_odd_bytes_is_named: Bytes is "bytes" with ["Game::fits"];
    entities_out_of_order_are_named: Unsorted is "order" with ["after entity", "sort them"];
    entity_that_comes_twice_is_named: Twice is "order" with ["twice"];
    id_beyond_the_slots_is_named: Id is "id" with ["Game::slots", "only ids below"];
    position_outside_is_named: Position is "position" with ["receivers accept"];
    duck_that_stays_when_its_player_leaves_is_named: Stays is "leave" with ["leaves entity"];
    chance_of_its_own_is_named: Chance is "repeat" with ["`Start::seed`"];
    clock_is_named: Clock is "repeat" with ["clock"];
    field_that_is_not_restored_is_named: Forgets is "restore" with ["`forgotten.rests`", "The checkpoint must hold"];
    slots_that_change_are_named: Slots is "slots" with ["Game::restart"];
    relevant_that_drops_a_button_is_named: Relevant is "relevant" with ["Recordings keep only that part"];
    too_many_steered_entities_are_named: Steers is "steered" with ["at most 64"];
    board_that_newcomers_do_not_get_is_named: Board is "board" with ["Game::board"];
    value_beyond_its_bound_is_named: Bound is "layout" with ["not read back"];
    panic_in_a_room_alone_is_named: Rooms is "view" with ["on a perfect link", "nobody is called so"];
    thing_that_ended_and_stays_is_named: Ended is "ended" with ["drop what has ended"];
}

#[test]
fn overflow_on_a_state_from_the_wire_is_named() {
    finds(
        &Check::<overflow::Swans>::new().seconds(2).report(),
        "bytes",
        &["`Entity::step`", "overflow", "`#[replicate(max = …)]`"],
    );
}

#[test]
fn game_without_a_fault_passes() {
    testkit::check::<Duck<{ Fault::None as u8 }>>();
}

#[test]
fn all_that_is_wrong_is_listed_at_once() {
    let report = report::<{ Fault::Many as u8 }>();
    assert!(report.has("position") && report.has("leave"), "{report}");
}

#[test]
#[should_panic(expected = "ducks breaks its contract in")]
fn check_fails_with_what_it_found() {
    testkit::check::<Duck<{ Fault::Unsorted as u8 }>>();
}

#[test]
fn same_seed_finds_the_same() {
    assert_eq!(report::<{ Fault::Control as u8 }>(), report::<{ Fault::Control as u8 }>());
}
