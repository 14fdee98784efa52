//! Players on real sockets, driven by the test.

use std::time::{Duration, Instant};

use arena::{
    entity::{CraftState, EntityState},
    event,
    rules::World,
};
use client::{
    Client, ClientConfig, ClientEvent,
    native::{JoinAnswer, Link, LinkError, QuicEndpoints, QuicLink, Trust, WebSocketLink, WebTransportLink},
};
use futures_util::future::select_all;
use shared::{
    PlayerId,
    wire::{DisconnectReason, Event},
};

use super::{PATIENCE, Transport};

/// A client on a link.
pub(crate) struct LivePlayer {
    pub(crate) client: Client<World>,
    link: Link,
    /// The reason why the link has ended.
    broken: Option<LinkError>,
    start: Instant,
    events: Vec<ClientEvent<event::Event>>,
    _endpoints: Option<QuicEndpoints>,
}

impl LivePlayer {
    pub(crate) async fn connect(answer: &JoinAnswer, transport: Transport) -> Self {
        Self::connect_trusting(answer, transport, &Trust::default()).await
    }

    /// The same with a server that has its own certificate.
    pub(crate) async fn connect_trusting(answer: &JoinAnswer, transport: Transport, trust: &Trust) -> Self {
        let endpoints = || QuicEndpoints::bind(1).expect("a UDP socket can be bound").trusting(trust.clone());
        let (link, endpoints) = match transport {
            Transport::Quic => {
                let endpoints = endpoints();
                let link = QuicLink::connect(&endpoints, &answer.quic, &answer.certificate_hashes).await;
                (Link::Quic(link.expect("the server takes QUIC")), Some(endpoints))
            }
            Transport::WebTransport => {
                let endpoints = endpoints();
                let link =
                    WebTransportLink::connect(&endpoints, &answer.webtransport, &answer.certificate_hashes).await;
                (Link::WebTransport(Box::new(link.expect("the server takes WebTransport"))), Some(endpoints))
            }
            Transport::WebSocket => {
                let link =
                    WebSocketLink::connect_trusting(&answer.ws, trust).await.expect("the server takes WebSocket");
                (Link::WebSocket(Box::new(link)), None)
            }
        };
        let config = ClientConfig {
            ticket: answer.ticket.clone(),
            name: answer.player_name.clone(),
            reliable: link.is_reliable(),
            ..ClientConfig::default()
        };
        let client = Client::new(config, Duration::ZERO);
        let (start, events) = (Instant::now(), Vec::new());
        Self { client, link, broken: None, start, events, _endpoints: endpoints }
    }

    /// The player's craft, once it is in the view.
    pub(crate) fn craft(&self) -> Option<CraftState> {
        match self.client.view().entity(arena::craft_of(self.client.player()?))? {
            EntityState::Craft(craft) => Some(*craft),
            _ => None,
        }
    }

    /// True if it sees the craft of `other`.
    pub(crate) fn sees(&self, other: PlayerId) -> bool {
        self.client.view().entity(arena::craft_of(other)).is_some()
    }

    /// Events about the room, in order.
    pub(crate) fn heard(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().filter_map(|event| match event {
            ClientEvent::Room { event, .. } => Some(event),
            _ => None,
        })
    }

    /// Events of the game, in order.
    pub(crate) fn seen(&self) -> impl Iterator<Item = &event::Event> {
        self.events.iter().filter_map(|event| match event {
            ClientEvent::Game { event, .. } => Some(event),
            _ => None,
        })
    }

    /// The reason why its session has ended, if it has.
    pub(crate) fn ending(&self) -> Option<DisconnectReason> {
        let told = self.client.ending().map(|ending| ending.reason);
        told.or(match &self.broken {
            Some(LinkError::Closed { reason, .. }) => Some(*reason),
            Some(error) => panic!("the link was lost without a reason: {error}"),
            None => None,
        })
    }

    /// Drives the client and sends its messages.
    async fn send(&mut self) {
        self.client.advance(self.start.elapsed());
        while let Some(output) = self.client.poll_output() {
            if let Err(error) = self.link.send(output).await {
                self.broken.get_or_insert(error);
            }
        }
    }

    /// Waits for the next message or the next thing to send, whichever is first.
    async fn receive(&mut self) {
        if self.broken.is_some() || self.client.ending().is_some() {
            return std::future::pending().await;
        }
        let wake = self.client.next_wake().saturating_sub(self.start.elapsed());
        let Ok(received) = tokio::time::timeout(wake, self.link.receive()).await else { return };
        match received {
            Ok((_, bytes)) => {
                self.client.handle_message(&bytes, self.start.elapsed()).expect("the server's messages can be read");
            }
            Err(error) => self.broken = Some(error),
        }
        self.events.extend(std::iter::from_fn(|| self.client.poll_event()));
    }
}

/// Plays until `done`.
pub(crate) async fn until(what: &str, players: &mut [LivePlayer], mut done: impl FnMut(&[LivePlayer]) -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done(players) {
        assert!(Instant::now() < deadline, "{what}: not within {PATIENCE:?}");
        play_round(players).await;
    }
}

/// Sends what is due and waits for the next event of any player.
pub(crate) async fn play_round(players: &mut [LivePlayer]) {
    for player in players.iter_mut() {
        player.send().await;
    }
    // Futures that are dropped when another player is first are started again in the next round.
    let next = select_all(players.iter_mut().map(|player| Box::pin(player.receive())));
    let _ = tokio::time::timeout(ROUND, next).await;
}

/// A round without events ends after this time, so that the deadline is checked.
const ROUND: Duration = Duration::from_millis(100);
