//! Spectators: how they join, which player they watch, and with which delay.

use shared::{MemberId, PlayerId, SpectatorId, Tick, game::Game};

use crate::{
    JoinError, Joining, Room,
    crowd::Crowd,
    delayed::{Turn, WorldCopy},
    play::Told,
    player::Player,
    seats::Circle,
    stage::next_to_watch,
    telling::tell_map,
};

impl<G: Game> Room<G> {
    /// Adds a spectator. It first watches the player in the lowest taken seat, and when that player leaves, the player in the next one. A
    /// spectator has a slot and no seat: it controls nothing, and its inputs only carry acknowledgements. Where there is a spectator
    /// delay, the first spectator gets its welcome within about a second, as soon as the delayed world has caught up.
    ///
    /// # Errors
    /// [`JoinError::Crowded`] when all spectator slots are taken, [`JoinError::TooEarly`] while the room is younger than the delay.
    pub fn spectate(&mut self, joining: &Joining) -> Result<SpectatorId, JoinError> {
        let delay_secs = self.config.spectator_delay_secs;
        if self.play.backlog().is_some_and(|backlog| backlog.due().is_none()) {
            return Err(JoinError::TooEarly { delay_secs });
        }
        let crowded = JoinError::Crowded { spectators: self.seats.spectators() };
        let slot = self.seats.free_slot().ok_or(crowded)?;
        let play = self.copy.as_ref().map_or(&*self.play, |copy| &copy.world);
        // No seat follows the highest number, so the search starts again at the first seat.
        let follows = next_to_watch(play.roster(), PlayerId(u16::MAX)).unwrap_or(PlayerId(0));
        let spectator = Player::new(slot.into(), follows, joining, &self.config, self.now_of(slot.into()));
        self.seats.watch(slot, Box::new(spectator));
        self.greet(slot.into());
        Ok(slot)
    }

    /// Changes the player that a spectator watches. It has no effect if the game gives that player no viewpoint, as for an empty seat.
    pub fn watch(&mut self, spectator: SpectatorId, player: PlayerId) {
        let play = self.copy.as_ref().map_or(&*self.play, |copy| &copy.world);
        let is_there = play.game().viewpoint(player, play.map()).is_some();
        if is_there && let Some(human) = self.seats.human(spectator.into()) {
            human.replica.follow(player);
        }
    }

    /// The newest tick that a member may know: for spectators, the tick of the world that they are shown.
    pub fn now_of(&self, member: MemberId) -> Tick {
        let copy = self.copy.as_ref().filter(|_| member.is_spectator());
        copy.map_or_else(|| self.now(), |copy| copy.world.tick())
    }

    /// Spectator delay, seconds; 0 for no delay.
    pub fn spectator_delay_secs(&self) -> u32 {
        self.config.spectator_delay_secs
    }

    pub(crate) fn is_shown_late(&self) -> bool {
        self.play.backlog().is_some()
    }

    /// The members that are shown the room's own world.
    pub(crate) fn live_circle(&self) -> Circle {
        if self.is_shown_late() { Circle::Players } else { Circle::All }
    }

    /// Marks a spectator as waiting until there is something to show.
    pub(crate) fn let_wait(&mut self, member: MemberId) {
        if let Some(human) = self.seats.human(member) {
            human.waiting = true;
        }
    }

    /// Sends the server's announcements to spectators at once: announcements do not depend on the delayed world.
    pub(crate) fn announce_late(&mut self) {
        let Some(copy) = self.copy.as_ref().filter(|copy| copy.is_caught_up()) else { return };
        if self.announcements.is_empty() {
            return;
        }
        let mut crowd = Crowd::new(&mut self.outbox, &self.seats, Circle::Spectators, copy.world.tick());
        self.announcements.iter().for_each(|line| crowd.tell_all(Told::Room(line.clone())));
        crowd.finish();
    }

    /// Shows spectators the delayed world, if there is a spectator delay.
    pub(crate) fn show_late(&mut self) {
        if self.seats.spectators() == 0 {
            self.copy = None;
        } else if self.is_shown_late() {
            self.show_copy();
        }
        let copied = self.copy.as_ref().map(|copy| copy.steps());
        self.play.settle_backlog(&self.stage.history, copied);
    }

    fn show_copy(&mut self) {
        let Some(backlog) = self.play.backlog() else { return };
        let Some(due) = backlog.due() else { return };
        let copy = self.copy.get_or_insert_with(|| Box::new(WorldCopy::new(backlog, &self.config)));
        match copy.turn(due, backlog, &self.config) {
            Turn::CatchingUp => {}
            Turn::CaughtUp => self.welcome_waiting(),
            // Snapshots start with the next tick.
            Turn::Ticked { new_map: Some(true), .. } => {
                let now = copy.world.tick();
                copy.world.forget_told();
                self.begin_ticks_anew(Circle::Spectators, now);
            }
            Turn::Ticked { new_map, lines } => {
                let Self { seats, outbox, stats, reduction, .. } = self;
                let WorldCopy { world: play, stage, .. } = &mut **copy;
                let circle = Circle::Spectators;
                if new_map.is_some() {
                    // The first tick on the new map is already made.
                    tell_map(play, play.tick().minus(1), seats, circle, outbox);
                }
                let mut crowd = Crowd::new(outbox, seats, circle, play.tick());
                lines.into_iter().for_each(|line| crowd.tell_all(Told::Room(line)));
                while let Some((audience, told)) = play.poll() {
                    crowd.tell(audience, told);
                }
                crowd.finish();
                if stage.history.breach().is_none() {
                    stage.replicate(play, seats, circle, *reduction, outbox, stats);
                }
            }
        }
    }

    /// Welcomes the spectators that waited until the delayed world had caught up.
    fn welcome_waiting(&mut self) {
        let waiting: Vec<MemberId> = self.seats.waiting().collect();
        let Some(now) = self.copy.as_ref().map(|copy| copy.world.tick()) else { return };
        for member in waiting {
            if let Some(human) = self.seats.human(member) {
                human.begin(&self.config, now);
            }
            self.greet(member);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::VecDeque, sync::Arc};

    use arena::{
        input::{Buttons, Heading, Input},
        map::{file, shipped},
        rules::{Terrain, World},
        settings::Settings,
    };
    use shared::{
        TickRate,
        limits::TICK_RENUMBER,
        rng::Rng,
        wire::{Ack, InputMessage},
    };

    use super::*;
    use crate::RoomConfig;

    const DELAY_SECS: u32 = 2;
    const HZ: u32 = 30;

    fn joining() -> Joining {
        Joining { name: "x".to_owned(), plain: false, reliable: true }
    }

    /// A room in which all kinds of changes to a world happen: fights, joins, leaves, ended matches, map changes.
    struct Busy {
        room: Room<World>,
        rng: Rng,
        players: Vec<PlayerId>,
        /// Hashes of the last ticks, the newest last.
        hashes: VecDeque<u64>,
    }

    impl Busy {
        fn new(seed: u64) -> Self {
            Self::starting_at(Tick(0), seed)
        }

        fn starting_at(start_tick: Tick, seed: u64) -> Self {
            let rate = TickRate::new(HZ as u16).expect("allowed");
            let map = |(name, text)| Terrain::new(Arc::new(file::parse(name, text).expect("valid")), rate);
            let maps: Vec<_> = shipped().map(map).collect();
            let config = RoomConfig {
                seats: 8,
                fill: 5,
                spectator_delay_secs: DELAY_SECS,
                start_tick,
                settings: Settings { warm_up_secs: 1, match_secs: 7, results_secs: 1, ..Settings::default() },
                maps: maps.clone(),
                ..RoomConfig::new(maps[0].clone(), rate)
            };
            Self { room: Room::new(config, seed), rng: Rng::new(seed), players: Vec::new(), hashes: VecDeque::new() }
        }

        fn tick(&mut self) {
            let Self { room, rng, players, hashes } = self;
            if rng.chance(1, 40)
                && let Ok(player) = room.join(joining())
            {
                players.push(player);
            }
            if rng.chance(1, 60) && !players.is_empty() {
                room.leave(players.swap_remove(rng.below(players.len() as u32) as usize));
            }
            if rng.chance(1, 300) {
                room.end_match();
            }
            if rng.chance(1, 300) {
                room.change_map(rng.below(2) as usize);
            }
            for &player in players.iter() {
                let heading = Heading::from_aim(rng.below(1_024) as u16);
                let input = Input { heading, aim: rng.below(1_024) as u16, buttons: Buttons::FIRE };
                let ack = Ack { newest: room.now(), missing: 0 };
                room.handle_input(player, &InputMessage::new(room.now().next(), ack, rng.below(24) as u8, [input]), 0);
            }
            room.tick();
            while room.poll_output().is_some() {}
            hashes.push_back(room.game().hash());
        }

        /// Makes ticks, and compares the world that spectators are shown with the room's own world at that time. Returns the number of
        /// comparisons after the copy has caught up.
        fn run(&mut self, ticks: u32) -> u32 {
            let mut compared = 0;
            for _ in 0..ticks {
                self.tick();
                let Some(copy) = self.room.copy.as_ref() else { continue };
                let age = self.hashes.len() - copy.steps() as usize;
                assert!(age >= (DELAY_SECS * HZ) as usize, "the copy is never younger than the delay");
                if copy.is_caught_up() {
                    assert_eq!(age, (DELAY_SECS * HZ) as usize);
                    compared += 1;
                }
                assert_eq!(copy.world.game().hash(), self.hashes[self.hashes.len() - 1 - age], "{age} ticks ago");
            }
            compared
        }
    }

    #[test]
    fn copy_is_the_world_of_then_whatever_happens() {
        for seed in 0..4 {
            let mut busy = Busy::new(seed);
            busy.run(DELAY_SECS * HZ + 100 + 40 * seed as u32);
            for _ in 0..3 {
                let spectator = busy.room.spectate(&joining()).expect("the room is old enough");
                let compared = busy.run(600);
                assert!(compared > 550, "it catches up within a second: {compared}");
                busy.room.leave(spectator);
                busy.run(50);
                assert!(busy.room.copy.is_none(), "nobody watches");
            }
        }
    }

    #[test]
    fn copy_numbers_its_ticks_anew_when_its_time_has_come() {
        let mut busy = Busy::starting_at(Tick(TICK_RENUMBER - 150), 3);
        busy.run(100);
        let spectator = busy.room.spectate(&joining()).expect("the room is old enough").into();
        let mut ticks = Vec::new();
        for _ in 0..600 {
            busy.run(1);
            ticks.push((busy.room.now(), busy.room.now_of(spectator)));
        }
        let anew = |of: fn(&(Tick, Tick)) -> Tick| ticks.windows(2).position(|pair| of(&pair[1]) < of(&pair[0]));
        let (room, copy) = (anew(|pair| pair.0), anew(|pair| pair.1));
        assert_eq!(copy.zip(room).map(|(copy, room)| copy - room), Some((DELAY_SECS * HZ) as usize));
    }

    #[test]
    fn room_younger_than_the_delay_has_nothing_to_show() {
        let mut busy = Busy::new(1);
        busy.run(DELAY_SECS * HZ - 1);
        assert_eq!(busy.room.spectate(&joining()), Err(JoinError::TooEarly { delay_secs: DELAY_SECS }));
        busy.run(1);
        assert!(busy.room.spectate(&joining()).is_ok());
    }

    #[test]
    fn backlog_is_as_long_as_the_delay_and_a_keyframe_and_not_longer() {
        let mut busy = Busy::new(2);
        busy.run(1_000);
        let backlog = busy.room.play.backlog().expect("spectators see the room later");
        let (keyframes, frames) = backlog.len();
        assert!(keyframes <= 3 && frames <= ((DELAY_SECS + 4 + 1) * HZ) as usize, "{keyframes} {frames}");
    }
}
