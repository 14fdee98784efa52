//! `GET /play`: checks a WebSocket upgrade, answers it, and hands the bare socket to its shard.
//!
//! The ticket in the hello admits a player, and a page of another site cannot get one (see [`super::join`]).
//! Its upgrade is refused all the same, by the same rule as for WebTransport.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use axum::{
    extract::{Query, Request, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use metrics::counter;
use net::LogPace;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tracing::{debug, warn};
use tungstenite::handshake::derive_accept_key;

use super::{Lobby, address::Reached, matchmaker::SHARD_PATIENCE, refusal::Refusal};
use crate::{
    base::origin::Origins,
    directory::drain::Status,
    http::ClientAddress,
    logging,
    security::guard::Lease,
    shard::{ShardCommand, UpgradedSocket},
};

/// The WebSocket subprotocol. Its number is that of the framing, not of the protocol.
pub(super) const SUBPROTOCOL: &str = "ricochet.1";

/// Time-out from our response 101 until hyper gives us the socket: it only has to flush the response.
const UPGRADE_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
pub(super) struct PlayQuery {
    #[serde(default)]
    shard: usize,
}

pub(super) async fn play(
    State(lobby): State<Arc<Lobby>>,
    query: Result<Query<PlayQuery>, QueryRejection>,
    reached: Reached,
    mut request: Request,
) -> Result<Response, Refusal> {
    let Query(PlayQuery { shard }) = query.map_err(|rejection| Refusal::BadRequest(rejection.body_text()))?;
    let accept = accept_key(request.headers())?;
    check_origin(&lobby.origins, request.headers(), reached.authority())?;
    if shard >= lobby.udp.len() {
        let shards = lobby.udp.len();
        return Err(Refusal::BadRequest(format!("there is no shard {shard}; this server has {shards}, from 0")));
    }
    // A draining server still accepts players with a ticket or a token.
    if lobby.drainer.status() == Status::Ending {
        return Err(Refusal::Draining);
    }
    if !lobby.directory.shard(shard).is_alive(std::time::Instant::now(), SHARD_PATIENCE) {
        return Err(lobby.matchmaker.refusal_without_shard());
    }
    let Some(&client) = request.extensions().get::<ClientAddress>() else {
        return Err(Refusal::BadRequest("the connection has no address".to_owned()));
    };
    let peer = client.address;
    // A connection keeps the lease of its address. A connection of a proxy gets a lease of the client that the proxy names.
    let lease = match request.extensions().get::<Lease>().filter(|_| !client.forwarded) {
        Some(lease) => lease.clone(),
        None => lobby.guard.connect(client.into())?,
    };
    lease.unsettle()?;
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let upgraded = match tokio::time::timeout(UPGRADE_TIMEOUT, upgrade).await {
            Ok(Ok(upgraded)) => upgraded,
            Ok(Err(error)) => {
                return debug!(peer = %logging::address(peer), %error, "a WebSocket went away before it was one");
            }
            Err(_) => return debug!(peer = %logging::address(peer), "a WebSocket took too long to become one"),
        };
        match bare_socket(upgraded) {
            Ok((socket, read_ahead)) => {
                let command =
                    ShardCommand::AdoptWebSocket { socket, read_ahead: read_ahead.into(), peer, lease: Some(lease) };
                let adopted = (lobby.send)(shard, command);
                counter!("ricochet_websockets_total", "outcome" => if adopted { "adopted" } else { "refused" })
                    .increment(1);
                static PACE: LogPace = LogPace::new();
                if !adopted && let Some(unsaid) = PACE.count() {
                    let peer = logging::address(peer);
                    warn!(%peer, shard, unsaid, "closed a new WebSocket: the shard's queue is full");
                }
            }
            Err(error) => {
                debug!(peer = %logging::address(peer), error = format!("{error:#}"), "cannot hand over a WebSocket");
            }
        }
    });
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    Ok(response)
}

/// Checks the handshake of RFC 6455 section 4.2.1 and returns the response to its key.
fn accept_key(headers: &HeaderMap) -> Result<HeaderValue, Refusal> {
    if !lists(headers, header::CONNECTION, "upgrade") || !lists(headers, header::UPGRADE, "websocket") {
        return Err(Refusal::UpgradeRequired);
    }
    if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Err(Refusal::BadRequest("sec-websocket-version must be 13".to_owned()));
    }
    // 16 bytes in base64.
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|key| key.len() == 24 && key.as_bytes().ends_with(b"=="));
    let key = key.ok_or_else(|| Refusal::BadRequest("sec-websocket-key must be 16 bytes in base64".to_owned()))?;
    if !lists(headers, header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        return Err(Refusal::BadRequest(format!("sec-websocket-protocol must offer {SUBPROTOCOL}")));
    }
    Ok(derive_accept_key(key.as_bytes()).parse().expect("base64 is plain ASCII"))
}

/// Refuses pages of other sites. Programs other than browsers need not send an origin (RFC 6455 section 10.2).
fn check_origin(origins: &Origins, headers: &HeaderMap, host: &str) -> Result<(), Refusal> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin = String::from_utf8_lossy(origin.as_bytes());
    if origins.admit(&origin, host) { Ok(()) } else { Err(Refusal::WrongOrigin { origin: origin.into_owned() }) }
}

/// True if a comma-separated header contains `token`, in any case.
fn lists(headers: &HeaderMap, name: header::HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|part| part.trim().eq_ignore_ascii_case(token))
}

/// The socket of an upgraded connection, non-blocking and without delay, with its TLS, and the bytes that were already read from it.
fn bare_socket(upgraded: Upgraded) -> anyhow::Result<(UpgradedSocket, Bytes)> {
    let (socket, tls, read_ahead) = match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(parts) => (parts.io.into_inner(), None, parts.read_buf),
        Err(upgraded) => {
            let Ok(parts) = upgraded.downcast::<TokioIo<TlsStream<TcpStream>>>() else {
                anyhow::bail!("the upgrade is no TCP socket");
            };
            let (socket, tls) = parts.io.into_inner().into_inner();
            (socket, Some(Box::new(tls)), parts.read_buf)
        }
    };
    // Tokio's sockets are non-blocking, and stay so.
    let stream = socket.into_std().context("cannot take the socket from the runtime")?;
    stream.set_nodelay(true).context("cannot set TCP_NODELAY")?;
    Ok((UpgradedSocket { stream, tls }, read_ahead))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    const GOOD: [(HeaderName, &str); 5] = [
        (header::CONNECTION, "keep-alive, Upgrade"),
        (header::UPGRADE, "WebSocket"),
        (header::SEC_WEBSOCKET_VERSION, "13"),
        // The example of RFC 6455 section 1.3.
        (header::SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ=="),
        (header::SEC_WEBSOCKET_PROTOCOL, "other, ricochet.1"),
    ];

    fn headers(changed: Option<(HeaderName, &str)>) -> HeaderMap {
        let mut headers: HeaderMap = GOOD.into_iter().map(|(name, value)| (name, value.parse().unwrap())).collect();
        if let Some((name, value)) = changed {
            headers.insert(name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn handshake_of_the_rfc_is_answered() {
        assert_eq!(accept_key(&headers(None)).unwrap(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn plain_request_is_told_to_upgrade() {
        assert_eq!(accept_key(&HeaderMap::new()), Err(Refusal::UpgradeRequired));
    }

    #[test]
    fn page_of_another_host_is_refused_and_a_program_need_not_tell() {
        let origins = Origins::default();
        let check = |origin: Option<&str>| {
            let headers = origin.map(|origin| (header::ORIGIN, origin.parse().unwrap())).into_iter().collect();
            check_origin(&origins, &headers, "play.example.org:8080")
        };
        assert_eq!(check(None), Ok(()));
        assert_eq!(check(Some("https://play.example.org")), Ok(()));
        let origin = "https://evil.example".to_owned();
        assert_eq!(check(Some(&origin)), Err(Refusal::WrongOrigin { origin }));
    }

    #[test]
    fn each_part_of_the_handshake_is_needed() {
        for (name, value, said) in [
            (header::SEC_WEBSOCKET_VERSION, "8", "sec-websocket-version must be 13"),
            (header::SEC_WEBSOCKET_KEY, "short", "sec-websocket-key must be 16 bytes in base64"),
            (header::SEC_WEBSOCKET_PROTOCOL, "ricochet.2", "sec-websocket-protocol must offer ricochet.1"),
        ] {
            let refusal = accept_key(&headers(Some((name, value)))).unwrap_err();
            assert_eq!(refusal, Refusal::BadRequest(said.to_owned()));
        }
    }
}
