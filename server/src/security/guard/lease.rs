//! A permit for a connection or ticket: it is counted when it is taken, and released when its last copy is dropped.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Caller, Guard, Refused, limit::Held, table::Keys};

/// The permit. Copies share one count.
#[derive(Clone, Debug)]
pub struct Lease {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    guard: Arc<Guard>,
    holding: Mutex<Holding>,
}

/// The counted things, and where they are counted. This lock is taken before that of the guard's table, never after it.
#[derive(Debug)]
struct Holding {
    /// `None`: the network is exempt, so nothing is counted.
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
    /// A permit for `held`, which has been counted under `keys` already.
    pub(super) fn new(guard: &Arc<Guard>, keys: Option<Keys>, held: &[Held]) -> Self {
        let holding = Mutex::new(Holding { keys, held: held.to_vec() });
        Self { shared: Arc::new(Shared { guard: Arc::clone(guard), holding }) }
    }

    /// The connection has sent its request or hello, so it no longer counts as half open.
    pub fn settle(&self) {
        self.shared.give_back(Held::HalfOpen);
    }

    /// The connection counts as half open again: it has asked for an upgrade, and its hello is still to come.
    ///
    /// # Errors
    /// When its address or network has too many half-open connections.
    pub fn unsettle(&self) -> Result<(), Refused> {
        self.shared.take(Held::HalfOpen)
    }

    /// A player or spectator is on the connection.
    ///
    /// # Errors
    /// When its address or network has too many players.
    pub fn play(&self) -> Result<(), Refused> {
        self.settle();
        self.shared.take(Held::Player)
    }

    /// Moves the counts to another address. Rates are not charged: a connection that moves is not a new one. A move within a
    /// network costs nothing there.
    ///
    /// # Errors
    /// When that network is banned, or at a limit. Then the counts stay where they were.
    pub(crate) fn move_to(&self, caller: Caller) -> Result<(), Refused> {
        let Shared { guard, .. } = &*self.shared;
        guard.check_ban(caller.address())?;
        let to = guard.keys(caller);
        let mut holding = self.shared.holding();
        guard.transfer(holding.keys.as_ref(), to.as_ref(), &holding.held)?;
        holding.keys = to;
        Ok(())
    }

    /// Charges received traffic. The error carries the rate that each connection of the network may have, in units a second.
    ///
    /// # Errors
    /// When the address or network has sent too much.
    pub(crate) fn charge(&self, bytes: u32, messages: u32) -> Result<(), (Refused, u32)> {
        let keys = self.shared.holding().keys;
        keys.as_ref().map_or(Ok(()), |keys| self.shared.guard.charge(keys, bytes, messages))
    }
}

impl Shared {
    fn holding(&self) -> MutexGuard<'_, Holding> {
        // Each change leaves a valid state before any code can panic.
        self.holding.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes and counts `what`. For an exempt network it is noted as well: it counts when the connection moves to a network that is not.
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
