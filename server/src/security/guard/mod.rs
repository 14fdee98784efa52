//! Keeps each address and network within its limits for connections, joins, handshakes and traffic, and refuses
//! banned networks.
//!
//! ```text
//! accept ── connect ──> Lease ── settle (request head) ── unsettle (upgrade) ── play (hello) ──> dropped: all released
//! Incoming, address validated ── handshake ──^               handshake done, address was not validated ── connect
//! GET ── request ──> answered, with its bytes
//! POST /api/join ── join ──> Lease of the ticket, dropped when it is used or expires
//! ```
//!
//! An address is charged only when it is validated: by a TCP connection, a QUIC Retry that came back, a finished handshake, or
//! an answer from the address that a connection has migrated to. So a sender of forged addresses cannot use up their limits.
//!
//! One table serves all threads behind one lock, which is held for less than a microsecond at a time, and for 200 µs when a full
//! table is swept. It is used when connections come and go, for HTTP requests, and once a second per link, never per packet.

mod ban_list;
mod bans;
mod bounds;
mod caller;
mod lease;
mod limit;
mod refused;
mod table;
mod warnings;

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use metrics::{counter, gauge};
use shared::limits::GUARD_ENTRIES_MAX;

use self::{
    ban_list::BanList,
    bounds::Bounds,
    limit::{Held, Paced, REQUEST_PARTS},
    table::{Excess, Keys, Table},
    warnings::Warnings,
};
pub use self::{
    bans::{Ban, BanError},
    caller::Caller,
    lease::Lease,
    limit::Limit,
    refused::Refused,
};
use crate::{
    base::calendar,
    config::{Limits, Network},
};

/// Limits, counts and bans, shared by all threads.
#[derive(Debug)]
pub struct Guard {
    rules: ArcSwap<Rules>,
    table: Mutex<Table>,
    warnings: Mutex<Warnings>,
    bans: BanList,
    /// Number of changes of the settings.
    rule_changes: AtomicU64,
    start: Instant,
}

/// The settings, converted for fast look-up.
#[derive(Debug)]
struct Rules {
    exempt: Vec<Network>,
    ban: Vec<Network>,
    /// The limits of an address, and those of a network.
    bounds: [Bounds; 2],
}

/// Time to wait for a free HTTP connection: one without a request is closed within ten seconds.
const PLACE_WAIT: Duration = Duration::from_secs(5);

impl Default for Guard {
    fn default() -> Self {
        Self::with_bans(&Limits::default(), BanList::default())
    }
}

impl Guard {
    /// Name of the file of bans in the state directory.
    pub(crate) const BANS_FILE: &str = "bans.toml";

    /// A guard with these limits, and with the bans in `bans_file` if there is one.
    ///
    /// # Errors
    /// When the file exists and is not a valid list.
    pub fn new(limits: &Limits, bans_file: Option<PathBuf>) -> Result<Self, BanError> {
        Ok(Self::with_bans(limits, BanList::open(bans_file)?))
    }

    /// Reads a file of bans as [`Guard::new`] does, and changes nothing.
    ///
    /// # Errors
    /// When the file exists and is not a valid list.
    pub(crate) fn check_bans_file(file: &Path) -> Result<(), BanError> {
        ban_list::read(file).map(drop)
    }

    fn with_bans(limits: &Limits, bans: BanList) -> Self {
        Self {
            rules: ArcSwap::from_pointee(Rules::new(limits)),
            table: Mutex::new(Table::new(GUARD_ENTRIES_MAX)),
            warnings: Mutex::default(),
            bans,
            rule_changes: AtomicU64::new(0),
            start: Instant::now(),
        }
    }

    /// The network by which a person is recognised: the one that a provider gives to one customer. `None` for networks that are
    /// exempt from limits, because many people may share their addresses.
    pub(crate) fn customer(&self, caller: Caller) -> Option<Network> {
        self.keys(caller).map(|_| Network::of_customer(caller.address))
    }

    /// Replaces the settings. Counts stay; links of newly banned networks are closed within
    /// a tenth of a second.
    pub fn set_limits(&self, limits: &Limits) {
        self.rules.store(Arc::new(Rules::new(limits)));
        self.rule_changes.fetch_add(1, Ordering::AcqRel);
    }

    /// Counts a TCP connection, or a QUIC connection whose handshake has just validated its address.
    ///
    /// # Errors
    /// When the network is banned, or at a limit.
    pub fn connect(self: &Arc<Self>, caller: Caller) -> Result<Lease, Refused> {
        self.lease(caller, &[Held::Connection, Held::HalfOpen], &[(Paced::Connect, 1)])
    }

    /// Counts a QUIC handshake from an address that a Retry has validated.
    ///
    /// # Errors
    /// When the network is banned, or at a limit.
    pub fn handshake(self: &Arc<Self>, caller: Caller) -> Result<Lease, Refused> {
        self.lease(caller, &[Held::Connection, Held::HalfOpen], &[(Paced::Handshake, 1), (Paced::Connect, 1)])
    }

    /// Counts a join and its ticket.
    ///
    /// # Errors
    /// When the network is banned, or at a limit.
    pub fn join(self: &Arc<Self>, caller: Caller) -> Result<Lease, Refused> {
        self.lease(caller, &[Held::Ticket], &[(Paced::Join, 1)])
    }

    /// Counts an HTTP request, for a file of the page or to the API.
    ///
    /// # Errors
    /// When the network is banned, has sent too many requests, or has received too many bytes.
    pub fn request(&self, caller: Caller, is_file: bool) -> Result<(), Refused> {
        self.check_ban(caller.address)?;
        let cost = if is_file { 1 } else { REQUEST_PARTS };
        self.keys(caller)
            .map_or(Ok(()), |keys| self.admit(&keys, &[], &[(Paced::Request, cost), (Paced::AnswerByte, 0)]))
    }

    /// Charges the bytes of a response, whose size is known only now. An excess refuses the next request.
    pub fn answered(&self, caller: Caller, bytes: u64) {
        let Some(keys) = self.keys(caller) else { return };
        let costs = [(Paced::AnswerByte, u32::try_from(bytes).unwrap_or(u32::MAX))];
        let rules = self.rules.load();
        let _ = self.table().charge(&keys, &costs, &rules.bounds, self.now());
    }

    /// Refuses banned addresses. It does not lock the table, and only a refusal is counted.
    ///
    /// # Errors
    /// The ban.
    pub fn check_ban(&self, address: IpAddr) -> Result<(), Refused> {
        match self.ban_of(address) {
            Some(ban) => Err(self.refused(Refused::Banned { ban })),
            None => Ok(()),
        }
    }

    /// The ban that applies to an address, of the settings or of the list.
    pub fn ban_of(&self, address: IpAddr) -> Option<Ban> {
        let rules = self.rules.load();
        if let Some(&network) = rules.ban.iter().find(|network| network.contains(address)) {
            return Some(Ban { network, until: None, reason: String::new(), by: "the configuration".to_owned() });
        }
        self.bans.of(address, calendar::now().into())
    }

    /// Bans a network, or changes its ban. Its links are closed within a tenth of a second.
    ///
    /// # Errors
    /// When the list is full or a text is too long: then nothing is banned. When the file cannot be written: then the ban
    /// applies until the server ends.
    pub fn ban(&self, ban: Ban) -> Result<(), BanError> {
        let Ban { network, until, reason, by } = &ban;
        tracing::info!(%network, until = until.map(tracing::field::display), reason, by, "banned");
        self.bans.insert(ban, calendar::now().into())
    }

    /// Removes a ban; false if there is none of exactly this network.
    ///
    /// # Errors
    /// When the file cannot be written: then the network is banned again after a restart.
    pub fn unban(&self, network: &Network) -> Result<bool, BanError> {
        let unbanned = self.bans.remove(network)?;
        tracing::info!(%network, unbanned, "ban removed");
        Ok(unbanned)
    }

    /// All bans of the list, by network; bans of the settings are not in it.
    pub fn bans(&self) -> Vec<Ban> {
        self.bans.all(calendar::now().into())
    }

    /// A counter that grows when an open link may have become banned, so that shards know when to check their links.
    pub(crate) fn unwelcome_changes(&self) -> u64 {
        self.bans.changes() + self.rule_changes.load(Ordering::Acquire)
    }

    /// The refusal for a network that has used up its share of the HTTP connections.
    pub(crate) fn too_few_places(&self, network: Network, has: u32) -> Refused {
        self.refused(Refused::TooMuch { limit: Limit::Places, network, most: has, wait: PLACE_WAIT })
    }

    /// Counts a refusal that was decided elsewhere, for example by a link's own budget.
    pub(crate) fn count_refused(&self, limit: Limit, times: u64) {
        counter!("ricochet_refused_total", "limit" => limit.label()).increment(times);
    }

    /// Deletes expired entries, when it is time to. Call it a few times a second.
    pub fn tidy(&self) {
        let now = self.now();
        if let Err(error) = self.bans.expire(calendar::now().into(), now) {
            tracing::error!(%error, "cannot delete bans that are over from the file");
        }
        let mut table = self.table();
        if now < table.next_sweep() {
            return;
        }
        table.expire(now);
        gauge!("ricochet_guarded_networks").set(table.len() as f64);
        gauge!("ricochet_bans").set(self.bans().len() as f64);
    }

    fn lease(self: &Arc<Self>, caller: Caller, held: &[Held], paced: &[(Paced, u32)]) -> Result<Lease, Refused> {
        self.check_ban(caller.address)?;
        let keys = self.keys(caller);
        if let Some(keys) = &keys {
            self.admit(keys, held, paced)?;
        }
        Ok(Lease::new(self, keys, held))
    }

    /// The customer and site that a caller is counted under; `None` for exempt callers.
    pub(crate) fn keys(&self, caller: Caller) -> Option<Keys> {
        let Caller { address, forwarded } = caller;
        let is_exempt = !forwarded && self.rules.load().exempt.iter().any(|network| network.contains(address));
        (!is_exempt).then(|| table::keys(address))
    }

    fn admit(&self, keys: &Keys, held: &[Held], paced: &[(Paced, u32)]) -> Result<(), Refused> {
        let rules = self.rules.load();
        let outcome = self.table().admit(keys, held, paced, &rules.bounds, self.now());
        outcome.map_err(|excess| self.refused(excess.into()))
    }

    fn release(&self, keys: &Keys, held: &[Held]) {
        self.table().release(keys, held, self.now());
    }

    /// Moves counts from `from` to `to`; `None` is an exempt network, where nothing is counted.
    fn transfer(&self, from: Option<&Keys>, to: Option<&Keys>, held: &[Held]) -> Result<(), Refused> {
        let rules = self.rules.load();
        let outcome = self.table().transfer(from, to, held, &rules.bounds, self.now());
        outcome.map_err(|excess| self.refused(excess.into()))
    }

    fn charge(&self, keys: &Keys, bytes: u32, messages: u32) -> Result<(), (Refused, u32)> {
        let rules = self.rules.load();
        let costs = [(Paced::Byte, bytes), (Paced::Message, messages)];
        let outcome = self.table().charge(keys, &costs, &rules.bounds, self.now());
        outcome.map_err(|(excess, share)| (excess.into(), share))
    }

    /// Counts and logs a refusal.
    pub(crate) fn refused(&self, refused: Refused) -> Refused {
        let (limit, network) = (refused.limit(), refused.network());
        self.count_refused(limit, 1);
        tracing::debug!(limit = limit.label(), %network, "refused: {refused}");
        let warned = self.warnings.lock().unwrap_or_else(PoisonError::into_inner).count(limit, network, self.now());
        if let Some(unsaid) = warned {
            tracing::warn!(limit = limit.label(), %network, unsaid, "refused: {refused}");
        }
        refused
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // Each change leaves a valid state before any code can panic.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}

impl Rules {
    fn new(limits: &Limits) -> Self {
        let Limits { exempt, ban, .. } = limits.clone();
        Self { exempt, ban, bounds: Bounds::of(limits) }
    }
}

impl From<Excess> for Refused {
    fn from(Excess { limit, network, most, wait }: Excess) -> Self {
        Self::TooMuch { limit, network, most, wait }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(change: impl FnOnce(&mut Limits)) -> Arc<Guard> {
        let mut limits = Limits::default();
        change(&mut limits);
        Arc::new(Guard::new(&limits, None).unwrap())
    }

    fn caller(address: &str) -> Caller {
        Caller::direct(SocketAddr::new(address.parse().unwrap(), 1))
    }

    use std::net::SocketAddr;

    const STRANGER: &str = "203.0.113.7";

    #[test]
    fn what_is_held_is_given_back_when_the_last_copy_goes() {
        let guard = guard(|limits| limits.connections_per_address = 1);
        let lease = guard.connect(caller(STRANGER)).unwrap();
        let copy = lease.clone();
        drop(lease);
        assert_eq!(guard.connect(caller(STRANGER)).unwrap_err().limit(), Limit::Connections);
        drop(copy);
        guard.connect(caller(STRANGER)).unwrap();
    }

    #[test]
    fn connection_is_half_open_until_it_says_what_it_wants_and_again_after_an_upgrade() {
        let guard = guard(|limits| limits.half_open_per_address = 1);
        let lease = guard.connect(caller(STRANGER)).unwrap();
        let refused = guard.connect(caller(STRANGER)).unwrap_err();
        assert_eq!(refused.limit(), Limit::HalfOpen);
        lease.settle();
        lease.settle();
        lease.unsettle().unwrap();
        lease.unsettle().unwrap();
        assert_eq!(guard.connect(caller(STRANGER)).unwrap_err().limit(), Limit::HalfOpen);
        lease.play().unwrap();
        guard.connect(caller(STRANGER)).unwrap();
    }

    #[test]
    fn players_are_counted_from_hello_to_the_end_of_the_link() {
        let guard = guard(|limits| limits.players_per_address = 1);
        let leases = [(), ()].map(|()| guard.connect(caller(STRANGER)).unwrap());
        leases[0].play().unwrap();
        assert_eq!(leases[1].play().unwrap_err().limit(), Limit::Players);
        let [first, second] = leases;
        drop(first);
        second.play().unwrap();
    }

    #[test]
    fn player_who_moves_is_counted_at_the_new_address_and_no_longer_at_the_old_one() {
        let guard = guard(|limits| limits.players_per_address = 1);
        let lease = guard.connect(caller(STRANGER)).unwrap();
        lease.play().unwrap();
        // Another port is the same address, and another address of its network is still in that network.
        lease.move_to(Caller::direct(SocketAddr::new(STRANGER.parse().unwrap(), 2))).unwrap();
        assert_eq!(guard.connect(caller(STRANGER)).unwrap().play().unwrap_err().limit(), Limit::Players);
        lease.move_to(caller("198.51.100.1")).unwrap();
        assert_eq!(guard.connect(caller("198.51.100.1")).unwrap().play().unwrap_err().limit(), Limit::Players);
        guard.connect(caller(STRANGER)).unwrap().play().unwrap();
        drop(lease);
        guard.connect(caller("198.51.100.1")).unwrap().play().unwrap();
    }

    #[test]
    fn move_to_where_no_more_is_allowed_is_refused_and_changes_nothing() {
        let guard = guard(|limits| limits.connections_per_address = 1);
        let lease = guard.connect(caller(STRANGER)).unwrap();
        let other = guard.connect(caller("198.51.100.1")).unwrap();
        assert_eq!(lease.move_to(caller("198.51.100.1")).unwrap_err().limit(), Limit::Connections);
        assert_eq!(guard.connect(caller(STRANGER)).unwrap_err().limit(), Limit::Connections);
        drop(other);
        lease.move_to(caller("198.51.100.1")).unwrap();
        guard.connect(caller(STRANGER)).unwrap();
    }

    #[test]
    fn one_who_moves_between_an_exempt_network_and_another_counts_where_it_is() {
        let guard = guard(|limits| limits.players_per_address = 1);
        let lease = guard.connect(caller("127.0.0.1")).unwrap();
        lease.play().unwrap();
        lease.move_to(caller(STRANGER)).unwrap();
        let second = guard.connect(caller(STRANGER)).unwrap();
        assert_eq!(second.play().unwrap_err().limit(), Limit::Players);
        lease.move_to(caller("127.0.0.1")).unwrap();
        second.play().unwrap();
        assert_eq!(lease.move_to(caller(STRANGER)).unwrap_err().limit(), Limit::Players);
    }

    #[test]
    fn move_charges_no_pace() {
        let guard = guard(|limits| limits.new_connections_per_minute_per_address = 1);
        let lease = guard.connect(caller(STRANGER)).unwrap();
        for round in 0..100 {
            lease.move_to(caller(["198.51.100.1", STRANGER][round % 2])).unwrap();
        }
        guard.connect(caller("198.51.100.1")).unwrap();
    }

    #[test]
    fn move_to_a_banned_network_is_refused() {
        let guard = guard(|limits| limits.ban = vec!["198.51.100.0/24".parse().unwrap()]);
        let lease = guard.connect(caller(STRANGER)).unwrap();
        assert_eq!(lease.move_to(caller("198.51.100.1")).unwrap_err().limit(), Limit::Banned);
    }

    #[test]
    fn loopback_is_exempt_unless_a_proxy_forwards_it() {
        let guard = guard(|limits| limits.joins_per_minute_per_address = 0);
        guard.join(caller("127.0.0.9")).unwrap();
        guard.join(caller("::1")).unwrap();
        guard.join(caller("::ffff:127.0.0.1")).unwrap();
        let forwarded = Caller { forwarded: true, ..caller("127.0.0.9") };
        assert_eq!(guard.join(forwarded).unwrap_err().limit(), Limit::Joins);
    }

    #[test]
    fn banned_network_is_refused_everywhere_and_hears_why() {
        let guard = guard(|limits| limits.ban = vec!["198.51.100.0/24".parse().unwrap()]);
        let ban =
            Ban { network: "203.0.113.0/24".parse().unwrap(), until: None, reason: "rude".into(), by: "me".into() };
        guard.ban(ban).unwrap();
        let refusal = guard.connect(caller(STRANGER)).unwrap_err();
        assert_eq!((refusal.limit(), refusal.retry_after_secs()), (Limit::Banned, None));
        assert_eq!(refusal.to_string(), "203.0.113.0/24 is banned: rude");
        assert!(guard.join(caller("198.51.100.1")).is_err());
        assert_eq!(guard.unban(&"203.0.113.0/24".parse().unwrap()), Ok(true));
        guard.connect(caller(STRANGER)).unwrap();
    }

    #[test]
    fn refusal_tells_who_what_and_when() {
        let guard = guard(|limits| limits.joins_per_minute_per_address = 1);
        let lease = guard.join(caller(STRANGER)).unwrap();
        let refused = guard.join(caller(STRANGER)).unwrap_err();
        assert_eq!(refused.to_string(), "203.0.113.7/32 has reached its limit of 1 joins a minute; try again in 60 s");
        assert_eq!(refused.retry_after_secs(), Some(60));
        drop(lease);
    }

    #[test]
    fn class_behind_one_address_gets_in_with_the_defaults() {
        let guard = guard(|_| {});
        let mut held = Vec::new();
        for _ in 0..32 {
            for _ in 0..6 {
                let page = guard.connect(caller(STRANGER)).unwrap();
                page.settle();
                held.push(page);
            }
            let ticket = guard.join(caller(STRANGER)).unwrap();
            let link = guard.handshake(caller(STRANGER)).unwrap();
            drop(ticket);
            link.play().unwrap();
            held.push(link);
        }
    }

    #[test]
    fn settings_change_while_the_server_runs() {
        let guard = guard(|_| {});
        guard.join(caller(STRANGER)).unwrap();
        guard.set_limits(&Limits { joins_per_minute_per_address: 0, ..Limits::default() });
        assert!(guard.join(caller(STRANGER)).is_err());
    }
}
