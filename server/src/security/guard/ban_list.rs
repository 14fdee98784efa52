//! The bans of a running server: read without a lock, changed one at a time, and kept in a file if there is a state folder.
//!
//! A ban that is over refuses nobody. It is deleted a day later, or when its place is needed: if the clock was wrong, the ban
//! applies again once the clock is right.

use std::{
    collections::BTreeMap,
    fs,
    io::ErrorKind,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;

use super::bans::{Ban, BanError, Bans};
use crate::{
    base::{
        files::{Access, read_text, replace},
        timestamp::Moment,
    },
    config::Network,
};

/// Time that a ban is kept after it is over.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(86_400);

/// The list and its file.
#[derive(Debug, Default)]
pub(super) struct BanList {
    bans: ArcSwap<Bans>,
    /// The lock is held while the list changes.
    file: Mutex<Option<PathBuf>>,
    /// Time when each ended ban was first found to be over, by the server's uptime.
    over: Mutex<BTreeMap<Network, Duration>>,
    /// Counts changes, so that shards know when to check their links again.
    changes: AtomicU64,
}

impl BanList {
    /// Reads the list from `file`, if it exists; without a file the list is in memory only.
    ///
    /// # Errors
    /// When the file exists and is not a valid list.
    pub(super) fn open(file: Option<PathBuf>) -> Result<Self, BanError> {
        let bans = match &file {
            None => Bans::default(),
            Some(path) => {
                if let Some(folder) = path.parent() {
                    // If this fails, the first ban reports it.
                    let _ = fs::create_dir_all(folder);
                }
                read(path)?
            }
        };
        let (bans, file) = (ArcSwap::from_pointee(bans), Mutex::new(file));
        Ok(Self { bans, file, over: Mutex::default(), changes: AtomicU64::new(0) })
    }

    /// The ban that applies to an address.
    pub(super) fn of(&self, address: IpAddr, now: Moment) -> Option<Ban> {
        self.bans.load().of(address, now).cloned()
    }

    /// All bans that apply.
    pub(super) fn all(&self, now: Moment) -> Vec<Ban> {
        self.bans.load().all().filter(|ban| !ban.is_over(now)).cloned().collect()
    }

    /// A counter that grows when a link may have become banned.
    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Adds a ban. The list in memory changes even if the file cannot be written.
    ///
    /// # Errors
    /// When the list is full, a text is too long, or the file cannot be written.
    pub(super) fn insert(&self, ban: Ban, now: Moment) -> Result<(), BanError> {
        let file = self.file();
        let mut bans = Bans::clone(&self.bans.load());
        if let Err(BanError::Full) = bans.insert(ban.clone()) {
            bans.expire(now);
            bans.insert(ban)?;
        }
        let saved = save(file.as_ref(), &bans);
        self.bans.store(bans.into());
        self.changes.fetch_add(1, Ordering::AcqRel);
        saved
    }

    /// Removes a ban; false if there is none of exactly this network.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn remove(&self, network: &Network) -> Result<bool, BanError> {
        let file = self.file();
        let mut bans = Bans::clone(&self.bans.load());
        if !bans.remove(network) {
            return Ok(false);
        }
        let saved = save(file.as_ref(), &bans);
        self.bans.store(bans.into());
        saved.map(|()| true)
    }

    /// Deletes bans that have been over for [`FORGOTTEN_AFTER`], in the file as well. `running` is the server's uptime.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn expire(&self, now: Moment, running: Duration) -> Result<(), BanError> {
        let forgotten: Vec<Network> = {
            let bans = self.bans.load();
            let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
            let before = over.len();
            over.retain(|network, _| bans.get(network).is_some_and(|ban| ban.is_over(now)));
            if over.len() < before {
                // A clock went back, so a ban may apply again, and shards must check their links.
                self.changes.fetch_add(1, Ordering::AcqRel);
            }
            for ban in bans.all().filter(|ban| ban.is_over(now)) {
                over.entry(ban.network).or_insert(running);
            }
            let is_forgotten = |since: Duration| running.saturating_sub(since) >= FORGOTTEN_AFTER;
            over.iter().filter(|&(_, &since)| is_forgotten(since)).map(|(&network, _)| network).collect()
        };
        if forgotten.is_empty() {
            return Ok(());
        }
        let file = self.file();
        let mut bans = Bans::clone(&self.bans.load());
        for network in &forgotten {
            if bans.get(network).is_some_and(|ban| ban.is_over(now)) {
                bans.remove(network);
            }
        }
        let saved = save(file.as_ref(), &bans);
        self.bans.store(bans.into());
        saved
    }

    fn file(&self) -> MutexGuard<'_, Option<PathBuf>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the list in a file; a missing file is an empty list.
///
/// # Errors
/// When the file cannot be read, or is not a valid list.
pub(super) fn read(path: &Path) -> Result<Bans, BanError> {
    let shown = path.display().to_string();
    match read_text(path) {
        Ok(text) => Bans::parse(&shown, &text),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Bans::default()),
        Err(error) => Err(BanError::Unreadable { path: shown, reason: error.to_string() }),
    }
}

fn save(file: Option<&PathBuf>, bans: &Bans) -> Result<(), BanError> {
    let Some(path) = file else { return Ok(()) };
    replace(path, bans.render().as_bytes(), Access::Shared)
        .map_err(|error| BanError::Unwritable { path: path.display().to_string(), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_unix_secs(1_800_000_000);
    const MINUTE: Duration = Duration::from_secs(60);

    fn ban(network: &str, until: Option<Moment>) -> Ban {
        Ban { network: network.parse().unwrap(), until, reason: "floods".to_owned(), by: "host".to_owned() }
    }

    fn file(test: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("ricochet-{}-{test}.toml", std::process::id()));
        let _ = fs::remove_file(&path);
        path
    }

    #[test]
    fn bans_survive_a_restart_until_they_are_over() {
        let path = file("restart");
        let list = BanList::open(Some(path.clone())).unwrap();
        list.insert(ban("203.0.113.0/24", None), NOW).unwrap();
        list.insert(ban("198.51.100.1", Some(NOW.after(MINUTE))), NOW).unwrap();
        list.insert(ban("198.51.100.2", None), NOW).unwrap();
        assert_eq!(list.remove(&"198.51.100.2".parse().unwrap()), Ok(true));
        let again = BanList::open(Some(path.clone())).unwrap();
        assert_eq!(again.all(NOW), list.all(NOW));
        assert!(again.of("203.0.113.9".parse().unwrap(), NOW).is_some());
        assert_eq!(again.all(NOW.after(MINUTE)).len(), 1);
        again.expire(NOW.after(MINUTE), MINUTE).unwrap();
        assert_eq!(read(&path).unwrap().len(), 2, "it is over and not forgotten");
        again.expire(NOW.after(MINUTE + FORGOTTEN_AFTER), MINUTE + FORGOTTEN_AFTER).unwrap();
        assert_eq!(read(&path).unwrap().len(), 1);
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn ban_that_only_a_wrong_clock_ended_holds_again() {
        let path = file("clock");
        let list = BanList::open(Some(path.clone())).unwrap();
        list.insert(ban("198.51.100.1", Some(NOW.after(120 * MINUTE))), NOW).unwrap();
        let (address, day) = ("198.51.100.1".parse().unwrap(), 1_440 * MINUTE);
        list.expire(NOW.after(day), MINUTE).unwrap();
        assert!(list.of(address, NOW.after(day)).is_none());
        let changes = list.changes();
        list.expire(NOW, 2 * MINUTE).unwrap();
        assert!(list.of(address, NOW).is_some());
        assert_eq!(list.changes(), changes + 1, "links of it are closed");
        // The times of several jumps do not add up either.
        list.expire(NOW.after(day), day).unwrap();
        assert_eq!(read(&path).unwrap().len(), 1);
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn bans_that_are_over_give_their_place_to_new_ones() {
        let mut full = Bans::default();
        for number in 0..shared::limits::BANS_MAX as u32 {
            let network = Network::new(std::net::Ipv4Addr::from_bits(number).into(), 32);
            full.insert(Ban { network, ..ban("::1", Some(NOW.after(MINUTE))) }).unwrap();
        }
        let list = BanList::default();
        list.bans.store(full.into());
        assert_eq!(list.insert(ban("203.0.113.7", None), NOW), Err(BanError::Full));
        list.insert(ban("203.0.113.7", None), NOW.after(MINUTE)).unwrap();
        assert_eq!(list.all(NOW.after(MINUTE)).len(), 1);
    }

    #[test]
    fn broken_file_is_an_error_and_stays_as_it_is() {
        let path = file("broken");
        fs::write(&path, "[[ban]]\nnetwork = \"everybody\"\n").unwrap();
        let error = BanList::open(Some(path.clone())).unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("everybody"), "{error}");
        assert!(fs::read_to_string(&path).unwrap().contains("everybody"));
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn ban_holds_in_memory_where_the_file_cannot_be_written() {
        let list = BanList::open(Some("/dev/null/bans.toml".into())).unwrap();
        let error = list.insert(ban("203.0.113.7", None), NOW).unwrap_err();
        assert!(matches!(error, BanError::Unwritable { .. }), "{error}");
        assert!(list.of("203.0.113.7".parse().unwrap(), NOW).is_some());
        assert_eq!(list.changes(), 1);
    }

    #[test]
    fn without_a_file_bans_live_in_memory() {
        let list = BanList::default();
        list.insert(ban("203.0.113.7", None), NOW).unwrap();
        assert_eq!((list.all(NOW).len(), list.changes()), (1, 1));
        assert_eq!(list.remove(&"203.0.113.8".parse().unwrap()), Ok(false));
    }
}
