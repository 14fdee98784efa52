//! Makes the names of a room's players distinct, by their looks too: the second "Ann" is "Ann 2" for everybody.

use std::collections::{BTreeMap, BTreeSet};

use shared::{PlayerId, game::Profile, limits::NAME_BYTES_MAX};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::base::text::Look;

/// The looks of the names in one room.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Kept from join to join, because a look takes microseconds and a room may have thousands of players.
    looks: BTreeMap<PlayerId, (String, Look)>,
    /// The looks of all names that opponents have.
    opponents: Vec<(&'static str, Look)>,
}

impl Names {
    /// The names of a room without players; `opponents` are the names that a computer opponent may get.
    pub(super) fn new(opponents: &[&'static str]) -> Self {
        let opponents = opponents.iter().map(|&name| (name, Look::of(name))).collect();
        Self { looks: BTreeMap::new(), opponents }
    }

    /// The name of a player who asks for `wanted` and joins `roster`: that name, or with the first free number. It is never longer
    /// than a name may be.
    pub(super) fn distinct(&mut self, wanted: String, roster: Vec<(PlayerId, Profile)>) -> String {
        self.note(roster);
        let look = Look::of(&wanted);
        if self.is_free(&wanted, &look) {
            return wanted;
        }
        let (written, folded): (BTreeSet<&str>, BTreeSet<&str>) =
            self.looks.values().map(|(_, look)| look.keys()).unzip();
        let names = self.looks.values().map(|(name, _)| name.as_str());
        let used: BTreeSet<usize> = names.filter_map(|name| number_of(name, &wanted)).collect();
        // Names that only look like `wanted` may have some of these numbers, too, so we try one more than there are names.
        let numbers = (2..).filter(|number| !used.contains(number)).take(self.looks.len() + 1);
        let mut numbered = numbers.map(|number| with_number(&wanted, number));
        let free = numbered.find(|name| {
            let look = Look::of(name);
            let (as_written, as_folded) = look.keys();
            !written.contains(as_written) && !folded.contains(as_folded)
        });
        free.unwrap_or(wanted)
    }

    /// True if no player has a name that looks like this, and no opponent may get one. The room gives opponents no name that is written
    /// like a player's, but it does not compare looks.
    fn is_free(&self, name: &str, look: &Look) -> bool {
        let is_taken = self.looks.values().any(|(_, other)| look.is_like(other));
        let is_opponents = self
            .opponents
            .iter()
            .any(|(other, other_look)| look.is_like(other_look) && !other.eq_ignore_ascii_case(name));
        !is_taken && !is_opponents
    }

    fn note(&mut self, roster: Vec<(PlayerId, Profile)>) {
        let mut before = std::mem::take(&mut self.looks);
        let looks = roster.into_iter().map(|(player, Profile { name, .. })| {
            let known = before.remove(&player).filter(|(known, _)| *known == name);
            let named = known.unwrap_or_else(|| {
                let look = Look::of(&name);
                (name, look)
            });
            (player, named)
        });
        self.looks = looks.collect();
    }
}

/// The number in a name that is a prefix of `wanted` and a number.
fn number_of(name: &str, wanted: &str) -> Option<usize> {
    let (start, number) = name.rsplit_once(' ')?;
    wanted.starts_with(start).then(|| number.parse().ok()).flatten()
}

/// `name` and a number, with the name cut between two grapheme clusters so that both fit.
fn with_number(name: &str, number: usize) -> String {
    let number = format!(" {number}");
    let bytes_max = NAME_BYTES_MAX - number.len();
    let ends = name.grapheme_indices(true).map(|(start, character)| start + character.len());
    let end = ends.take_while(|&end| end <= bytes_max).last().unwrap_or(0);
    format!("{}{number}", name[..end].trim_end()).trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPPONENTS: [&str; 2] = ["Ada", "Bram"];

    /// Lets players with these names join one after the other.
    fn join(wanted: &[&str]) -> Vec<String> {
        let (mut names, mut roster) = (Names::new(&OPPONENTS), Vec::new());
        for (seat, wanted) in (0..).zip(wanted) {
            let name = names.distinct((*wanted).to_owned(), roster.clone());
            roster.push(player(seat, &name));
        }
        roster.into_iter().map(|(_, profile): (_, Profile)| profile.name).collect()
    }

    fn player(seat: u16, name: &str) -> (PlayerId, Profile) {
        (PlayerId(seat), Profile { name: name.to_owned(), opponent: false })
    }

    #[test]
    fn second_of_a_name_gets_a_number() {
        assert_eq!(join(&["Ann", "Ann", "Ann", "Bob"]), ["Ann", "Ann 2", "Ann 3", "Bob"]);
        assert_eq!(join(&["Ann", "ANN", "Аnn", "Ann\u{308}"]), ["Ann", "ANN 2", "Аnn 3", "Ann\u{308}"]);
        assert_eq!(join(&["Ann 2", "Ann", "Ann"]), ["Ann 2", "Ann", "Ann 3"]);
    }

    #[test]
    fn number_that_is_free_again_is_taken_again() {
        let mut names = Names::new(&OPPONENTS);
        assert_eq!(names.distinct("Ann".into(), vec![player(0, "Ann"), player(2, "Ann 3")]), "Ann 2");
        assert_eq!(names.distinct("Ann".into(), vec![player(2, "Ann 2")]), "Ann");
    }

    #[test]
    fn numbered_name_is_no_longer_than_a_name_and_cut_between_characters() {
        let long = "x".repeat(NAME_BYTES_MAX);
        assert_eq!(join(&[&long, &long])[1], format!("{} 2", "x".repeat(NAME_BYTES_MAX - 2)));
        let rockets = "ab👩‍🚀👩‍🚀";
        assert_eq!(rockets.len(), NAME_BYTES_MAX);
        assert_eq!(join(&[rockets, rockets])[1], "ab👩‍🚀 2");
        let marked = "e\u{301}".repeat(8);
        assert_eq!(join(&[&marked, &marked])[1], format!("{} 2", "e\u{301}".repeat(7)));
        let family = "👨‍👩‍👧\u{200D}";
        assert!(join(&[family, family])[1].len() <= NAME_BYTES_MAX);
    }

    #[test]
    fn a_full_room_of_equals_is_numbered_without_a_gap() {
        let names = join(&["Ann"; 300]);
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), 300);
        assert_eq!(names[299], "Ann 300");
    }

    #[test]
    fn look_alike_of_an_opponent_is_numbered_and_the_same_letters_are_left_to_the_opponents() {
        assert_eq!(join(&["Аdа", "Ada"]), ["Аdа 2", "Ada"]);
    }
}
