//! The players of the room, as the server announced them, and which of them this client has muted.

use std::collections::{BTreeMap, BTreeSet};

use shared::{PlayerId, game::Profile, wire::Event};

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    players: BTreeMap<PlayerId, Profile>,
    /// Seats whose chat lines are hidden.
    muted: BTreeSet<PlayerId>,
}

impl Roster {
    /// Handles an event. Returns the seat if its player has changed or left: what was known of that player no longer counts.
    pub fn handle_event(&mut self, event: &Event) -> Option<PlayerId> {
        match event {
            &Event::Joined { player, ref name, opponent } => {
                if self.get(player).is_some_and(|known| known.name == *name && known.opponent == opponent) {
                    return None;
                }
                // Another player has the seat, even if the event of the leave was missed.
                self.muted.remove(&player);
                self.players.insert(player, Profile { name: name.clone(), opponent });
                Some(player)
            }
            &Event::Left(player) => {
                self.players.remove(&player);
                self.muted.remove(&player);
                Some(player)
            }
            Event::Chat { .. } => None,
        }
    }

    /// Mutes or unmutes the chat of a player. This concerns the player in that seat, not a name: the next player of the seat is not muted.
    pub fn set_muted(&mut self, player: PlayerId, muted: bool) {
        if !muted {
            self.muted.remove(&player);
        } else if self.players.contains_key(&player) {
            self.muted.insert(player);
        }
    }

    /// Returns true for a chat line of a player who is muted here.
    pub fn hides(&self, event: &Event) -> bool {
        matches!(event, Event::Chat { from: Some(player), .. } if self.muted.contains(player))
    }

    /// All players, in the order of seats.
    pub fn iter(&self) -> impl Iterator<Item = (PlayerId, &Profile)> {
        self.players.iter().map(|(player, profile)| (*player, profile))
    }

    /// The player in a seat, if it is taken.
    pub fn get(&self, player: PlayerId) -> Option<&Profile> {
        self.players.get(&player)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(seat: u16, name: &str) -> Event {
        Event::Joined { player: PlayerId(seat), name: name.to_owned(), opponent: false }
    }

    fn joins(roster: &mut Roster, seat: u16) {
        roster.handle_event(&joined(seat, &format!("p{seat}")));
    }

    #[test]
    fn players_come_change_and_leave() {
        let mut roster = Roster::default();
        let one = Some(PlayerId(1));
        assert_eq!(roster.handle_event(&joined(1, "ann")), one);
        assert_eq!(roster.handle_event(&joined(1, "ann")), None, "nothing new");
        assert_eq!(roster.handle_event(&joined(1, "bob")), one, "another player");
        assert_eq!(roster.handle_event(&joined(2, "eve")), Some(PlayerId(2)));
        assert_eq!(roster.handle_event(&Event::Left(PlayerId(2))), Some(PlayerId(2)));
        let held: Vec<_> = roster.iter().map(|(player, profile)| (player.0, profile.name.as_str())).collect();
        assert_eq!(held, [(1, "bob")]);
    }

    #[test]
    fn muted_is_the_player_in_a_seat_and_no_name() {
        let mut roster = Roster::default();
        joins(&mut roster, 1);
        joins(&mut roster, 2);
        let line = |seat| Event::Chat { from: Some(PlayerId(seat)), text: "x".to_owned() };
        roster.set_muted(PlayerId(1), true);
        roster.set_muted(PlayerId(3), true);
        assert!(roster.hides(&line(1)) && !roster.hides(&line(2)), "only seat 1 is muted");
        assert!(!roster.hides(&Event::Chat { from: None, text: "x".to_owned() }), "the server cannot be muted");
        joins(&mut roster, 3);
        assert!(!roster.hides(&line(3)), "the seat was free when it was muted");
        roster.handle_event(&Event::Left(PlayerId(1)));
        joins(&mut roster, 1);
        assert!(!roster.hides(&line(1)), "another player has the seat");
        roster.set_muted(PlayerId(2), true);
        roster.set_muted(PlayerId(2), false);
        assert!(!roster.hides(&line(2)));
    }
}
