//! The room and its recording: begin, poll, checkpoint, end.

use shared::PlayerId;

use crate::{
    Room,
    record::{About, Ended, RawChunk, RecordOptions, Recorder, SessionNote},
};

impl Room {
    /// Records everything from now on; the chunks wait in [`Room::poll_record`].
    pub fn record(&mut self, options: RecordOptions) {
        let about = About {
            room: self.config.id,
            server: self.config.server.clone(),
            seed: options.seed,
            interest_px: self.interest_px(),
        };
        let recorder = Recorder::new(about, options, &self.world, &self.stage.history);
        self.world.set_recorder(Some(recorder));
    }

    /// The next chunk of the recording, to be packed and written by somebody with time.
    pub fn poll_record(&mut self) -> Option<RawChunk<'_>> {
        self.world.recorder()?.0.poll()
    }

    /// Records whose session a player is, in numbers that mean something to the shell alone.
    pub fn note_session(&mut self, player: PlayerId, session: u64, generation: u32) {
        if !self.seats.is_spectator(player)
            && let Some((recorder, _)) = self.world.recorder()
        {
            recorder.note_session(SessionNote { player, session, generation });
        }
    }

    /// Records the world as it is now and nothing after that: the server ends, and the next one goes on from here.
    pub fn suspend_record(&mut self) {
        if let Some((recorder, world)) = self.world.recorder() {
            recorder.checkpoint(world, &self.stage.history);
            recorder.stop();
        }
    }

    /// Records everything anew because some of what was polled got lost. The file stays the same.
    pub fn record_again(&mut self) {
        if let Some((recorder, world)) = self.world.recorder() {
            recorder.record_again(world, &self.stage.history);
        }
    }

    /// Ends the recording: the room closes. What is left waits in [`Room::poll_record`]; nothing follows it.
    pub fn end_record(&mut self) {
        if let Some((recorder, world)) = self.world.recorder() {
            recorder.end(world, Ended::RoomClosed);
            recorder.stop();
        }
    }
}
