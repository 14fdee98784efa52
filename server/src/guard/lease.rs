//! What an address holds: counted when it is taken, given back when the last copy is dropped.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Caller, Guard, Refused, limit::Held, table::Keys};

/// A connection or a ticket of somebody. Copies are one and the same.
#[derive(Clone, Debug)]
pub struct Lease {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    guard: Arc<Guard>,
    holding: Mutex<Holding>,
}

/// What is held, and where it is counted. Locked before the table of the guard, never after it.
#[derive(Debug)]
struct Holding {
    /// `None`: an exempt network's, not counted.
    keys: Option<Keys>,
    held: Vec<Held>,
}

impl PartialEq for Lease {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

impl Eq for Lease {}

impl Lease {
    /// What was admitted under `keys` already.
    pub(super) fn new(guard: &Arc<Guard>, keys: Option<Keys>, held: &[Held]) -> Self {
        let holding = Mutex::new(Holding { keys, held: held.to_vec() });
        Self { shared: Arc::new(Shared { guard: Arc::clone(guard), holding }) }
    }

    /// The connection has said what it wants.
    pub fn settle(&self) {
        self.shared.give_back(Held::HalfOpen);
    }

    /// It must say so once more: an upgrade was asked for, and no hello came yet.
    ///
    /// # Errors
    /// When too many of its network have not.
    pub fn unsettle(&self) -> Result<(), Refused> {
        self.shared.take(Held::HalfOpen)
    }

    /// A player is on the connection.
    ///
    /// # Errors
    /// When too many of its network are.
    pub fn play(&self) -> Result<(), Refused> {
        self.settle();
        self.shared.take(Held::Player)
    }

    /// Counts all that is held at another address from here on, and no longer at the one before. Nothing else is charged:
    /// a connection that moves is not a new one. A move within a network costs nothing there.
    ///
    /// # Errors
    /// When that network is banned, or has enough. Then all is held where it was.
    pub(crate) fn move_to(&self, caller: Caller) -> Result<(), Refused> {
        let Shared { guard, .. } = &*self.shared;
        guard.check_ban(caller.address())?;
        let to = guard.keys(caller);
        let mut holding = self.shared.holding();
        guard.transfer(holding.keys.as_ref(), to.as_ref(), &holding.held)?;
        holding.keys = to;
        Ok(())
    }

    /// Charges what came in: the excess, with what each connection of the network may send a second.
    ///
    /// # Errors
    /// When the network has sent too much.
    pub(crate) fn charge(&self, bytes: u32, messages: u32) -> Result<(), (Refused, u32)> {
        let keys = self.shared.holding().keys;
        keys.as_ref().map_or(Ok(()), |keys| self.shared.guard.charge(keys, bytes, messages))
    }
}

impl Shared {
    fn holding(&self) -> MutexGuard<'_, Holding> {
        // Every change of it is whole before anything can panic.
        self.holding.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An exempt network's are noted as well: they count if it moves to a network that is not.
    fn take(&self, what: Held) -> Result<(), Refused> {
        let mut holding = self.holding();
        if holding.held.contains(&what) {
            return Ok(());
        }
        if let Some(keys) = &holding.keys {
            self.guard.admit(keys, &[what], &[])?;
        }
        holding.held.push(what);
        Ok(())
    }

    fn give_back(&self, what: Held) {
        let mut holding = self.holding();
        let Some(index) = holding.held.iter().position(|&held| held == what) else { return };
        holding.held.swap_remove(index);
        if let Some(keys) = &holding.keys {
            self.guard.release(keys, &[what]);
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let Holding { keys, held } = self.holding.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = keys {
            self.guard.release(keys, held);
        }
    }
}
