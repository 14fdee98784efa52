//! A server under attack, with players that must not be affected.

use server::config::{Config, Limits};
use shared::wire::DisconnectReason;

use super::{
    ALL, Transport,
    host::Host,
    player::{LivePlayer, until},
    raw::RawLink,
};

/// A server with one honest player.
pub(crate) struct Siege {
    pub(crate) host: Host,
    pub(crate) witnesses: Vec<LivePlayer>,
}

impl Siege {
    pub(crate) async fn begin() -> Self {
        Self::begin_with(|_| {}).await
    }

    pub(crate) async fn begin_with(change: impl FnOnce(&mut Config)) -> Self {
        let host = Host::start(change);
        let mut witnesses = Vec::new();
        for (transport, name) in ALL.into_iter().zip(["ann", "bob", "cid"]) {
            witnesses.push(host.player(name, transport).await);
        }
        let mut siege = Self { host, witnesses };
        let playing = |players: &[LivePlayer]| players.iter().all(|player| player.craft().is_some());
        until("the witnesses play", &mut siege.witnesses, playing).await;
        siege
    }

    /// Starts a server whose limits apply to all but the witnesses.
    pub(crate) async fn guarded(change: impl FnOnce(&mut Limits)) -> Self {
        Self::begin_with(|config| {
            config.limits.exempt = vec!["127.0.0.1/32".parse().expect("it is a network")];
            change(&mut config.limits);
        })
        .await
    }

    /// Number of refusals of a limit so far.
    pub(crate) async fn refused(&self, limit: &str) -> f64 {
        self.host.metric("ricochet_refused_total", &format!("limit=\"{limit}\"")).await
    }

    /// Checks that the honest players play on without faults.
    pub(crate) async fn stands(&mut self) {
        let checks = |player: &LivePlayer| player.client.stats().counters.state_checks;
        let before: Vec<_> = self.witnesses.iter().map(checks).collect();
        until("the witnesses play on", &mut self.witnesses, |players| {
            players.iter().zip(&before).all(|(player, before)| checks(player) >= before + 2)
        })
        .await;
        for player in &self.witnesses {
            let counters = player.client.stats().counters;
            assert_eq!((player.ending(), counters.state_mismatches, counters.decode_errors), (None, 0, 0));
        }
    }

    /// Number of closes with a reason so far.
    pub(crate) async fn closes(&self, reason: DisconnectReason) -> f64 {
        self.host.metric("ricochet_closes_total", &format!("reason=\"{}\"", reason.label())).await
    }

    /// A foreign client that is in the room.
    pub(crate) async fn joined(&self, transport: Transport) -> RawLink {
        let (mut link, ticket) = self.host.raw(transport).await;
        link.hello(&ticket).await;
        link.welcome().await;
        link
    }

    /// A foreign client sends `bytes` as its first message and must receive a goodbye with one of `reasons`.
    pub(crate) async fn refuses_first(
        &self,
        transport: Transport,
        bytes: &[u8],
        reasons: &[DisconnectReason],
    ) -> String {
        let (mut link, _) = self.host.raw(transport).await;
        link.send(bytes).await;
        heard(&mut link, bytes, reasons).await
    }

    /// The same from a foreign client in the room.
    pub(crate) async fn refuses_joined(
        &self,
        transport: Transport,
        bytes: &[u8],
        reasons: &[DisconnectReason],
    ) -> String {
        let mut link = self.joined(transport).await;
        link.send(bytes).await;
        heard(&mut link, bytes, reasons).await
    }
}

/// Expects a goodbye after `bytes`, with one of `reasons`.
pub(crate) async fn heard(link: &mut RawLink, bytes: &[u8], reasons: &[DisconnectReason]) -> String {
    let (reason, text) = link.goodbye().await;
    let shown = &bytes[..bytes.len().min(32)];
    assert!(reasons.contains(&reason), "{reason:?} ({text}) after {shown:02x?}, expected one of {reasons:?}");
    assert!(!text.is_empty(), "{reason:?} without words after {shown:02x?}");
    text
}
