//! The turns of links and their sessions, and how links end.

use std::time::{Duration, Instant};

use shared::wire::DisconnectReason;

use super::{
    driven::{LOOK_EVERY, PATIENCE, Stage},
    worker::Worker,
};
use crate::{native::RunError, told::Ending};

impl Worker {
    /// Runs a turn of every link that is due.
    pub(super) fn take_turns(&mut self) {
        let swept = self.swept;
        while let Some(key) = self.schedule.take_due(swept) {
            self.turn(key, Instant::now());
        }
    }

    fn turn(&mut self, key: usize, now: Instant) {
        let Self { links, quics, .. } = self;
        let Some(link) = links.get_mut(key) else { return };
        if link.is_forsaken() {
            return self.remove(key, None, now);
        }
        let mut sends = link.wire.timer(PATIENCE).is_some_and(|due| due <= now);
        match &mut link.stage {
            Stage::Opening(_) => return self.open(key, now),
            Stage::Idle => {}
            Stage::Playing(rider) => {
                let was_reading = rider.is_reading();
                if let Err(error) = rider.turn(now) {
                    return self.get_off(key, Err(error), now);
                }
                while let Some(output) = rider.poll_output(now) {
                    sends = true;
                    let Some(output) = link.newest.push(output, || link.wire.has_room()) else { continue };
                    if let Err(error) = link.wire.send(output, quics) {
                        return self.get_off(key, Err(error.into()), now);
                    }
                }
                let (reads_again, ending) = (rider.is_reading() && !was_reading, rider.ending());
                if reads_again {
                    link.wire.wake();
                    if link.touch(now) {
                        self.touched.push_back(key);
                    }
                }
                if let Some(ending) = ending {
                    return self.get_off(key, Ok(ending), now);
                }
            }
            Stage::Parting { until, .. } if *until <= now => return self.part(key, now),
            Stage::Parting { .. } => sends = true,
        }
        if (sends || link.wire.is_blocked())
            && let Err(error) = link.flush(quics, now)
        {
            return match &link.stage {
                Stage::Playing(_) => self.get_off(key, Err(error.into()), now),
                _ => self.part(key, now),
            };
        }
        self.plan(key, now);
    }

    /// Sets the time of the link's next turn.
    pub(super) fn plan(&mut self, key: usize, now: Instant) {
        let link = &mut self.links[key];
        let (patience, due) = match &link.stage {
            Stage::Opening(_) => (Duration::ZERO, now + LOOK_EVERY),
            Stage::Idle => (PATIENCE, now + LOOK_EVERY),
            Stage::Playing(rider) => (PATIENCE, rider.next_wake(now)),
            Stage::Parting { until, .. } => (Duration::ZERO, *until),
        };
        let due = link.wire.timer(patience).map_or(due, |timer| timer.min(due));
        // Not before `now`, so that one link cannot take several turns in a round and starve the others.
        self.schedule.set(key, due.max(now));
    }

    /// Returns a session that has ended to its task. The link becomes idle.
    pub(super) fn get_off(&mut self, key: usize, outcome: Result<Ending, RunError>, now: Instant) {
        let Self { links, quics, .. } = self;
        let link = &mut links[key];
        // The session's last messages are sent, except after a cut, which simulates a dead network.
        if outcome != Err(RunError::Cut) {
            // The outcome is decided already, so an error of the link changes nothing.
            let _ = link.wire.flush(quics, now);
        }
        if let Stage::Playing(rider) = std::mem::replace(&mut link.stage, Stage::Idle) {
            rider.get_off(outcome);
        }
        self.schedule.set(key, now + LOOK_EVERY);
    }

    /// Removes a link that waits for the server's close. Any other link stays idle until its ticket is dropped.
    pub(super) fn part(&mut self, key: usize, now: Instant) {
        match std::mem::replace(&mut self.links[key].stage, Stage::Idle) {
            Stage::Parting { reason, done, .. } => {
                self.remove(key, Some(reason), now);
                // The task may have stopped waiting.
                let _ = done.send(());
            }
            _ => self.schedule.set(key, now + LOOK_EVERY),
        }
    }

    pub(super) fn remove(&mut self, key: usize, reason: Option<DisconnectReason>, now: Instant) {
        let mut link = self.links.remove(key);
        self.schedule.forget(key);
        link.wire.close(key, reason, &mut self.quics, now);
    }
}
