//! The part of a room that controls its recording: begin, poll, checkpoint, end.

use shared::{
    MemberId, PlayerId, SpectatorId, Tick,
    game::{Game, Map, Trail},
};

use crate::{
    Joining, Room, RoomConfig,
    chance::Chance,
    journal::Journal,
    play::{Play, Setup},
    player::Player,
    record::{About, Ended, RawChunk, RecordOptions, Recorder, SessionNote},
    seats::{Seat, Seats},
    stage::Stage,
};

impl<G: Game> Room<G> {
    /// Opens a room in the middle of a recorded match. Seats and settings come from the recording, not from the configuration. The tick
    /// rate of the configuration must be the recorded one. Humans are held until they resume or leave; computer opponents start without
    /// memory. `seed` decides the matches after this one.
    ///
    /// # Panics
    /// Panics if the configuration has no map or another tick rate.
    pub fn restore(config: RoomConfig<G>, play: Play<G>, trail: &Trail<G::Entity>, seed: u64) -> Self {
        assert!(!config.maps.is_empty(), "a room needs at least one map");
        let Setup { settings, tick_rate, seats } = play.setup().clone();
        assert_eq!(config.tick_rate, tick_rate, "the tick rate of a recorded match cannot change");
        let config = RoomConfig { seats, settings, ..config };
        let map_index = config.maps.iter().position(|map| map.name() == play.map().name()).unwrap_or(0);
        let mut stage = Stage::new(&config, &play, map_index);
        stage.history.restore(&play, trail);
        let chance = Chance::new(seed);
        let mut seats = Seats::new(config.seats, config.fill, chance.minds());
        for (player, profile) in play.roster().iter() {
            let seat = match profile.opponent {
                true => Seat::Opponent(Box::new(seats.next_mind())),
                false => Seat::Human(held(player.into(), player, &config, play.tick())),
            };
            seats.sit(player, seat);
        }
        Self::around(Journal::new(play), config, chance, seats, stage)
    }

    /// Gives a spectator of the recorded room its slot back. It is held until it resumes or leaves. It watches the lowest taken seat.
    pub fn restore_spectator(&mut self, spectator: SpectatorId) {
        let spectator_of = held(spectator.into(), self.lowest_player(), &self.config, self.now());
        self.seats.watch(spectator, spectator_of);
    }

    /// Records the room from now on; [`Room::poll_record`] returns the chunks.
    pub fn record(&mut self, options: RecordOptions) {
        let about = About {
            room: self.config.id,
            shard: options.shard,
            server: self.config.server.clone(),
            interest_px: self.interest_px(),
        };
        let recorder = Recorder::new(about, options, &self.play, &self.stage.history);
        self.play.set_recorder(Some(recorder));
    }

    /// The next chunk of the recording. Compressing and writing it is the caller's work, away from the tick.
    pub fn poll_record(&mut self) -> Option<RawChunk<'_>> {
        self.play.recorder()?.0.poll()
    }

    /// Records which session a player or spectator belongs to. The numbers have a meaning only for the caller.
    pub fn note_session(&mut self, member: impl Into<MemberId>, session: u64, generation: u32, account: Option<u64>) {
        let member = member.into();
        if self.seats.look_at(member).is_some()
            && let Some((recorder, _)) = self.play.recorder()
        {
            recorder.note_session(SessionNote { member, session, generation, account });
        }
    }

    /// Records the match as it is now, and nothing after that: the server stops, and its successor continues from here.
    pub fn suspend_record(&mut self) {
        if let Some((recorder, play)) = self.play.recorder() {
            recorder.suspend(play, &self.stage.history);
        }
    }

    /// Records the whole state again because a polled chunk was lost. The file stays the same.
    pub fn record_again(&mut self) {
        if let Some((recorder, play)) = self.play.recorder() {
            recorder.record_again(play, &self.stage.history);
        }
    }

    /// Ends the recording at the last complete tick, after a panic of the game. The caller must not use the room for anything else
    /// afterwards.
    pub fn fail_record(&mut self, reason: &str) {
        if let Some((recorder, play)) = self.play.recorder() {
            recorder.fail(reason, play);
        }
    }

    /// Ends the recording because the room closes. The last chunks wait in [`Room::poll_record`].
    pub fn end_record(&mut self) {
        if let Some((recorder, play)) = self.play.recorder() {
            recorder.end(play, Ended::RoomClosed);
            recorder.stop();
        }
    }
}

/// A human or spectator whose link ended with the server that recorded the room.
fn held<G: Game>(member: MemberId, follows: PlayerId, config: &RoomConfig<G>, now: Tick) -> Box<Player<G>> {
    let joining = Joining { name: String::new(), plain: false, reliable: true };
    let mut player = Player::new(member, follows, &joining, config, now);
    player.hold();
    Box::new(player)
}
