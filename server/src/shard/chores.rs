//! Housekeeping: work that a shard need not do in every turn.

use std::time::Duration;

use room::Match;

use super::worker::Worker;

const CHORES_INTERVAL: Duration = Duration::from_millis(100);

impl Worker {
    /// Does the housekeeping if it is due.
    pub(super) fn do_chores(&mut self, now: Duration) {
        if now < self.next_chores {
            return;
        }
        self.next_chores = now + CHORES_INTERVAL;
        self.expire(now);
        self.fulfil_wishes(now);
        self.police(now);
        self.note_migrations(now);
        for (_, hosted) in &mut self.rooms {
            let stats = hosted.room.stats();
            self.metrics.record_room(&stats, &hosted.told);
            hosted.told = stats;
        }
        self.take_census(now);
        let playing = self.rooms.iter().map(|(_, hosted)| hosted.members.len()).sum();
        self.seconds.advance(now, self.overload.load(), self.overload.rung(), playing);
        self.metrics.flush(self.quic.stats(), self.quic.web_packets(), self.overload.load());
    }

    /// Notes the work of a turn that started at `began`; the overload ladder may take a step.
    pub(super) fn note_work(&mut self, began: Duration) {
        let now = self.note_time();
        let Some(rung) = self.overload.handle_work(now - began, now) else { return };
        let load_percent = (self.overload.load() * 100.0).round();
        tracing::warn!(shard = self.config.index, server = self.config.server, rung, load_percent, "overload ladder");
        self.metrics.set_rung(rung);
        self.directory.shard(self.config.index).set_rung(rung, self.overload.refuses_joins());
        for (_, hosted) in &mut self.rooms {
            hosted.room.set_reduction(self.overload.reduction());
        }
    }
}
