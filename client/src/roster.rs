//! Who plays in the room, and where the match is, as the events of the server tell.

use std::collections::{BTreeMap, BTreeSet};

use arena::{
    event::{self, MatchPhase, PlayerInfo, Standing, Team},
    rules::Mode,
};
use shared::{PlayerId, Tick, wire::Event};

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    players: BTreeMap<PlayerId, PlayerInfo>,
    /// Seats whose players' lines are not shown.
    muted: BTreeSet<PlayerId>,
    standing: Option<MatchStanding>,
}

/// Where the match is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MatchStanding {
    /// What is played.
    pub mode: Mode,
    /// Its phase.
    pub phase: MatchPhase,
    /// When the phase ends at the latest.
    pub ends: Tick,
    /// Points that end it.
    pub score_limit: u16,
    /// Points of red and blue; zeros without teams.
    pub team_scores: [i32; 2],
}

impl Roster {
    /// Takes in an event.
    pub fn handle_event(&mut self, event: &Event) {
        match event {
            &Event::Joined { player, ref name, opponent } => {
                if self.player(player).is_some_and(|known| known.name == *name && known.opponent == opponent) {
                    return;
                }
                // Somebody else has the seat, whatever was missed in between.
                self.muted.remove(&player);
                let info = PlayerInfo { player, name: name.clone(), team: Team::None, opponent, score: 0, deaths: 0 };
                self.players.insert(player, info);
            }
            Event::Left(player) => {
                self.players.remove(player);
                self.muted.remove(player);
            }
            Event::Chat { .. } => {}
        }
    }

    /// Takes in an event of the game.
    pub fn handle_game_event(&mut self, event: &event::Event) {
        match *event {
            event::Event::Standing(Standing { player, team, score, deaths }) => {
                if let Some(info) = self.players.get_mut(&player) {
                    (info.team, info.score, info.deaths) = (team, score, deaths);
                }
            }
            event::Event::Match { mode, phase, ends, score_limit, team_scores } => {
                self.standing = Some(MatchStanding { mode, phase, ends, score_limit, team_scores });
            }
            event::Event::Killed { .. } | event::Event::Hit { .. } | event::Event::Rail { .. } => {}
        }
    }

    /// Shows no line of a player any more, or does again. It is the player in that seat who is muted, whatever others are called:
    /// whoever has the seat next is heard.
    pub fn set_muted(&mut self, player: PlayerId, muted: bool) {
        if !muted {
            self.muted.remove(&player);
        } else if self.players.contains_key(&player) {
            self.muted.insert(player);
        }
    }

    /// Whether an event is a line of a player who is muted here.
    pub fn hides(&self, event: &Event) -> bool {
        matches!(event, Event::Chat { from: Some(player), .. } if self.muted.contains(player))
    }

    /// Players by seat.
    pub fn players(&self) -> impl Iterator<Item = &PlayerInfo> {
        self.players.values()
    }

    /// One player.
    pub fn player(&self, player: PlayerId) -> Option<&PlayerInfo> {
        self.players.get(&player)
    }

    /// Where the match is, once told.
    pub const fn standing(&self) -> Option<&MatchStanding> {
        self.standing.as_ref()
    }

    /// Whether the match lets guns fire: not while results are shown.
    pub fn guns_fire(&self) -> bool {
        self.standing.is_none_or(|standing| standing.phase != MatchPhase::Results)
    }

    /// Whether two players fight on the same side. Nobody is on the side of someone unknown.
    pub fn allied(&self, one: PlayerId, other: PlayerId) -> bool {
        let team = |player| self.player(player).map_or(Team::None, |info| info.team);
        one == other || team(one) != Team::None && team(one) == team(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joins(roster: &mut Roster, seat: u16, team: Team) {
        let player = PlayerId(seat);
        roster.handle_event(&Event::Joined { player, name: format!("p{seat}"), opponent: false });
        roster.handle_game_event(&event::Event::Standing(Standing { player, team, score: 0, deaths: 0 }));
    }

    #[test]
    fn players_come_change_and_leave() {
        let mut roster = Roster::default();
        joins(&mut roster, 1, Team::None);
        joins(&mut roster, 2, Team::Red);
        joins(&mut roster, 2, Team::Blue);
        roster.handle_event(&Event::Left(PlayerId(1)));
        let held: Vec<_> = roster.players().map(|info| (info.player.0, info.team)).collect();
        assert_eq!(held, [(2, Team::Blue)]);
    }

    #[test]
    fn only_members_of_one_team_are_allied() {
        let mut roster = Roster::default();
        for (seat, team) in [(1, Team::Red), (2, Team::Red), (3, Team::Blue), (4, Team::None), (5, Team::None)] {
            joins(&mut roster, seat, team);
        }
        assert!(roster.allied(PlayerId(1), PlayerId(2)));
        assert!(!roster.allied(PlayerId(1), PlayerId(3)));
        assert!(!roster.allied(PlayerId(4), PlayerId(5)));
        assert!(!roster.allied(PlayerId(8), PlayerId(9)));
    }

    #[test]
    fn muted_is_the_player_in_a_seat_and_no_name() {
        let mut roster = Roster::default();
        joins(&mut roster, 1, Team::None);
        joins(&mut roster, 2, Team::None);
        let line = |seat| Event::Chat { from: Some(PlayerId(seat)), text: "x".to_owned() };
        roster.set_muted(PlayerId(1), true);
        roster.set_muted(PlayerId(3), true);
        assert!(roster.hides(&line(1)) && !roster.hides(&line(2)), "whatever both are called");
        assert!(!roster.hides(&Event::Chat { from: None, text: "x".to_owned() }), "nobody mutes the server");
        joins(&mut roster, 3, Team::None);
        assert!(!roster.hides(&line(3)), "nobody was there to mute");
        roster.handle_event(&Event::Left(PlayerId(1)));
        joins(&mut roster, 1, Team::None);
        assert!(!roster.hides(&line(1)), "somebody else has the seat");
        roster.set_muted(PlayerId(2), true);
        roster.set_muted(PlayerId(2), false);
        assert!(!roster.hides(&line(2)));
    }
}
