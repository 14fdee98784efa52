//! What an address holds: counted when it is taken, given back when the last copy is dropped.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{Guard, Refused, limit::Held, table::Keys};

/// A connection or a ticket of somebody. Copies are one and the same.
#[derive(Clone, Debug)]
pub struct Lease {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    guard: Arc<Guard>,
    /// `None`: an exempt network's, not counted.
    keys: Option<Keys>,
    /// What it was taken for.
    main: Held,
    half_open: AtomicBool,
    playing: AtomicBool,
}

impl PartialEq for Lease {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

impl Eq for Lease {}

impl Lease {
    /// What was admitted under `keys` already.
    pub(super) fn new(guard: &Arc<Guard>, keys: Option<Keys>, main: Held, half_open: bool) -> Self {
        let (half_open, playing) = (AtomicBool::new(half_open), AtomicBool::new(false));
        Self { shared: Arc::new(Shared { guard: Arc::clone(guard), keys, main, half_open, playing }) }
    }

    /// The connection has said what it wants.
    pub fn settle(&self) {
        self.shared.settle();
    }

    /// It must say so once more: an upgrade was asked for, and no hello came yet.
    ///
    /// # Errors
    /// When too many of its network have not.
    pub fn unsettle(&self) -> Result<(), Refused> {
        self.shared.take(Held::HalfOpen, &self.shared.half_open)
    }

    /// A player is on the connection.
    ///
    /// # Errors
    /// When too many of its network are.
    pub fn play(&self) -> Result<(), Refused> {
        self.shared.settle();
        self.shared.take(Held::Player, &self.shared.playing)
    }

    /// Charges what came in: the excess, with what each connection of the network may send a second.
    ///
    /// # Errors
    /// When the network has sent too much.
    pub(crate) fn charge(&self, bytes: u32, messages: u32) -> Result<(), (Refused, u32)> {
        let Shared { guard, keys, .. } = &*self.shared;
        keys.as_ref().map_or(Ok(()), |keys| guard.charge(keys, bytes, messages))
    }
}

impl Shared {
    fn take(&self, what: Held, held: &AtomicBool) -> Result<(), Refused> {
        let Some(keys) = &self.keys else { return Ok(()) };
        if held.load(Ordering::Acquire) {
            return Ok(());
        }
        self.guard.admit(keys, &[what], &[])?;
        held.store(true, Ordering::Release);
        Ok(())
    }

    fn settle(&self) {
        if let Some(keys) = &self.keys
            && self.half_open.swap(false, Ordering::AcqRel)
        {
            self.guard.release(keys, &[Held::HalfOpen]);
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.settle();
        let Some(keys) = &self.keys else { return };
        if *self.playing.get_mut() {
            self.guard.release(keys, &[Held::Player]);
        }
        self.guard.release(keys, &[self.main]);
    }
}
