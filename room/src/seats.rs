//! Who sits where: humans, computer opponents in the seats they leave, and nobody; and who watches from which slot.
//!
//! Seats and slots are numbered apart, by two types: a spectator's number finds no seat.

use shared::{
    MemberId, PlayerId, SpectatorId,
    game::{Bot, Game, Profile, opponent_name},
    limits::SPECTATORS_PER_ROOM_MAX,
    rng::Rng,
};

use crate::{journal::Journal, player::Player};

/// A seat and who has it.
#[derive(Debug)]
pub(crate) enum Seat<G: Game> {
    /// Nobody.
    Empty,
    /// A player at a link.
    Human(Box<Player<G>>),
    /// A computer.
    Opponent(Box<G::Bot>),
}

/// Who is shown one play.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Circle {
    /// Everybody: nobody sees it later than others.
    All,
    /// Those who play.
    Players,
    /// Those who watch.
    Spectators,
}

impl Circle {
    /// Whether a member is one of them.
    pub(crate) fn holds(self, member: MemberId) -> bool {
        match self {
            Self::All => true,
            Self::Players => !member.is_spectator(),
            Self::Spectators => member.is_spectator(),
        }
    }
}

/// All seats and spectator slots of a room.
#[derive(Debug)]
pub(crate) struct Seats<G: Game> {
    seats: Vec<Seat<G>>,
    slots: Vec<Option<Box<Player<G>>>>,
    humans: usize,
    opponents: usize,
    fill: usize,
    rng: Rng,
}

impl<G: Game> Seats<G> {
    /// Empty seats, to be filled up to `fill` players.
    pub(crate) fn new(seats: u16, fill: u16, seed: u64) -> Self {
        let seats = (0..seats).map(|_| Seat::Empty).collect::<Vec<_>>();
        // A game without bots has nobody to fill them with.
        let fill = if G::Bot::BEHAVIORS.is_empty() { 0 } else { usize::from(fill).min(seats.len()) };
        Self { seats, slots: Vec::new(), humans: 0, opponents: 0, fill, rng: Rng::new(seed).fork() }
    }

    /// Human players.
    pub(crate) fn humans(&self) -> usize {
        self.humans
    }

    /// Computer opponents.
    pub(crate) fn opponents(&self) -> usize {
        self.opponents
    }

    /// A seat for one more human: an empty one, or an opponent's. `None` when humans have them all.
    pub(crate) fn make_room(&mut self, play: &mut Journal<G>) -> Option<PlayerId> {
        if self.humans + self.opponents >= self.fill.max(1) && self.opponents > 0 {
            self.dismiss_opponent(play);
        }
        if let Some(seat) = self.seats.iter().position(|seat| matches!(seat, Seat::Empty)) {
            return Some(PlayerId(seat as u16));
        }
        self.dismiss_opponent(play)
    }

    /// Puts a player into an empty seat.
    pub(crate) fn sit(&mut self, id: PlayerId, seat: Seat<G>) {
        self.clear(id);
        self.humans += usize::from(matches!(seat, Seat::Human(_)));
        self.opponents += usize::from(matches!(seat, Seat::Opponent(_)));
        *self.seats.get_mut(id.index()).expect("only seats of the room are taken") = seat;
    }

    /// A slot for one more spectator; `None` when too many watch already.
    pub(crate) fn free_slot(&self) -> Option<SpectatorId> {
        let slot = self.slots.iter().position(Option::is_none).unwrap_or(self.slots.len());
        (slot < SPECTATORS_PER_ROOM_MAX).then_some(SpectatorId(slot as u16))
    }

    /// Puts a spectator into a slot.
    pub(crate) fn watch(&mut self, id: SpectatorId, spectator: Box<Player<G>>) {
        if self.slots.len() <= id.index() {
            self.slots.resize_with(id.index() + 1, || None);
        }
        self.slots[id.index()] = Some(spectator);
    }

    /// Empties a slot.
    pub(crate) fn stop_watching(&mut self, id: SpectatorId) {
        if let Some(slot) = self.slots.get_mut(id.index()) {
            *slot = None;
        }
    }

    /// Spectators.
    pub(crate) fn spectators(&self) -> usize {
        self.slots.iter().flatten().count()
    }

    /// Empties a seat.
    pub(crate) fn clear(&mut self, id: PlayerId) {
        let Some(seat) = self.seats.get_mut(id.index()) else { return };
        match std::mem::replace(seat, Seat::Empty) {
            Seat::Empty => {}
            Seat::Human(_) => self.humans -= 1,
            Seat::Opponent(_) => self.opponents -= 1,
        }
    }

    /// Seats opponents until there are as many players as there should be.
    pub(crate) fn fill(&mut self, play: &mut Journal<G>) {
        if self.humans + self.opponents >= self.fill {
            return;
        }
        let taken: Vec<_> = match self.humans {
            0 => Vec::new(),
            _ => play.roster().iter().filter(|(_, who)| !who.opponent).map(|(_, who)| who.name.clone()).collect(),
        };
        while self.humans + self.opponents < self.fill {
            let Some(seat) = self.seats.iter().position(|seat| matches!(seat, Seat::Empty)) else { return };
            let id = PlayerId(seat as u16);
            let bot = self.next_mind();
            play.join(
                id,
                Profile { name: opponent_name(G::Bot::NAMES, seat, self.seats.len(), &taken), opponent: true },
            );
            self.sit(id, Seat::Opponent(Box::new(bot)));
        }
    }

    /// A new mind for an opponent.
    pub(crate) fn next_mind(&mut self) -> G::Bot {
        G::Bot::new(G::Bot::OPPONENT, self.rng.next_u64())
    }

    /// Every opponent begins to think anew, with what it remembers gone.
    pub(crate) fn renew_minds(&mut self) {
        let Self { seats, rng, .. } = self;
        for seat in seats {
            if let Seat::Opponent(opponent) = seat {
                **opponent = G::Bot::new(G::Bot::OPPONENT, rng.next_u64());
            }
        }
    }

    /// The human in a seat or a slot.
    pub(crate) fn human(&mut self, id: MemberId) -> Option<&mut Player<G>> {
        match id {
            MemberId::Player(id) => match self.seats.get_mut(id.index())? {
                Seat::Human(player) => Some(player),
                Seat::Empty | Seat::Opponent(_) => None,
            },
            MemberId::Spectator(id) => self.slots.get_mut(id.index())?.as_deref_mut(),
        }
    }

    /// The human in a seat or a slot, to be read.
    pub(crate) fn look_at(&self, id: MemberId) -> Option<&Player<G>> {
        match id {
            MemberId::Player(id) => match self.seats.get(id.index())? {
                Seat::Human(player) => Some(player),
                Seat::Empty | Seat::Opponent(_) => None,
            },
            MemberId::Spectator(id) => self.slots.get(id.index())?.as_deref(),
        }
    }

    /// Whether a human has a seat.
    pub(crate) fn is_human(&self, id: PlayerId) -> bool {
        matches!(self.seats.get(id.index()), Some(Seat::Human(_)))
    }

    /// Whether a human has a seat and a link.
    pub(crate) fn is_listening(&self, id: PlayerId) -> bool {
        matches!(self.seats.get(id.index()), Some(Seat::Human(player)) if !player.held)
    }

    /// Whether a human or spectator is awaited.
    pub(crate) fn is_held(&self, id: MemberId) -> bool {
        self.look_at(id).is_some_and(|human| human.held)
    }

    /// Humans and spectators who are awaited.
    pub(crate) fn held(&self) -> usize {
        self.iter_humans().filter(|(_, human)| human.held).count()
    }

    /// Those who have a link and nothing to be shown yet.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = MemberId> {
        self.iter_humans().filter(|(_, human)| human.waiting && !human.held).map(|(id, _)| id)
    }

    /// Every seat with its number.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (PlayerId, &mut Seat<G>)> {
        (0..).map(PlayerId).zip(&mut self.seats)
    }

    /// Humans, then spectators, who have a link, and what they have been told.
    pub(crate) fn listeners(&self) -> impl Iterator<Item = (MemberId, &Player<G>)> {
        self.iter_humans().filter(|(_, human)| human.is_told())
    }

    fn iter_humans(&self) -> impl Iterator<Item = (MemberId, &Player<G>)> {
        let seated = (0..).map(PlayerId).zip(&self.seats).filter_map(|(id, seat)| match seat {
            Seat::Human(player) => Some((id.into(), &**player)),
            _ => None,
        });
        let watching = (0..).map(SpectatorId).zip(&self.slots);
        seated.chain(watching.filter_map(|(id, spectator)| Some((id.into(), spectator.as_deref()?))))
    }

    /// The humans, beginning at some seat and going once around, and then the spectators.
    pub(crate) fn humans_from(&mut self, start: usize) -> impl Iterator<Item = (MemberId, &mut Player<G>)> {
        let start = start % self.seats.len();
        let (before, after) = self.seats.split_at_mut(start);
        let after = (start as u16..).map(PlayerId).zip(after);
        let before = (0..).map(PlayerId).zip(before);
        let seated = after.chain(before).filter_map(|(id, seat)| match seat {
            Seat::Human(player) => Some((id.into(), &mut **player)),
            _ => None,
        });
        let watching = (0..).map(SpectatorId).zip(&mut self.slots);
        seated.chain(watching.filter_map(|(id, spectator)| Some((id.into(), spectator.as_deref_mut()?))))
    }

    fn dismiss_opponent(&mut self, play: &mut Journal<G>) -> Option<PlayerId> {
        // The last one: seats and ids in use stay low.
        let seat = self.seats.iter().rposition(|seat| matches!(seat, Seat::Opponent(_)))?;
        let id = PlayerId(seat as u16);
        self.clear(id);
        play.leave(id);
        Some(id)
    }
}
