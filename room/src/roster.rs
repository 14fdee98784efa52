//! Who has a seat: names, and whether a computer plays.

use shared::{PlayerId, game::Profile};

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Roster {
    seats: Vec<Option<Profile>>,
    taken: usize,
}

impl Roster {
    /// So many empty seats.
    pub(crate) fn new(seats: u16) -> Self {
        Self { seats: vec![None; seats.into()], taken: 0 }
    }

    /// All seats, taken or not.
    pub fn seats(&self) -> u16 {
        self.seats.len() as u16
    }

    /// How many seats are taken.
    pub fn taken(&self) -> usize {
        self.taken
    }

    /// Who has a seat, if somebody has.
    pub fn get(&self, player: PlayerId) -> Option<&Profile> {
        self.seats.get(player.index())?.as_ref()
    }

    /// Everyone, by seat.
    pub fn iter(&self) -> impl Iterator<Item = (PlayerId, &Profile)> {
        (0..).map(PlayerId).zip(&self.seats).filter_map(|(player, profile)| Some((player, profile.as_ref()?)))
    }

    /// Seats that are taken, by number.
    pub fn players(&self) -> impl Iterator<Item = PlayerId> {
        self.iter().map(|(player, _)| player)
    }

    /// Gives a seat to somebody, or frees it; false where there is no such seat.
    pub(crate) fn set(&mut self, player: PlayerId, profile: Option<Profile>) -> bool {
        let Some(seat) = self.seats.get_mut(player.index()) else { return false };
        self.taken -= usize::from(seat.is_some());
        self.taken += usize::from(profile.is_some());
        *seat = profile;
        true
    }
}
