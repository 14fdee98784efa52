//! The room and its recording: begin, poll, checkpoint, end.

use arena::rules::world::{Trail, World, WorldConfig};
use shared::{MemberId, PlayerId, SpectatorId, Tick};

use crate::{
    Joining, Room, RoomConfig,
    chance::Chance,
    journal::Journal,
    opponent::Opponent,
    player::Player,
    record::{About, Ended, RawChunk, RecordOptions, Recorder, SessionNote},
    seats::{Seat, Seats},
    stage::Stage,
};

impl Room {
    /// Opens a room in the middle of a match that was recorded. What the recording says of seats, mode and limits counts,
    /// not the configuration, whose tick rate must be the recorded one. Humans are held until they are resumed or leave;
    /// opponents have new minds. `seed` decides the matches after this one.
    ///
    /// # Panics
    /// When the configuration has no map or another tick rate.
    pub fn restore(config: RoomConfig, world: World, trail: &Trail, seed: u64) -> Self {
        assert!(!config.maps.is_empty(), "a room needs a map");
        assert_eq!(config.tick_rate, world.terrain().rules.tick_rate, "a room keeps its tick rate");
        let WorldConfig { seats, mode, score_limit, match_secs, warm_up_secs, results_secs } = *world.config();
        let config = RoomConfig { seats, mode, score_limit, match_secs, warm_up_secs, results_secs, ..config };
        let present = &world.terrain().map.name;
        let map_index = config.maps.iter().position(|map| map.name == *present).unwrap_or(0);
        let mut stage = Stage::new(&config, &world, map_index);
        stage.history.restore(&world, trail);
        let chance = Chance::new(seed);
        let mut seats = Seats::new(config.seats, config.fill, chance.minds());
        for info in world.roster() {
            let seat = match info.opponent {
                true => Seat::Opponent(Box::new(Opponent::new(seats.next_seed()))),
                false => Seat::Human(held(info.player.into(), info.player, &config, world.tick())),
            };
            seats.sit(info.player, seat);
        }
        Self::around(Journal::new(world), config, chance, seats, stage)
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
        let recorder = Recorder::new(about, options, &self.world, &self.stage.history);
        self.world.set_recorder(Some(recorder));
    }

    /// The next chunk of the recording, to be packed and written by somebody with time.
    pub fn poll_record(&mut self) -> Option<RawChunk<'_>> {
        self.world.recorder()?.0.poll()
    }

    /// Records whose session a player or spectator is, in numbers that mean something to the shell alone.
    pub fn note_session(&mut self, member: impl Into<MemberId>, session: u64, generation: u32, account: Option<u64>) {
        let member = member.into();
        if self.seats.look_at(member).is_some()
            && let Some((recorder, _)) = self.world.recorder()
        {
            recorder.note_session(SessionNote { member, session, generation, account });
        }
    }

    /// Records the world as it is now and nothing after that: the server ends, and the next one goes on from here.
    pub fn suspend_record(&mut self) {
        if let Some((recorder, world)) = self.world.recorder() {
            recorder.suspend(world, &self.stage.history);
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

/// Somebody whose link ended with the server that recorded the room.
fn held(member: MemberId, follows: PlayerId, config: &RoomConfig, now: Tick) -> Box<Player> {
    let joining = Joining { name: String::new(), plain: false, reliable: true };
    let mut player = Player::new(member, follows, &joining, config, now);
    player.hold();
    Box::new(player)
}
