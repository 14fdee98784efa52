//! The one [`Drain`] of a server, shared by signals, the admin page and health checks.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::Notify;
use tracing::info;

use super::{Action, Drain, Status};
use crate::directory::Directory;

/// A [`Drain`] with a clock, and a notification for the task that executes its actions.
#[derive(Debug)]
pub struct Drainer {
    drain: Mutex<Drain>,
    rung: Notify,
    started: Instant,
}

/// How often the running matches are counted during a drain.
const LOOK_PERIOD: Duration = Duration::from_millis(100);

impl Drainer {
    /// The drain of a serving server. `keeps_state`: the next start continues its matches.
    pub fn new(keeps_state: bool) -> Self {
        Self { drain: Mutex::new(Drain::new(keeps_state)), rung: Notify::new(), started: Instant::now() }
    }

    /// Ends the server within `wait`, sooner if no match is running; players are shown `reason`.
    pub fn request(&self, wait: Duration, reason: &str) {
        info!(wait_s = wait.as_secs_f64(), reason, "draining");
        self.drain().handle_request(self.started.elapsed(), wait, reason);
        self.rung.notify_one();
    }

    /// Ends the server now.
    pub fn hurry(&self) {
        self.drain().handle_hurry();
        self.rung.notify_one();
    }

    /// Ends the server now because of a fault; players are shown `reason`.
    pub(crate) fn fail(&self, reason: &str) {
        self.drain().handle_failure(reason);
        self.rung.notify_one();
    }

    /// The server's state.
    pub fn status(&self) -> Status {
        self.drain().status(self.started.elapsed())
    }

    /// Waits for the next action, without a time-out.
    pub(crate) async fn next_action(&self, directory: &Directory) -> Action {
        loop {
            {
                let mut drain = self.drain();
                drain.handle_matches(self.started.elapsed(), matches(directory));
                if let Some(action) = drain.poll_action() {
                    return action;
                }
            }
            match self.status() {
                Status::Draining { .. } => {
                    let _ = tokio::time::timeout(LOOK_PERIOD, self.rung.notified()).await;
                }
                Status::Serving | Status::Ending => self.rung.notified().await,
            }
        }
    }

    /// All goodbyes are sent.
    pub(crate) fn ended(&self) {
        self.drain().handle_ended();
    }

    fn drain(&self) -> MutexGuard<'_, Drain> {
        // Each change leaves a valid state, so a poisoned lock does no harm.
        self.drain.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts the rooms where a human would lose a running match. Between two matches nothing is lost, and spectators and
/// players who are away can come back after the restart.
fn matches(directory: &Directory) -> usize {
    let rooms = directory.rooms();
    let views = rooms.iter().map(|room| room.view());
    views.filter(|view| view.humans > view.away && view.in_match).count()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{directory::room_view::RoomView, games::testing};

    #[test]
    fn only_running_matches_of_humans_are_waited_for() {
        let directory = Directory::new(1, 10, crate::session::Key::random());
        let room = directory.new_room(0, testing::played(), 8);
        directory.open_room(Arc::clone(&room));
        for (humans, away, in_match, expected) in
            [(0, 0, true, 0), (1, 0, true, 1), (1, 0, false, 0), (1, 1, true, 0), (2, 1, true, 1)]
        {
            room.publish(RoomView { humans, away, in_match, ..RoomView::default() });
            assert_eq!(matches(&directory), expected, "{humans} humans, {away} of them away, in a match: {in_match}");
        }
    }
}
