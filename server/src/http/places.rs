//! Shares the connections of a listener among networks: one network may have as many as are free for all others.
//!
//! ```text
//! 1,024 places     one network alone has 512 at most, two have 341 each, nine have 102 each: one share always stays free
//! ```
//!
//! A fixed limit per network would either let a few networks take all connections, or be too small for a school. A limit that
//! falls as connections are taken does neither (Choudhury and Hahne, *Dynamic queue length thresholds*, 1998). One address may have
//! half of what its network may have.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Network;

/// The places of a listener, one for each connection. Copies share one state.
#[derive(Clone, Debug)]
pub(super) struct Places {
    all: u32,
    free: Arc<Semaphore>,
    shares: Arc<Mutex<Shares>>,
}

/// A place; it is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
    /// The customer and site that it is counted under.
    keys: Option<Keys>,
    all: u32,
    shares: Arc<Mutex<Shares>>,
}

/// The customer of an address, and its site.
type Keys = [Network; 2];

/// The refusal for a network that has used up its share.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Crowded {
    pub(super) network: Network,
    pub(super) has: u32,
}

/// Places held by each network. A core.
#[derive(Debug, Default)]
struct Shares {
    held: BTreeMap<Network, u32>,
    /// Places taken in all, those of exempt networks included.
    taken: u32,
}

impl Places {
    pub(super) fn new(all: u32) -> Self {
        Self { all, free: Arc::new(Semaphore::new(all as usize)), shares: Arc::default() }
    }

    /// Waits for a free place. It is not counted for a network yet.
    pub(super) async fn take(&self) -> Place {
        let permit = Arc::clone(&self.free).acquire_owned().await.expect("the semaphore is never closed");
        self.place(permit)
    }

    /// A place, if one is free now.
    pub(super) fn try_take(&self) -> Option<Place> {
        Arc::clone(&self.free).try_acquire_owned().ok().map(|permit| self.place(permit))
    }

    /// Waits until all places are free.
    pub(super) async fn all_free(&self) {
        let _all = self.free.acquire_many(self.all).await;
    }

    fn place(&self, permit: OwnedSemaphorePermit) -> Place {
        lock(&self.shares).taken += 1;
        Place { _permit: permit, keys: None, all: self.all, shares: Arc::clone(&self.shares) }
    }
}

impl Place {
    /// Counts the place for a network; `None` for networks that are exempt from limits.
    ///
    /// # Errors
    /// When the network has used up its share.
    pub(super) fn assign(&mut self, keys: Option<Keys>) -> Result<(), Crowded> {
        debug_assert!(self.keys.is_none(), "a place has one owner");
        if let Some(keys) = keys {
            lock(&self.shares).take(&keys, self.all)?;
            self.keys = Some(keys);
        }
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut shares = lock(&self.shares);
        shares.taken -= 1;
        if let Some(keys) = &self.keys {
            shares.release(keys);
        }
    }
}

impl Shares {
    /// Counts a taken place for `keys`.
    fn take(&mut self, keys: &Keys, all: u32) -> Result<(), Crowded> {
        // `taken` already includes this place.
        let free = all + 1 - self.taken.min(all);
        for (&network, most) in keys.iter().zip([free.div_ceil(2), free]) {
            let has = self.held.get(&network).copied().unwrap_or_default();
            if has >= most {
                return Err(Crowded { network, has });
            }
        }
        for &network in keys {
            *self.held.entry(network).or_default() += 1;
        }
        Ok(())
    }

    fn release(&mut self, keys: &Keys) {
        for network in keys {
            let Some(has) = self.held.get_mut(network) else { continue };
            *has -= 1;
            if *has == 0 {
                self.held.remove(network);
            }
        }
    }
}

fn lock(shares: &Mutex<Shares>) -> MutexGuard<'_, Shares> {
    // Each change leaves a valid state before any code can panic.
    shares.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(address: &str) -> Keys {
        let address = address.parse().unwrap();
        [Network::of_customer(address), Network::of_site(address)]
    }

    /// Gives places to each address in turn until nobody gets one more.
    fn crowd(places: &Places, addresses: &[String]) -> Vec<Place> {
        let mut all = Vec::new();
        loop {
            let before = all.len();
            for address in addresses {
                let Some(mut place) = places.try_take() else { continue };
                if place.assign(Some(keys(address))).is_ok() {
                    all.push(place);
                }
            }
            if all.len() == before {
                return all;
            }
        }
    }

    fn addresses(network: &str, count: usize) -> Vec<String> {
        (1..=count).map(|last| format!("{network}.{last}")).collect()
    }

    #[test]
    fn one_address_has_a_third_and_one_network_half() {
        let places = Places::new(1_024);
        assert_eq!(crowd(&places, &addresses("192.0.2", 1)).len(), 342);
        assert_eq!(crowd(&places, &addresses("192.0.2", 50)).len(), 512);
    }

    #[test]
    fn newcomer_finds_a_place_however_many_networks_take_what_they_get() {
        let places = Places::new(1_024);
        let crowd_of =
            |sites: usize| (0..sites).flat_map(|site| addresses(&format!("10.0.{site}"), 4)).collect::<Vec<_>>();
        for sites in [1, 2, 4, 64, 256] {
            let held = crowd(&places, &crowd_of(sites));
            let mut place = places.try_take().expect("a place is free");
            place.assign(Some(keys("203.0.113.7"))).unwrap();
            drop(held);
        }
    }

    #[test]
    fn places_are_given_back_to_everybody() {
        let places = Places::new(8);
        let held = crowd(&places, &addresses("192.0.2", 8));
        assert_eq!(held.len(), 4);
        let mut next = places.try_take().unwrap();
        assert_eq!(next.assign(Some(keys("192.0.2.9"))), Err(Crowded { network: keys("192.0.2.9")[1], has: 4 }));
        drop((held, next));
        assert_eq!(lock(&places.shares).taken, 0);
        assert!(lock(&places.shares).held.is_empty());
    }

    #[test]
    fn exempt_ones_take_places_and_are_bound_by_the_whole_only() {
        let places = Places::new(4);
        let held: Vec<_> = (0..4).map(|_| places.try_take().unwrap()).collect();
        assert!(places.try_take().is_none());
        drop(held);
        assert!(places.try_take().is_some());
    }
}
