//! Two thousand clusters, the seeds that once found a fault, and planted faults that must be found.

use cluster_sim::{Mutation, run, swarm};

/// Seeds that every run of the tests tries. `cargo xtask cluster-swarm` tries more.
const SEEDS: u64 = 2_000;

/// Seeds that once found a fault, since plans are made as they are now.
const FOUND: &[u64] = &[267, 3_021, 13_598, 72_436];

/// Seeds after which a planted fault must have been found.
const FOUND_WITHIN: u64 = 400;

#[test]
fn invariants_hold_in_two_thousand_clusters() {
    let total = swarm(0, SEEDS, None, || ());
    if let Some(failure) = total.failure {
        panic!("{failure}\nrepeat it with: cargo xtask cluster-swarm --trace {}", failure.seed);
    }
    let missing = total.counts.missing();
    assert!(missing.is_empty(), "this never happened, so it was not tested: {missing:?}");
}

#[test]
fn seeds_that_once_failed_pass() {
    for &seed in FOUND {
        let failure = run(seed, None).failure.map(|failure| failure.to_string());
        assert_eq!(failure, None);
    }
}

#[test]
fn same_seed_gives_the_same_run() {
    for seed in [1, 2, 3] {
        let run = || {
            let outcome = run(seed, None);
            (outcome.counts, outcome.failovers_ms)
        };
        assert_eq!(run(), run());
    }
}

/// The planted fault is found, and by the invariant that it breaks.
#[track_caller]
fn finds(mutation: Mutation, invariants: &[&str]) {
    let total = swarm(0, FOUND_WITHIN, Some(mutation), || ());
    let failure = total.failure.expect("the simulation finds the planted fault");
    assert!(invariants.contains(&failure.violation.invariant), "{failure}");
}

#[test]
fn owner_without_a_fence_is_found() {
    finds(Mutation::NoFence, &["every_room_is_owned_in_the_end", "one_owner_per_epoch"]);
}

#[test]
fn claim_without_compare_and_set_is_found() {
    finds(Mutation::ClaimWithoutCompare, &["one_owner_per_epoch", "every_room_is_owned_in_the_end"]);
}

#[test]
fn node_that_goes_on_after_a_pause_is_found() {
    finds(Mutation::NoPauseCheck, &["no_tick_after_a_pause_before_the_epoch_was_seen"]);
}

#[test]
fn standby_that_claims_behind_a_gap_is_found() {
    finds(Mutation::ClaimBehindGap, &["a_claim_goes_on_from_the_old_owners_world"]);
}

#[test]
fn ticket_that_is_good_for_two_seats_is_found() {
    finds(Mutation::DoubleAdmit, &["a_player_has_its_own_seat_and_no_other"]);
}
