//! Counts of the events of a run. A swarm in which nothing happened has tested nothing.

use std::{fmt, ops::AddAssign};

macro_rules! counts {
    ($($(#[doc = $doc:literal])* $name:ident: $text:literal, $required:literal;)*) => {
        /// How often what happened.
        #[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
        pub struct Counts {
            $($(#[doc = $doc])* pub $name: u64,)*
        }

        impl AddAssign for Counts {
            fn add_assign(&mut self, other: Self) {
                $(self.$name += other.$name;)*
            }
        }

        impl Counts {
            /// Kinds of events that must happen in every swarm, and did not.
            #[must_use]
            pub fn missing(&self) -> Vec<&'static str> {
                let mut missing = Vec::new();
                $(if $required && self.$name == 0 { missing.push($text); })*
                missing
            }
        }

        impl fmt::Display for Counts {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                $(writeln!(out, "{:>14}  {}", self.$name, $text)?;)*
                Ok(())
            }
        }
    };
}

counts! {
    /// Steps after which the invariants were checked.
    steps: "steps", true;
    /// Milliseconds of virtual time.
    simulated_ms: "simulated milliseconds", true;
    /// Ticks of owners.
    ticks: "ticks", true;
    /// Claims of standbys and spares.
    claims: "claims", true;
    /// Claims with a copy that was known to be old.
    stale_claims: "stale claims", true;
    /// Claims that came too late.
    claims_lost: "claims lost", true;
    /// Owners that retired.
    retired: "owners retired", true;
    /// Owners that asked after a pause.
    doubts: "owners in doubt", true;
    /// Moves that began.
    moves_begun: "moves begun", true;
    /// Moves that ended at the new owner.
    moves: "moves made", true;
    /// Moves that were given up.
    moves_failed: "moves given up", true;
    /// Nodes that drained.
    drains: "drains", true;
    /// Processes that were killed.
    crashes: "crashes", true;
    /// Restarts with the disk of before.
    restarts_with_disk: "restarts with disk", true;
    /// Restarts without.
    restarts_without_disk: "restarts without disk", true;
    /// Processes that stood still.
    pauses: "pauses", true;
    /// Nodes cut off from something.
    partitions: "partitions", true;
    /// Absences of the broker.
    broker_absences: "broker absences", true;
    /// Gaps in feeds.
    gaps: "gaps in feeds", true;
    /// Checkpoints that standbys restored.
    checkpoints: "checkpoints", true;
    /// Messages that the broker lost.
    lost: "messages lost", true;
    /// Messages that it doubled.
    doubled: "messages doubled", true;
    /// Messages of strangers, or broken ones, or old ones.
    foreign: "foreign and broken messages", true;
    /// Players admitted for the first time.
    joins: "joins", true;
    /// Players who came back.
    returns: "returns", true;
    /// Joins that found no seat.
    full: "joins without a seat", true;
    /// Players whose session was gone.
    sessions_lost: "sessions lost", true;
    /// Rooms that were given up because no copy was left.
    orphans: "rooms given up", true;
    /// Rooms that were opened again, because their owner had only been cut off.
    opened_again: "rooms opened again", true;
    /// Results that the database keeps.
    results: "results saved", true;
    /// Failovers in a network without other faults, whose time was measured.
    failovers: "failovers measured", true;
    /// The longest of them, in milliseconds; in a sum of runs the sum.
    failover_ms: "milliseconds of these failovers in all", false;
}
