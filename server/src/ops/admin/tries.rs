//! How often an address may show a wrong token: so seldom that nobody guesses one.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

/// Wrong tokens by address. A core: times are since start.
#[derive(Debug, Default)]
pub(super) struct Tries {
    wrong: BTreeMap<IpAddr, Wrong>,
}

#[derive(Clone, Copy, Debug)]
struct Wrong {
    count: u32,
    /// The count is forgotten then.
    until: Duration,
}

/// Wrong tokens that are looked at, before any more are refused unseen.
const TRIES_MAX: u32 = 10;
/// Until an address may try again.
const FORGET: Duration = Duration::from_secs(60);
/// Addresses that are remembered; beyond them all newcomers wait for one to be forgotten.
const ADDRESSES_MAX: usize = 1_024;

impl Tries {
    /// Whether a token from there may be looked at; otherwise how long that is not so.
    pub(super) fn may_try(&mut self, address: IpAddr, now: Duration) -> Result<(), Duration> {
        self.wrong.retain(|_, wrong| wrong.until > now);
        match self.wrong.get(&address) {
            Some(wrong) if wrong.count >= TRIES_MAX => Err(wrong.until - now),
            None if self.wrong.len() >= ADDRESSES_MAX => Err(FORGET),
            _ => Ok(()),
        }
    }

    /// A token from there was wrong.
    pub(super) fn note_wrong(&mut self, address: IpAddr, now: Duration) {
        let wrong = self.wrong.entry(address).or_insert(Wrong { count: 0, until: Duration::ZERO });
        wrong.count += 1;
        wrong.until = now + FORGET;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u32) -> IpAddr {
        std::net::Ipv4Addr::from_bits(last).into()
    }

    #[test]
    fn wrong_tokens_are_looked_at_ten_times_a_minute() {
        let mut tries = Tries::default();
        let now = Duration::from_secs(100);
        for _ in 0..TRIES_MAX {
            assert_eq!(tries.may_try(address(1), now), Ok(()));
            tries.note_wrong(address(1), now);
        }
        assert_eq!(tries.may_try(address(1), now), Err(FORGET));
        assert_eq!(tries.may_try(address(2), now), Ok(()), "others may");
        assert_eq!(tries.may_try(address(1), now + FORGET), Ok(()));
    }

    #[test]
    fn crowd_of_guessers_is_not_remembered_without_end() {
        let mut tries = Tries::default();
        let now = Duration::from_secs(1);
        (0..ADDRESSES_MAX as u32).for_each(|last| tries.note_wrong(address(last), now));
        assert_eq!(tries.may_try(address(5), now), Ok(()), "who is known may go on");
        assert_eq!(tries.may_try(address(u32::MAX), now), Err(FORGET));
        assert_eq!(tries.wrong.len(), ADDRESSES_MAX);
    }
}
