//! The bans of a running server: read without a lock, changed one at a time, kept in a file if there is a state folder.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    net::IpAddr,
    path::PathBuf,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwap;

use super::bans::{Ban, BanError, Bans};
use crate::{config::Network, moment::Moment};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct BanList {
    bans: ArcSwap<Bans>,
    /// Locked while the list changes.
    file: Mutex<Option<PathBuf>>,
    /// Counts bans, so that shards know when to look at their links again.
    changes: AtomicU64,
}

impl BanList {
    /// The list in `file`, which need not be there yet; without one it lives in memory.
    ///
    /// # Errors
    /// When the file is there and cannot be read as a list.
    pub(super) fn open(file: Option<PathBuf>) -> Result<Self, BanError> {
        let bans = match &file {
            None => Bans::default(),
            Some(path) => {
                if let Some(folder) = path.parent() {
                    // Without it, the first ban would say so.
                    let _ = fs::create_dir_all(folder);
                }
                let shown = path.display().to_string();
                match fs::read_to_string(path) {
                    Ok(text) => Bans::parse(&shown, &text)?,
                    Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                        Bans::default()
                    }
                    Err(error) => return Err(BanError::Malformed { path: shown, reason: error.to_string() }),
                }
            }
        };
        Ok(Self { bans: ArcSwap::from_pointee(bans), file: Mutex::new(file), changes: AtomicU64::new(0) })
    }

    /// The ban of an address.
    pub(super) fn of(&self, address: IpAddr, now: Moment) -> Option<Ban> {
        self.bans.load().of(address, now).cloned()
    }

    pub(super) fn len(&self) -> usize {
        self.bans.load().len()
    }

    pub(super) fn all(&self) -> Vec<Ban> {
        self.bans.load().all().cloned().collect()
    }

    /// Grows with every ban.
    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Bans. The list in memory changes even where the file cannot be written.
    ///
    /// # Errors
    /// When the list is full, a text too long, or the file cannot be written.
    pub(super) fn insert(&self, ban: Ban, now: Moment) -> Result<(), BanError> {
        let file = self.file();
        let mut bans = Bans::clone(&self.bans.load());
        bans.expire(now);
        bans.insert(ban)?;
        let saved = save(file.as_ref(), &bans);
        self.bans.store(bans.into());
        self.changes.fetch_add(1, Ordering::AcqRel);
        saved
    }

    /// Takes a ban back; false if there is none of exactly this network.
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

    /// Drops what is over, from the file as well.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn expire(&self, now: Moment) -> Result<(), BanError> {
        if !self.bans.load().all().any(|ban| ban.is_over(now)) {
            return Ok(());
        }
        let file = self.file();
        let mut bans = Bans::clone(&self.bans.load());
        bans.expire(now);
        let saved = save(file.as_ref(), &bans);
        self.bans.store(bans.into());
        saved
    }

    fn file(&self) -> MutexGuard<'_, Option<PathBuf>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes the file whole beside the old one and puts it in its place, so that a crash leaves one of the two.
fn save(file: Option<&PathBuf>, bans: &Bans) -> Result<(), BanError> {
    let Some(path) = file else { return Ok(()) };
    let beside = path.with_extension("toml.new");
    let write = || {
        let mut new = File::create(&beside)?;
        new.write_all(bans.render().as_bytes())?;
        new.sync_all()?;
        fs::rename(&beside, path)
    };
    write().map_err(|error| BanError::Unwritable { path: path.display().to_string(), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_unix_secs(1_800_000_000);

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
        list.insert(ban("198.51.100.1", Some(NOW.after(std::time::Duration::from_secs(60)))), NOW).unwrap();
        list.insert(ban("198.51.100.2", None), NOW).unwrap();
        assert_eq!(list.remove(&"198.51.100.2".parse().unwrap()), Ok(true));
        let again = BanList::open(Some(path.clone())).unwrap();
        assert_eq!(again.all(), list.all());
        assert!(again.of("203.0.113.9".parse().unwrap(), NOW).is_some());
        again.expire(Moment::from_unix_secs(1_800_000_060)).unwrap();
        assert_eq!(BanList::open(Some(path.clone())).unwrap().len(), 1);
        fs::remove_file(path).unwrap();
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
        assert_eq!((list.len(), list.changes()), (1, 1));
        assert_eq!(list.remove(&"203.0.113.8".parse().unwrap()), Ok(false));
    }
}
