//! The accept loop of every HTTP listener: bounded connections, time-outs for slow peers, an orderly end. Peers over their
//! limits are refused here, before a byte is read.
//!
//! `axum::serve` would be simpler, but it wraps the socket in private types and has no time-out for headers. Here an upgrade
//! gives the plain `TcpStream`, which a shard can take over.

mod descriptors;
mod forwarded;
mod json;
mod places;
pub(crate) mod requests;
mod this_machine;
mod tls;
mod turned_away;

use std::{
    convert::Infallible,
    net::{SocketAddr, TcpListener as StdTcpListener},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    http::{HeaderValue, header},
};
use hyper::{body::Incoming, server::conn::http1, service::Service as _};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use net::LogPace;
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
};
use tracing::{debug, warn};

pub(crate) use self::this_machine::is_for_this_machine;
use self::{
    descriptors::Spares,
    places::{Crowded, Place, Places},
    tls::{Opened, Verdict},
    turned_away::TurnedAway,
};
pub use self::{
    forwarded::{Approach, ClientAddress},
    json::{from_object, is_json},
};
use crate::{
    config::{LiveConfig, Network},
    logging,
    security::{
        certificates::Certificates,
        guard::{Guard, Lease, Refused},
    },
};

/// Most open connections of one listener. Upgraded ones belong to a shard and do not count.
const CONNECTIONS_MAX: u32 = 1_024;
/// Time-out for the head of a request, the first or a later one of a connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of one request's head.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// A connection whose peer acknowledges nothing for this long is closed.
#[cfg(target_os = "linux")]
const STALL_TIMEOUT: Duration = Duration::from_secs(20);
/// Most refusals that are being sent at once; beyond it a refused connection is closed without an answer.
const FAREWELLS_MAX: usize = 64;
/// Time-out for sending a refusal.
const FAREWELL_TIMEOUT: Duration = Duration::from_secs(1);
/// Spare descriptors of a listener: the requests that it can serve at once when no others are free.
const SPARES: usize = 4;
/// Pause after a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Binds a listener of the control plane.
///
/// # Errors
/// When the address is taken or not ours.
pub(crate) fn bind(address: SocketAddr) -> std::io::Result<StdTcpListener> {
    let listener = StdTcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// The checks in front of the router.
#[derive(Clone, Debug)]
pub(crate) struct Front {
    /// The trusted proxies, and whether TLS is used.
    pub(crate) config: Arc<LiveConfig>,
    /// Limits and bans; without it everybody is admitted.
    guard: Option<Arc<Guard>>,
    /// For TLS; a listener without them is always plain.
    certificates: Option<Arc<Certificates>>,
    /// TLS handshakes under way.
    handshakes: Places,
}

impl Front {
    /// For a listener that is open to players.
    pub(crate) fn public(config: Arc<LiveConfig>, guard: Arc<Guard>, certificates: Arc<Certificates>) -> Self {
        Self { guard: Some(guard), certificates: Some(certificates), ..Self::private(config) }
    }

    /// For a listener that only the host can reach.
    pub(crate) fn private(config: Arc<LiveConfig>) -> Self {
        let handshakes = Places::new(tls::HANDSHAKES_MAX);
        Self { config, guard: None, certificates: None, handshakes }
    }

    /// Counts a connection. Those of a trusted proxy are not counted, because each of its requests may be for another client.
    fn admit(&self, peer: SocketAddr, place: &mut Place) -> Result<Option<Lease>, Refused> {
        let Some(guard) = &self.guard else { return Ok(None) };
        let Some(keys) = self.keys(peer) else { return self.connect(guard, peer) };
        place.assign(Some(keys)).map_err(|Crowded { network, has }| guard.too_few_places(network, has))?;
        self.connect(guard, peer)
    }

    fn connect(&self, guard: &Arc<Guard>, peer: SocketAddr) -> Result<Option<Lease>, Refused> {
        match self.is_proxy(peer) {
            true => Ok(None),
            false => guard.connect(ClientAddress::of_socket(peer).into()).map(Some),
        }
    }

    /// The customer and site that a connection is counted under; `None` for trusted proxies and exempt networks.
    fn keys(&self, peer: SocketAddr) -> Option<[Network; 2]> {
        let guard = self.guard.as_ref().filter(|_| !self.is_proxy(peer))?;
        guard.keys(ClientAddress::of_socket(peer).into())
    }

    fn is_proxy(&self, peer: SocketAddr) -> bool {
        Network::any_contains(&self.config.load().proxies.trusted, peer.ip())
    }

    /// TLS for a new connection, if it is in use. A certificate may come and go while the server runs.
    fn tls(&self) -> Option<Arc<ServerConfig>> {
        let certificates = self.certificates.as_ref()?;
        self.config.load().tls.serves_http().then(|| Arc::clone(certificates.http()))
    }

    /// The header that makes browsers use https only (HSTS).
    fn strict_transport(&self) -> Option<HeaderValue> {
        match self.config.load().tls.hsts_secs {
            0 => None,
            secs => HeaderValue::try_from(format!("max-age={secs}")).ok(),
        }
    }
}

/// Serves `router` until `stop` becomes true; running requests are answered before it returns.
pub(crate) async fn serve(listener: TcpListener, front: Front, router: Router, mut stop: watch::Receiver<bool>) {
    let places = Places::new(CONNECTIONS_MAX);
    let stopping = stop.clone();
    tokio::select! {
        () = accept(&listener, &front, &router, &places, &stopping) => {}
        () = told(&mut stop) => {}
    }
    drop(listener);
    // All places are free when all connections are done; each of them gets the same signal.
    places.all_free().await;
}

/// Accepts connections; never returns.
async fn accept(listener: &TcpListener, front: &Front, router: &Router, places: &Places, stop: &watch::Receiver<bool>) {
    static FAILURES: LogPace = LogPace::new();
    let farewells = Arc::new(Semaphore::new(FAREWELLS_MAX));
    // Each of these refusals holds a descriptor while it is sent.
    let farewells_out = Arc::new(Semaphore::new(SPARES / 2));
    let spares = Spares::new(SPARES);
    // The spare descriptor that was closed for the next connection.
    let mut loan = None;
    loop {
        let mut place = places.take().await;
        let (socket, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                if let Some(unsaid) = FAILURES.count() {
                    warn!(%error, unsaid, "cannot accept a connection");
                }
                let had_none = loan.is_none();
                loan = loan.or_else(|| if descriptors::ran_out(&error) { spares.lend() } else { None });
                if !had_none || loan.is_none() {
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
                continue;
            }
        };
        let loan = loan.take();
        let admitted = match front.guard.is_some() && (loan.is_some() || descriptors::are_scarce(&socket)) {
            true => Err(TurnedAway::OutOfDescriptors),
            false => front.admit(peer, &mut place).map_err(TurnedAway::Refused),
        };
        match admitted {
            Ok(lease) => {
                let connection = connection(socket, (peer, lease), front.clone(), router.clone(), stop.clone());
                tokio::spawn(async move {
                    connection.await;
                    drop((place, loan));
                });
            }
            Err(why) => {
                static REFUSED: LogPace = LogPace::new();
                if why == TurnedAway::OutOfDescriptors
                    && let Some(unsaid) = REFUSED.count()
                {
                    warn!(
                        unsaid,
                        "file descriptors run out: connections are refused; raise the limit (LimitNOFILE, ulimit -n)"
                    );
                }
                // A TLS client cannot read a plain answer; and after a loan the descriptor is needed at once.
                if front.tls().is_some() || loan.is_some() {
                    continue;
                }
                let turns = if why == TurnedAway::OutOfDescriptors { &farewells_out } else { &farewells };
                let Ok(turn) = Arc::clone(turns).try_acquire_owned() else { continue };
                tokio::spawn(async move {
                    let _ = tokio::time::timeout(FAREWELL_TIMEOUT, turned_away::tell(socket, &why)).await;
                    drop(turn);
                });
            }
        }
    }
}

async fn connection(
    socket: TcpStream,
    (peer, lease): (SocketAddr, Option<Lease>),
    front: Front,
    router: Router,
    mut stop: watch::Receiver<bool>,
) {
    // Responses are small and complete, so there is no reason to wait for more data.
    let _ = socket.set_nodelay(true);
    #[cfg(target_os = "linux")]
    let _ = socket2::SockRef::from(&socket).set_tcp_user_timeout(Some(STALL_TIMEOUT));
    let caller = Caller { peer, lease, secure: false };
    let Some(tls) = front.tls() else { return requests(socket, caller, front, router, stop).await };
    let opened = tokio::select! {
        opened = tls::open(socket, peer, tls, (&front.handshakes, front.keys(peer))) => opened,
        () = told(&mut stop) => return,
    };
    match opened {
        Opened::Tls(stream) => requests(*stream, Caller { secure: true, ..caller }, front, router, stop).await,
        Opened::Plain(socket) => requests(socket, caller, front, tls::show_the_way(), stop).await,
        Opened::Closed => {}
    }
}

/// The other end of a connection.
struct Caller {
    peer: SocketAddr,
    lease: Option<Lease>,
    /// True if the connection uses our TLS.
    secure: bool,
}

/// Serves the requests of one connection.
async fn requests<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    socket: S,
    Caller { peer, lease, secure }: Caller,
    front: Front,
    router: Router,
    mut stop: watch::Receiver<bool>,
) {
    let inner = TowerToHyperService::new(router);
    let strict = if secure { front.strict_transport() } else { None };
    let verdict = secure.then(Verdict::default);
    let asked = verdict.clone();
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        let (client, approach) = forwarded::read(request.headers(), peer, secure, &front.config.load().proxies);
        request.extensions_mut().insert(client);
        request.extensions_mut().insert(approach);
        if let Some(verdict) = &asked {
            verdict.trusted();
        }
        if let Some(lease) = &lease {
            lease.settle();
            request.extensions_mut().insert(lease.clone());
        }
        let answering = inner.call(request);
        let strict = strict.clone();
        async move {
            let mut response = answering.await?;
            if let Some(strict) = strict {
                response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, strict);
            }
            Ok::<_, Infallible>(response)
        }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES_MAX)
        // A client may close its half after a request and still wait for the response.
        .half_close(true)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades();
    let mut serving = pin!(serving);
    let outcome = tokio::select! {
        outcome = serving.as_mut() => outcome,
        () = told(&mut stop) => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Some(verdict) = verdict {
        verdict.ended(outcome.as_ref().err());
    }
    if let Err(error) = outcome {
        debug!(peer = %logging::address(peer), %error, "an HTTP connection ended early");
    }
}

/// Returns when `stop` becomes true, or its sender is gone.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|&stop| stop).await;
}
