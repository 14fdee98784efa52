//! The connector: opens links to the addresses of a join answer, over one transport or, when that fails, WebSocket.

use std::time::Duration;

use serde::Deserialize;

use crate::native::{
    Drivers, HttpClient, JoinAnswer, Link, LinkError, Opened, QuicEndpoints, QuicLink, WebSocketLink, WebTransportLink,
};

/// The transport of a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Carrier {
    /// QUIC.
    Quic,
    /// WebTransport.
    WebTransport,
    /// WebSocket.
    WebSocket,
}

/// See the module.
#[derive(Debug)]
pub struct Way<'a> {
    /// Requests the server's current certificates. Its trust is used for `wss` too.
    pub http: &'a HttpClient,
    /// The server's address, `http://host:port`.
    pub server: &'a str,
    /// Sockets of QUIC and WebTransport.
    pub endpoints: &'a QuicEndpoints,
    /// Threads that drive QUIC and WebSocket without TLS. All other links, and all links without drivers, are stock.
    pub drivers: Option<&'a Drivers>,
    /// The join answer, with the addresses.
    pub answer: JoinAnswer,
    /// The preferred transport.
    pub carrier: Carrier,
    /// Use WebSocket when the preferred transport fails.
    pub fallback: bool,
}

/// The part of `GET /api/server` that may change between two links.
#[derive(Deserialize)]
struct Certificates {
    certificate_hashes: Vec<String>,
}

impl Way<'_> {
    /// Opens the first link.
    ///
    /// # Errors
    /// The error of the preferred transport, or of WebSocket if that was tried after it.
    pub async fn open(&self) -> Result<Opened, LinkError> {
        match self.open_over(self.carrier).await {
            Err(_) if self.fallback && self.carrier != Carrier::WebSocket => self.open_over(Carrier::WebSocket).await,
            outcome => outcome,
        }
    }

    /// Opens a new link after one was lost. `attempt` is the number of this attempt since then, from 1 on. With [`Way::fallback`]
    /// every second attempt uses WebSocket, because the network may block UDP now. After a failure the server's certificates are
    /// requested again, because the server may have restarted with others.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn open_again(&mut self, attempt: u32) -> Result<Opened, LinkError> {
        let takes_other = self.fallback && attempt > 1 && attempt.is_multiple_of(2);
        let carrier = if takes_other { Carrier::WebSocket } else { self.carrier };
        let outcome = self.open_over(carrier).await;
        if outcome.is_err() {
            self.ask_for_certificates().await;
        }
        outcome
    }

    /// Opens a link over a transport.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn open_over(&self, carrier: Carrier) -> Result<Opened, LinkError> {
        let JoinAnswer { quic, ws, certificate_hashes, .. } = &self.answer;
        match (carrier, self.drivers) {
            (Carrier::Quic, Some(drivers)) => {
                patiently(carrier, drivers.open_quic(quic, certificate_hashes)).await.map(Opened::Driven)
            }
            (Carrier::WebSocket, Some(drivers)) if is_plain(ws) => {
                patiently(carrier, drivers.open_websocket(ws)).await.map(Opened::Driven)
            }
            _ => self.open_stock(carrier).await.map(Opened::Stock),
        }
    }

    /// Opens a link over a transport with its stock library, even if there are drivers.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn open_stock(&self, carrier: Carrier) -> Result<Link, LinkError> {
        let Self { http, endpoints, answer, .. } = self;
        let JoinAnswer { quic, webtransport, ws, certificate_hashes: hashes, .. } = answer;
        let opening = async {
            Ok(match carrier {
                Carrier::Quic => Link::Quic(QuicLink::connect(endpoints, quic, hashes).await?),
                Carrier::WebTransport => {
                    Link::WebTransport(WebTransportLink::connect(endpoints, webtransport, hashes).await?.into())
                }
                Carrier::WebSocket => Link::WebSocket(WebSocketLink::connect_trusting(ws, http.trust()).await?.into()),
            })
        };
        patiently(carrier, opening).await
    }

    async fn ask_for_certificates(&mut self) {
        let url = format!("{}/api/server", self.server.trim_end_matches('/'));
        let asking = async { serde_json::from_slice::<Certificates>(&self.http.get(&url).await.ok()?.body).ok() };
        // If the server does not answer, the request is repeated after the next failed attempt.
        if let Ok(Some(answer)) = tokio::time::timeout(PATIENCE, asking).await {
            self.answer.certificate_hashes = answer.certificate_hashes;
        }
    }
}

async fn patiently<T>(carrier: Carrier, opening: impl Future<Output = Result<T, LinkError>>) -> Result<T, LinkError> {
    let outcome = tokio::time::timeout(PATIENCE, opening).await;
    outcome.unwrap_or_else(|_| Err(LinkError::Lost(format!("{carrier:?} did not open within {PATIENCE:?}"))))
}

fn is_plain(url: &str) -> bool {
    url.starts_with("ws://")
}

/// Time-out of one link: enough for QUIC when its first packet is lost three times.
const PATIENCE: Duration = Duration::from_secs(3);
