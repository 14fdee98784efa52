//! The games of this repository keep the promises that `testkit` checks.

use arena::rules::World;
use harness::toy::Moths;
use petri::rules::Dish;
use testkit::Check;

#[test]
fn arena_keeps_its_promises() {
    testkit::check::<World>();
}

#[test]
fn arena_keeps_its_promises_in_a_crowd_of_other_chance() {
    Check::<World>::new().players(9).seconds(6).seed(7).tick_hz(60).run();
}

#[test]
fn moths_keep_their_promises() {
    testkit::check::<Moths>();
}

#[test]
fn petri_keeps_its_promises() {
    // With thousands of pellets each tick of the check is slow.
    Check::<Dish>::new().players(3).seconds(3).run();
}
