//! The start of a connection to a listener with TLS: the handshake, bounded in time and number, and an answer to clients
//! that use `http://`.

use std::{
    error::Error as _,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header, uri::Authority},
    response::{IntoResponse, Redirect, Response},
};
use metrics::counter;
use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tracing::debug;

use super::places::Places;
use crate::{config::Network, logging};

/// Time-out of a handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Most handshakes of one listener at once; beyond it new connections are closed. It is less than the listener's connections, so
/// that unfinished handshakes leave places for the finished ones.
pub(super) const HANDSHAKES_MAX: u32 = 512;
/// First byte of a TLS handshake: the type of its record (RFC 8446 section 5.1). No HTTP request begins with it.
const HANDSHAKE_RECORD: u8 = 22;

/// The start of a connection.
pub(super) enum Opened {
    /// The TLS handshake is complete.
    Tls(Box<TlsStream<TcpStream>>),
    /// The client has sent a plain request, which is not read yet.
    Plain(TcpStream),
    /// The handshake failed or was refused.
    Closed,
}

/// Does the handshake with `peer`.
pub(super) async fn open(
    socket: TcpStream,
    peer: SocketAddr,
    tls: Arc<ServerConfig>,
    (places, keys): (&Places, Option<[Network; 2]>),
) -> Opened {
    let Some(_place) = places.try_take().and_then(|mut place| place.assign(keys).is_ok().then_some(place)) else {
        count("refused");
        return Opened::Closed;
    };
    let opening = async {
        let mut first = [0];
        match socket.peek(&mut first).await {
            Ok(1) if first[0] == HANDSHAKE_RECORD => {}
            Ok(1) => return Ok(Opened::Plain(socket)),
            Ok(_) => return Ok(Opened::Closed),
            Err(error) => return Err(error),
        }
        TlsAcceptor::from(tls).accept(socket).await.map(|stream| Opened::Tls(Box::new(stream)))
    };
    match tokio::time::timeout(HANDSHAKE_TIMEOUT, opening).await {
        Ok(Ok(opened)) => {
            match &opened {
                // Counted later, when we know whether the client accepts our certificate; see `Verdict`.
                Opened::Tls(_) | Opened::Closed => {}
                Opened::Plain(_) => count("plain"),
            }
            opened
        }
        Ok(Err(error)) => {
            debug!(peer = %logging::address(peer), %error, "a TLS handshake failed");
            count("failed");
            Opened::Closed
        }
        Err(_) => {
            debug!(peer = %logging::address(peer), "a TLS handshake took too long");
            count("timed_out");
            Opened::Closed
        }
    }
}

/// Answers plain requests on a port with TLS.
pub(super) fn show_the_way() -> Router {
    Router::new().fallback(async |request: Request| {
        let mut response = to_https(request.headers(), request.uri().path_and_query());
        // The guard limits the rate of connections, so one request per connection limits the rate of requests.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    })
}

fn to_https(headers: &HeaderMap, path: Option<&axum::http::uri::PathAndQuery>) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let host = host.filter(|host| !host.as_str().contains('@') && !host.host().is_empty());
    // A browser does not follow redirects for WebSocket, so an explaining text helps more.
    match host.filter(|_| !headers.contains_key(header::UPGRADE)) {
        // Temporary, because the host may turn TLS off again.
        Some(host) => {
            Redirect::temporary(&format!("https://{host}{}", path.map_or("/", |path| path.as_str()))).into_response()
        }
        None => (StatusCode::BAD_REQUEST, "this port speaks TLS: use https:// and wss://\n").into_response(),
    }
}

/// Counts whether a client accepts our certificate. In TLS 1.3 the server finishes before it knows: a client that refuses the certificate
/// sends an alert instead of its first request.
#[derive(Clone, Debug, Default)]
pub(super) struct Verdict(Arc<AtomicBool>);

impl Verdict {
    /// The client has sent a request.
    pub(super) fn trusted(&self) {
        if !self.0.swap(true, Ordering::Relaxed) {
            count("completed");
        }
    }

    /// The connection has ended, perhaps with an error.
    pub(super) fn ended(&self, error: Option<&hyper::Error>) {
        if !self.0.swap(true, Ordering::Relaxed) {
            count(if error.is_some_and(is_alert) { "failed" } else { "completed" });
        }
    }
}

fn is_alert(error: &hyper::Error) -> bool {
    std::iter::successors(error.source(), |&cause| cause.source()).any(|cause| {
        let tls = cause.downcast_ref::<std::io::Error>().and_then(|error| error.get_ref()?.downcast_ref());
        matches!(tls, Some(rustls::Error::AlertReceived(_)))
    })
}

fn count(outcome: &'static str) {
    counter!("ricochet_tls_handshakes_total", "outcome" => outcome).increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &[(header::HeaderName, &str)], status: StatusCode, location: Option<&str>) {
        let headers = lines.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        let response = to_https(&headers, Some(&"/status?a=1".parse().unwrap()));
        assert_eq!(response.status(), status, "{lines:?}");
        assert_eq!(response.headers().get(header::LOCATION).map(|value| value.to_str().unwrap()), location);
    }

    #[test]
    fn plain_request_is_sent_to_https_on_the_same_host_and_port() {
        let location = Some("https://a.org:8080/status?a=1");
        check(&[(header::HOST, "a.org:8080")], StatusCode::TEMPORARY_REDIRECT, location);
    }

    #[test]
    fn what_cannot_be_sent_there_is_told_so() {
        check(&[], StatusCode::BAD_REQUEST, None);
        check(&[(header::HOST, "user@a.org")], StatusCode::BAD_REQUEST, None);
        check(&[(header::HOST, "a.org"), (header::UPGRADE, "websocket")], StatusCode::BAD_REQUEST, None);
    }
}
