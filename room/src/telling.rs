//! Messages to members in addition to snapshots: events, chat, map changes, and the whole state for a new member.

use shared::{
    MemberId, Tick,
    game::{Audience, Game},
    limits::MAP_CHANGE_SECS_MIN,
    wire::Event,
};

use crate::{
    Room,
    crowd::Crowd,
    output::Outbox,
    play::{Play, Told},
    seats::{Circle, Seats},
    stage::{Stage, interest_px},
};

impl<G: Game> Room<G> {
    pub(crate) fn tell_events(&mut self) {
        let (circle, tick) = (self.live_circle(), self.play.tick());
        self.announce_late();
        let mut crowd = Crowd::new(&mut self.outbox, &self.seats, circle, self.play.tick());
        for announcement in self.announcements.drain(..) {
            crowd.tell_all(Told::Room(announcement));
        }
        let listeners = self.seats.listeners().count();
        let (mut refused, mut said) = (Vec::new(), Vec::new());
        self.chat.take(
            self.play.tick(),
            listeners,
            |line| said.push(Event::Chat { from: Some(line.from), text: line.text }),
            |player| refused.push(player),
        );
        for line in said {
            self.play.note_line(&line);
            crowd.tell_all(Told::Room(line));
        }
        for player in refused {
            let text = CHAT_REFUSED.to_owned();
            crowd.tell(Audience::Players([Some(player), None]), Told::Room(Event::Chat { from: None, text }));
        }
        while let Some((audience, told)) = self.play.poll_told() {
            if let Some(tape) = &mut self.tape {
                tape.note(tick, audience, &told);
            }
            crowd.tell(audience, told);
        }
        crowd.finish();
    }

    /// Changes to the next map once the match is over, or to the map that [`Room::change_map`] asked for.
    pub(crate) fn change_map_if_over(&mut self) {
        if !self.play.is_over() && self.next_map.is_none() {
            return;
        }
        // Map changes in quick succession wait.
        let rest = MAP_CHANGE_SECS_MIN * u32::from(self.config.tick_rate.hz());
        if self.map_changed.is_some_and(|changed| self.now().since(changed) < rest) {
            return;
        }
        let following = (self.stage.map_index + 1) % self.config.maps.len();
        let map_index = self.next_map.take().unwrap_or(following);
        let before = self.now();
        self.stats.matches += 1;
        self.play.restart(self.config.maps[map_index].clone(), self.chance.next_match());
        // In the tick numbers that are valid from here on.
        self.map_changed = Some(self.now());
        self.stage = Stage::new(&self.config, &self.play, map_index);
        let circle = self.live_circle();
        if self.now() < before {
            self.seats.renew_minds();
            return self.begin_ticks_anew(circle, self.now());
        }
        tell_map(&self.play, self.play.tick(), &mut self.seats, circle, &mut self.outbox);
    }

    /// Renumbers the ticks: everything that remembers a tick forgets it, and the members in `circle` get a new welcome. They start after
    /// tick `now`.
    pub(crate) fn begin_ticks_anew(&mut self, circle: Circle, now: Tick) {
        let (rate, mut listeners) = (self.config.tick_rate, Vec::new());
        for (member, human) in self.seats.humans_from(0).filter(|&(member, _)| circle.holds(member)) {
            human.change_map(rate);
            human.begin_ticks_anew(now);
            if human.is_told() {
                listeners.push(member);
            }
        }
        for member in listeners {
            self.greet(member);
        }
    }

    /// Sends a member its whole state: welcome, map, names, state of the match.
    pub(crate) fn greet(&mut self, member: MemberId) {
        let play = match (&self.copy, member.is_spectator() && self.is_shown_late()) {
            (_, false) => &*self.play,
            (Some(copy), true) if copy.is_caught_up() => &copy.world,
            // `show_copy` greets the member as soon as there is something to show.
            (_, true) => return self.let_wait(member),
        };
        let Some(epoch) = self.seats.human(member).map(|human| human.replica.epoch()) else { return };
        self.outbox.recycle();
        let mut crowd = Crowd::new(&mut self.outbox, &self.seats, Circle::All, play.tick());
        crowd.greet(member, &self.config, interest_px(&self.config, play), epoch, play);
    }
}

/// Sends everybody in `circle` the map on which `play` continues after the tick `before`. State that members acknowledged until then no
/// longer counts.
pub(crate) fn tell_map<G: Game>(
    play: &Play<G>,
    before: Tick,
    seats: &mut Seats<G>,
    circle: Circle,
    outbox: &mut Outbox,
) {
    let rate = play.setup().tick_rate;
    for (_, player) in seats.humans_from(0).filter(|&(member, _)| circle.holds(member)) {
        player.change_map(rate);
    }
    Crowd::new(outbox, seats, circle, before).tell_map(play.map());
}

/// Notice to the author of a chat line that the room has refused.
const CHAT_REFUSED: &str = "too many players are chatting: this line was not sent";
