//! Decides the reaction to a panic of a shard's thread. A core without clock and thread: time is an argument.
//!
//! ```text
//! panic                                    verdict
//! nothing is recorded                      give up: the rooms are lost
//! the first within WINDOW                  restore all rooms of the shard
//! again in the tick of the same room       restore all but that room, which is set aside
//! more than DEATHS_MAX within WINDOW       give up: a new process may do better, and its supervisor counts restarts
//! ```

use std::{collections::VecDeque, time::Duration};

use shared::RoomId;

/// The panics of all shards within the last [`WINDOW`].
#[derive(Debug, Default)]
pub(super) struct Deaths {
    recent: VecDeque<Death>,
}

#[derive(Clone, Copy, Debug)]
struct Death {
    at: Duration,
    /// The room whose tick panicked, if it was a tick.
    culprit: Option<RoomId>,
}

/// The reaction to a panic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// Start the shard again with its rooms, but for one that has killed it before.
    Restore {
        /// The room that is set aside.
        without: Option<RoomId>,
    },
    /// End the process.
    GiveUp,
}

/// Panics further apart than this are not counted together.
const WINDOW: Duration = Duration::from_secs(60);
/// Panics within [`WINDOW`] that are answered by a restart. A room that panics in every tick needs two.
const DEATHS_MAX: usize = 4;

impl Deaths {
    pub(super) fn handle_death(&mut self, now: Duration, culprit: Option<RoomId>) -> Verdict {
        self.recent.retain(|death| now.saturating_sub(death.at) <= WINDOW);
        let again = culprit.filter(|_| self.recent.iter().any(|death| death.culprit == culprit));
        self.recent.push_back(Death { at: now, culprit });
        match self.recent.len() > DEATHS_MAX {
            true => Verdict::GiveUp,
            false => Verdict::Restore { without: again },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    const ALL: Verdict = Verdict::Restore { without: None };

    #[test]
    fn first_panic_restores_every_room() {
        assert_eq!(Deaths::default().handle_death(secs(5), Some(RoomId(3))), ALL);
    }

    #[test]
    fn room_that_panics_twice_is_set_aside() {
        let mut deaths = Deaths::default();
        deaths.handle_death(secs(5), Some(RoomId(3)));
        assert_eq!(deaths.handle_death(secs(6), Some(RoomId(4))), ALL);
        assert_eq!(deaths.handle_death(secs(65), Some(RoomId(3))), Verdict::Restore { without: Some(RoomId(3)) });
    }

    #[test]
    fn panic_a_minute_ago_is_forgotten() {
        let mut deaths = Deaths::default();
        deaths.handle_death(secs(5), Some(RoomId(3)));
        assert_eq!(deaths.handle_death(secs(66), Some(RoomId(3))), ALL);
    }

    #[test]
    fn shard_that_panics_again_and_again_is_given_up() {
        let mut deaths = Deaths::default();
        for at in 0..DEATHS_MAX as u64 {
            assert_eq!(deaths.handle_death(secs(at), None), ALL);
        }
        assert_eq!(deaths.handle_death(secs(10), None), Verdict::GiveUp);
        assert_eq!(deaths.handle_death(secs(71), None), ALL, "after a while all is forgotten");
    }
}
