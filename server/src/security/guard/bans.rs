//! The list of bans, each with its end and reason, and the format of its file.
//!
//! ```toml
//! [[ban]]
//! network = "203.0.113.0/24"
//! until = 2026-12-01T00:00:00Z     # without it, the ban has no end
//! reason = "floods the chat"
//! by = "admin"
//! ```

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use serde::{Deserialize, Serialize};
use shared::limits::{BANS_MAX, REASON_BYTES_MAX};

use crate::{base::timestamp::Moment, config::Network};

/// A network whose connections are refused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ban {
    /// The banned network.
    pub network: Network,
    /// End of the ban; `None` is never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
    /// The reason, as shown to banned players.
    #[serde(default)]
    pub reason: String,
    /// The admin who made the ban.
    #[serde(default)]
    pub by: String,
}

/// Reasons why the list cannot be read or changed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BanError {
    /// The list is full.
    #[error("{BANS_MAX} networks are banned already; unban some, or ban networks instead of addresses")]
    Full,
    /// A text is too long, or contains control characters.
    #[error("the {field} has {length} bytes; allowed are {REASON_BYTES_MAX}, without control characters")]
    BadText {
        /// `reason` or `by`.
        field: &'static str,
        /// Its length in bytes.
        length: usize,
    },
    /// The file cannot be written.
    #[error("cannot write {path}: {reason}")]
    Unwritable {
        /// The file.
        path: String,
        /// The reason, as a sentence.
        reason: String,
    },
    /// The file cannot be read.
    #[error("cannot read {path}: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// The reason, as a sentence.
        reason: String,
    },
    /// The contents of the file are not valid.
    #[error("{path}: {reason}; allowed are [[ban]] tables of network, until, reason and by")]
    Malformed {
        /// The file, and the line in it.
        path: String,
        /// The fault, as a sentence.
        reason: String,
    },
}

/// The bans by network. A core: time is an argument.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Bans {
    by_network: BTreeMap<Network, Ban>,
    /// Kind (IPv4 or not) and length of every prefix in the list: an address is looked up once for each.
    prefixes: BTreeSet<(bool, u8)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    ban: Vec<Ban>,
}

impl Ban {
    /// True if its end has passed.
    pub fn is_over(&self, now: Moment) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// The text for banned players.
    pub fn words(&self) -> String {
        let mut words = format!("{} is banned", self.network);
        if let Some(until) = self.until {
            words += &format!(" until {until}");
        }
        if !self.reason.is_empty() {
            words += &format!(": {}", self.reason);
        }
        words
    }

    fn check(&self) -> Result<(), BanError> {
        for (field, text) in [("reason", &self.reason), ("by", &self.by)] {
            if text.len() > REASON_BYTES_MAX || text.contains(char::is_control) {
                return Err(BanError::BadText { field, length: text.len() });
            }
        }
        Ok(())
    }
}

impl Bans {
    /// Parses a file; `path` is used in errors only.
    ///
    /// # Errors
    /// The first entry that is not allowed. No entry is dropped silently.
    pub(super) fn parse(path: &str, text: &str) -> Result<Self, BanError> {
        let malformed = |line: Option<usize>, reason: &str| {
            let path = line.map_or_else(|| path.to_owned(), |line| format!("{path}: line {line}"));
            BanError::Malformed { path, reason: reason.lines().collect::<Vec<_>>().join(" ") }
        };
        let File { ban } = toml::from_str(text).map_err(|error: toml::de::Error| {
            malformed(error.span().map(|span| line_of(text, span.start)), error.message())
        })?;
        let mut bans = Self::default();
        for (index, ban) in ban.into_iter().enumerate() {
            let line = text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("[[ban]]")).nth(index);
            bans.insert(ban).map_err(|error| malformed(line.map(|(line, _)| line + 1), &error.to_string()))?;
        }
        Ok(bans)
    }

    /// The contents of the file.
    pub(super) fn render(&self) -> String {
        let head = "# Banned networks. The server writes this file; edit it only while no server runs.\n";
        let file = File { ban: self.by_network.values().cloned().collect() };
        let tables = toml::to_string(&file).expect("a list of bans can be written as TOML");
        if file.ban.is_empty() { head.to_owned() } else { format!("{head}\n{tables}") }
    }

    /// Adds a ban, or replaces the one of the same network.
    ///
    /// # Errors
    /// When the list is full, or a text is too long.
    pub(super) fn insert(&mut self, ban: Ban) -> Result<(), BanError> {
        ban.check()?;
        if self.by_network.len() >= BANS_MAX && !self.by_network.contains_key(&ban.network) {
            return Err(BanError::Full);
        }
        self.prefixes.insert((ban.network.is_ipv4(), ban.network.bits()));
        self.by_network.insert(ban.network, ban);
        Ok(())
    }

    /// Removes a ban; false if there is none of exactly this network.
    pub(super) fn remove(&mut self, network: &Network) -> bool {
        let removed = self.by_network.remove(network).is_some();
        self.prefixes = self.by_network.keys().map(|network| (network.is_ipv4(), network.bits())).collect();
        removed
    }

    /// Deletes bans that are over; true if there were any.
    pub(super) fn expire(&mut self, now: Moment) -> bool {
        let over: Vec<Network> = self.all().filter(|ban| ban.is_over(now)).map(|ban| ban.network).collect();
        over.iter().filter(|network| self.remove(network)).count() > 0
    }

    /// The ban that applies to an address; of several, the one with the widest network.
    pub(super) fn of(&self, address: IpAddr, now: Moment) -> Option<&Ban> {
        let address = address.to_canonical();
        let prefixes = self.prefixes.iter().filter(|(is_ipv4, _)| *is_ipv4 == address.is_ipv4());
        let mut bans = prefixes.filter_map(|&(_, bits)| self.by_network.get(&Network::new(address, bits)));
        bans.find(|ban| !ban.is_over(now))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Ban> {
        self.by_network.values()
    }

    /// The ban of exactly this network.
    pub(super) fn get(&self, network: &Network) -> Option<&Ban> {
        self.by_network.get(network)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.by_network.len()
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_unix_secs(1_800_000_000);

    fn ban(network: &str, secs: Option<u64>) -> Ban {
        let until = secs.map(|secs| Moment::from_unix_secs(1_800_000_000 + secs));
        Ban { network: network.parse().unwrap(), until, reason: "floods".to_owned(), by: "host".to_owned() }
    }

    fn bans(all: &[Ban]) -> Bans {
        let mut bans = Bans::default();
        for ban in all {
            bans.insert(ban.clone()).unwrap();
        }
        bans
    }

    fn is_banned(bans: &Bans, address: &str, now: Moment) -> bool {
        bans.of(address.parse().unwrap(), now).is_some()
    }

    #[test]
    fn addresses_of_a_banned_network_are_banned_until_it_is_over() {
        let bans = bans(&[ban("203.0.113.0/24", None), ban("2001:db8::/48", Some(60))]);
        assert!(is_banned(&bans, "203.0.113.9", NOW));
        assert!(is_banned(&bans, "::ffff:203.0.113.9", NOW));
        assert!(!is_banned(&bans, "203.0.114.9", NOW));
        assert!(is_banned(&bans, "2001:db8::7", Moment::from_unix_secs(1_800_000_059)));
        assert!(!is_banned(&bans, "2001:db8::7", Moment::from_unix_secs(1_800_000_060)));
    }

    #[test]
    fn unbanned_network_gets_in_unless_a_wider_one_is_banned() {
        let mut bans = bans(&[ban("203.0.113.7", None), ban("203.0.0.0/16", None)]);
        assert!(bans.remove(&"203.0.0.0/16".parse().unwrap()));
        assert!(is_banned(&bans, "203.0.113.7", NOW));
        assert!(bans.remove(&"203.0.113.7".parse().unwrap()));
        assert!(!is_banned(&bans, "203.0.113.7", NOW));
        assert!(!bans.remove(&"203.0.113.7".parse().unwrap()));
    }

    #[test]
    fn list_is_read_back_as_it_was_written() {
        let bans = bans(&[ban("203.0.113.0/24", None), ban("2001:db8::/48", Some(60))]);
        assert_eq!(Bans::parse("bans.toml", &bans.render()), Ok(bans));
        assert_eq!(Bans::parse("bans.toml", &Bans::default().render()), Ok(Bans::default()));
        assert_eq!(Bans::parse("bans.toml", ""), Ok(Bans::default()));
    }

    #[test]
    fn over_means_gone() {
        let mut bans = bans(&[ban("203.0.113.7", Some(60)), ban("203.0.113.8", None)]);
        assert!(!bans.expire(NOW));
        assert!(bans.expire(Moment::from_unix_secs(1_800_000_060)));
        assert_eq!(bans.len(), 1);
    }

    #[test]
    fn broken_file_is_refused_with_line_and_what_is_allowed() {
        let long = format!(
            "[[ban]]\nnetwork = \"1.2.3.4\"\n\n[[ban]]\nnetwork = \"1.2.3.5\"\nreason = \"{}\"",
            "x".repeat(201)
        );
        for (text, line, said) in [
            ("[[ban]]\nnetwork = \"1.2.3.0/99\"", "bans.toml: line 2", "1.2.3.0/99"),
            ("[[ban]]\nreason = \"x\"", "bans.toml: line 1", "network"),
            ("[[ban]]\nnetwork = \"1.2.3.4\"\nuntil = 3", "bans.toml: line 3", "until"),
            ("[[ban]]\nnetwork = \"1.2.3.4\"\nwhy = \"x\"", "bans.toml: line 3", "why"),
            ("[[ban]]\nnetwork = \"1.2.3.4\"\n= 4", "bans.toml: line 3", "[[ban]] tables"),
            (long.as_str(), "bans.toml: line 4", "the reason has 201 bytes"),
            ("\0\u{1}", "bans.toml", "[[ban]] tables"),
        ] {
            let error = Bans::parse("bans.toml", text).unwrap_err().to_string();
            assert!(error.starts_with(line) && error.contains(said) && !error.contains('\n'), "{text:?}: {error}");
        }
    }

    #[test]
    fn list_has_an_end() {
        let mut bans = Bans::default();
        for number in 0..BANS_MAX as u32 {
            let network = Network::new(std::net::Ipv4Addr::from_bits(number).into(), 32);
            bans.insert(Ban { network, ..ban("::1", None) }).unwrap();
        }
        assert_eq!(bans.insert(ban("203.0.113.7", None)), Err(BanError::Full));
        bans.insert(ban("0.0.0.7", Some(1))).unwrap();
        assert_eq!(bans.len(), BANS_MAX);
    }

    #[test]
    fn those_who_are_banned_hear_until_when_and_why() {
        assert_eq!(ban("1.2.3.0/24", Some(0)).words(), "1.2.3.0/24 is banned until 2027-01-15T08:00:00Z: floods");
        let plain = Ban { reason: String::new(), ..ban("1.2.3.4", None) };
        assert_eq!(plain.words(), "1.2.3.4/32 is banned");
    }
}
