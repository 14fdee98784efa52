//! The players of a room: the name in each seat, and whether a computer plays it.

use shared::{PlayerId, game::Profile};

/// A list of seats, each free or with the profile of its player.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Roster {
    seats: Vec<Option<Profile>>,
    taken: usize,
}

impl Roster {
    /// A roster with this many empty seats.
    pub(crate) fn new(seats: u16) -> Self {
        Self { seats: vec![None; seats.into()], taken: 0 }
    }

    /// Number of seats, free ones included.
    pub fn seats(&self) -> u16 {
        self.seats.len() as u16
    }

    /// Number of seats that are taken.
    pub fn taken(&self) -> usize {
        self.taken
    }

    /// Profile of the player in a seat; `None` if the seat is free.
    pub fn get(&self, player: PlayerId) -> Option<&Profile> {
        self.seats.get(player.index())?.as_ref()
    }

    /// All players, in the order of seats.
    pub fn iter(&self) -> impl Iterator<Item = (PlayerId, &Profile)> {
        (0..).map(PlayerId).zip(&self.seats).filter_map(|(player, profile)| Some((player, profile.as_ref()?)))
    }

    /// Numbers of the taken seats, ascending.
    pub fn players(&self) -> impl Iterator<Item = PlayerId> {
        self.iter().map(|(player, _)| player)
    }

    /// Puts a player into a seat, or frees the seat; false if there is no such seat.
    pub(crate) fn set(&mut self, player: PlayerId, profile: Option<Profile>) -> bool {
        let Some(seat) = self.seats.get_mut(player.index()) else { return false };
        self.taken -= usize::from(seat.is_some());
        self.taken += usize::from(profile.is_some());
        *seat = profile;
        true
    }
}
