//! The room and its recording: begin, poll, checkpoint, end.

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
    /// Opens a room in the middle of a match that was recorded. What the recording says of seats and settings counts, not the
    /// configuration, whose tick rate must be the recorded one. Humans are held until they are resumed or leave; opponents have new
    /// minds. `seed` decides the matches after this one.
    ///
    /// # Panics
    /// When the configuration has no map or another tick rate.
    pub fn restore(config: RoomConfig<G>, play: Play<G>, trail: &Trail<G::Entity>, seed: u64) -> Self {
        assert!(!config.maps.is_empty(), "a room needs a map");
        let Setup { settings, tick_rate, seats } = play.setup().clone();
        assert_eq!(config.tick_rate, tick_rate, "a room keeps its tick rate");
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

    /// Gives a spectator of the room that was recorded its slot back, in which it is held until it is resumed or leaves.
    /// It watches the lowest seat.
    pub fn restore_spectator(&mut self, spectator: SpectatorId) {
        let spectator_of = held(spectator.into(), self.lowest_player(), &self.config, self.now());
        self.seats.watch(spectator, spectator_of);
    }

    /// Records everything from now on; the chunks wait in [`Room::poll_record`].
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

    /// The next chunk of the recording, to be packed and written by somebody with time.
    pub fn poll_record(&mut self) -> Option<RawChunk<'_>> {
        self.play.recorder()?.0.poll()
    }

    /// Records whose session a player or spectator is, in numbers that mean something to the shell alone.
    pub fn note_session(&mut self, member: impl Into<MemberId>, session: u64, generation: u32, account: Option<u64>) {
        let member = member.into();
        if self.seats.look_at(member).is_some()
            && let Some((recorder, _)) = self.play.recorder()
        {
            recorder.note_session(SessionNote { member, session, generation, account });
        }
    }

    /// Records the match as it is now and nothing after that: the server ends, and the next one goes on from here.
    pub fn suspend_record(&mut self) {
        if let Some((recorder, play)) = self.play.recorder() {
            recorder.suspend(play, &self.stage.history);
        }
    }

    /// Records everything anew because some of what was polled got lost. The file stays the same.
    pub fn record_again(&mut self) {
        if let Some((recorder, play)) = self.play.recorder() {
            recorder.record_again(play, &self.stage.history);
        }
    }

    /// Ends the recording after a panic of the game, with the last whole tick. The room must not be used for anything else afterwards.
    pub fn fail_record(&mut self, reason: &str) {
        if let Some((recorder, play)) = self.play.recorder() {
            recorder.fail(reason, play);
        }
    }

    /// Ends the recording: the room closes. What is left waits in [`Room::poll_record`]; nothing follows it.
    pub fn end_record(&mut self) {
        if let Some((recorder, play)) = self.play.recorder() {
            recorder.end(play, Ended::RoomClosed);
            recorder.stop();
        }
    }
}

/// Somebody whose link ended with the server that recorded the room.
fn held<G: Game>(member: MemberId, follows: PlayerId, config: &RoomConfig<G>, now: Tick) -> Box<Player<G>> {
    let joining = Joining { name: String::new(), plain: false, reliable: true };
    let mut player = Player::new(member, follows, &joining, config, now);
    player.hold();
    Box::new(player)
}
