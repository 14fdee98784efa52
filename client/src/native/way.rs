//! The way to a seat: the addresses of the join answer, over one transport or, when that fails, another.

use std::time::Duration;

use serde::Deserialize;

use crate::native::{
    Drivers, HttpClient, JoinAnswer, Link, LinkError, Opened, QuicEndpoints, QuicLink, WebSocketLink, WebTransportLink,
};

/// What carries a link.
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
    /// For asking the server again; WebSocket trusts whom it does.
    pub http: &'a HttpClient,
    /// `http://host:port`.
    pub server: &'a str,
    /// Sockets of QUIC and WebTransport.
    pub endpoints: &'a QuicEndpoints,
    /// Who drives QUIC and WebSockets without TLS; without them, and all others, the links are stock.
    pub drivers: Option<&'a Drivers>,
    /// Where to go.
    pub answer: JoinAnswer,
    /// What to take.
    pub carrier: Carrier,
    /// Whether WebSocket will do where that does not get through.
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
    /// That of the carrier asked for, or of WebSocket after it.
    pub async fn open(&self) -> Result<Opened, LinkError> {
        match self.open_over(self.carrier).await {
            Err(_) if self.fallback && self.carrier != Carrier::WebSocket => self.open_over(Carrier::WebSocket).await,
            outcome => outcome,
        }
    }

    /// Opens another link after the `attempt` so many have been made since the last was lost. The server may have been
    /// started anew, with other certificates; and the network may let other packets through than before.
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

    /// Opens a link over a transport, on its stock library whoever could drive it.
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
        // A server that does not answer now will be asked again after the next attempt.
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

/// Three lost first packets of QUIC.
const PATIENCE: Duration = Duration::from_secs(3);
