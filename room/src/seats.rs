//! Seats with humans, computer opponents or nobody, and slots with spectators.
//!
//! Seats and slots have separate numbers of two types, so a spectator's number never finds a seat.

use shared::{
    MemberId, PlayerId, SpectatorId,
    game::{Bot, Game, Profile, opponent_name},
    limits::SPECTATORS_PER_ROOM_MAX,
    rng::Rng,
};

use crate::{journal::Journal, player::Player};

/// One seat and its player.
#[derive(Debug)]
pub(crate) enum Seat<G: Game> {
    /// A free seat.
    Empty,
    /// A human player; its link may be lost for the moment.
    Human(Box<Player<G>>),
    /// A computer opponent.
    Opponent(Box<G::Bot>),
}

/// The members that are shown one world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Circle {
    /// All members: no spectator sees the world later.
    All,
    /// The players alone.
    Players,
    /// The spectators alone.
    Spectators,
}

impl Circle {
    /// True if the member belongs to this circle.
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
    /// Empty seats. [`Seats::fill`] fills them up to `fill` players.
    pub(crate) fn new(seats: u16, fill: u16, seed: u64) -> Self {
        let seats = (0..seats).map(|_| Seat::Empty).collect::<Vec<_>>();
        // A game without bots has no opponents to fill the seats with.
        let fill = if G::Bot::BEHAVIORS.is_empty() { 0 } else { usize::from(fill).min(seats.len()) };
        Self { seats, slots: Vec::new(), humans: 0, opponents: 0, fill, rng: Rng::new(seed).fork() }
    }

    /// Number of human players.
    pub(crate) fn humans(&self) -> usize {
        self.humans
    }

    /// Number of computer opponents.
    pub(crate) fn opponents(&self) -> usize {
        self.opponents
    }

    /// Finds a seat for one more human, an empty one or an opponent's. `None` when humans have all seats.
    pub(crate) fn make_room(&mut self, play: &mut Journal<G>) -> Option<PlayerId> {
        if self.humans + self.opponents >= self.fill.max(1) && self.opponents > 0 {
            self.dismiss_opponent(play);
        }
        if let Some(seat) = self.seats.iter().position(|seat| matches!(seat, Seat::Empty)) {
            return Some(PlayerId(seat as u16));
        }
        self.dismiss_opponent(play)
    }

    /// Puts a human or an opponent into a seat, which becomes free first.
    pub(crate) fn sit(&mut self, id: PlayerId, seat: Seat<G>) {
        self.clear(id);
        self.humans += usize::from(matches!(seat, Seat::Human(_)));
        self.opponents += usize::from(matches!(seat, Seat::Opponent(_)));
        *self.seats.get_mut(id.index()).expect("only seats of the room are taken") = seat;
    }

    /// Finds a slot for one more spectator; `None` when the room has its maximum of spectators.
    pub(crate) fn free_slot(&self) -> Option<SpectatorId> {
        let slot = self.slots.iter().position(Option::is_none).unwrap_or(self.slots.len());
        (slot < SPECTATORS_PER_ROOM_MAX).then_some(SpectatorId(slot as u16))
    }

    pub(crate) fn watch(&mut self, id: SpectatorId, spectator: Box<Player<G>>) {
        if self.slots.len() <= id.index() {
            self.slots.resize_with(id.index() + 1, || None);
        }
        self.slots[id.index()] = Some(spectator);
    }

    pub(crate) fn stop_watching(&mut self, id: SpectatorId) {
        if let Some(slot) = self.slots.get_mut(id.index()) {
            *slot = None;
        }
    }

    /// Number of spectators.
    pub(crate) fn spectators(&self) -> usize {
        self.slots.iter().flatten().count()
    }

    pub(crate) fn clear(&mut self, id: PlayerId) {
        let Some(seat) = self.seats.get_mut(id.index()) else { return };
        match std::mem::replace(seat, Seat::Empty) {
            Seat::Empty => {}
            Seat::Human(_) => self.humans -= 1,
            Seat::Opponent(_) => self.opponents -= 1,
        }
    }

    /// Adds opponents until the room has as many players as it should have.
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

    /// The state of a new opponent.
    pub(crate) fn next_mind(&mut self) -> G::Bot {
        G::Bot::new(G::Bot::OPPONENT, self.rng.next_u64())
    }

    /// Restarts every opponent without its memory.
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

    /// Like [`Seats::human`], for reading.
    pub(crate) fn look_at(&self, id: MemberId) -> Option<&Player<G>> {
        match id {
            MemberId::Player(id) => match self.seats.get(id.index())? {
                Seat::Human(player) => Some(player),
                Seat::Empty | Seat::Opponent(_) => None,
            },
            MemberId::Spectator(id) => self.slots.get(id.index())?.as_deref(),
        }
    }

    /// True if a human has this seat, with or without a link.
    pub(crate) fn is_human(&self, id: PlayerId) -> bool {
        matches!(self.seats.get(id.index()), Some(Seat::Human(_)))
    }

    /// True if a human has this seat and a link.
    pub(crate) fn is_listening(&self, id: PlayerId) -> bool {
        matches!(self.seats.get(id.index()), Some(Seat::Human(player)) if !player.held)
    }

    /// True if this player or spectator has no link and may resume.
    pub(crate) fn is_held(&self, id: MemberId) -> bool {
        self.look_at(id).is_some_and(|human| human.held)
    }

    /// Number of players and spectators without a link who may resume.
    pub(crate) fn held(&self) -> usize {
        self.iter_humans().filter(|(_, human)| human.held).count()
    }

    /// Members that have a link, but that the room has nothing to show to yet.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = MemberId> {
        self.iter_humans().filter(|(_, human)| human.waiting && !human.held).map(|(id, _)| id)
    }

    /// All seats with their numbers.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (PlayerId, &mut Seat<G>)> {
        (0..).map(PlayerId).zip(&mut self.seats)
    }

    /// Humans, then spectators, that the room sends messages to at the moment.
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

    /// The humans, from seat `start` on and once around, then the spectators.
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
        // The last opponent, so that the seats and ids in use stay low.
        let seat = self.seats.iter().rposition(|seat| matches!(seat, Seat::Opponent(_)))?;
        let id = PlayerId(seat as u16);
        self.clear(id);
        play.leave(id);
        Some(id)
    }
}
