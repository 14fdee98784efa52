//! Admits administrators: requests with a token, and none from pages of other hosts.
//!
//! ```text
//! loopback listener, host of the request not this machine   refused: a foreign page made its own name resolve to this machine
//! origin of another host                                    refused: no other page may use this API
//! no token is set                                           refused, with the way to set one
//! token wrong                                               refused, counted
//! token wrong, the eleventh of this network in a minute     refused a second later
//! ```
//!
//! There are no cookies, so a browser sends nothing that its user did not give to our own page.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use metrics::counter;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Admin, refusal::Refusal, tries::Tries};
use crate::{
    config::Admin as Settings,
    http::{self, ClientAddress},
    logging,
};

/// The administrator: the name of a token. An extension of every admitted request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Who(pub(super) Arc<str>);

/// The checks of the ops listener, and their state.
pub(super) struct Access {
    /// The listener is on loopback.
    loopback: bool,
    made_up: Option<String>,
    tries: Mutex<Tries>,
    started: Instant,
}

/// Delay of the answer to each wrong token beyond the limit.
const WRONG_DELAY: Duration = Duration::from_secs(1);
/// The name of the random token of a start.
const MADE_UP: &str = "local";

impl Access {
    pub(super) fn new(ops: SocketAddr, settings: &Settings) -> Self {
        let loopback = ops.ip().is_loopback();
        let made_up = (loopback && settings.tokens().is_empty()).then(|| format!("{:032x}", rand::random::<u128>()));
        Self { loopback, made_up, tries: Mutex::default(), started: Instant::now() }
    }

    pub(super) fn made_up(&self) -> Option<&str> {
        self.made_up.as_deref()
    }

    /// Checks the token of a request from `address`; returns its name.
    fn admit(&self, headers: &HeaderMap, address: IpAddr, settings: &Settings) -> Result<Who, Refusal> {
        let mut tokens = settings.tokens();
        if tokens.is_empty() {
            tokens.extend(self.made_up().map(|token| (MADE_UP, token)));
        }
        if tokens.is_empty() {
            return Err(Refusal::NoTokenSet);
        }
        let shown = headers.get(header::AUTHORIZATION).ok_or(Refusal::NoToken)?;
        let shown = bearer(shown).unwrap_or_default();
        // All tokens are compared, each in constant time, so the duration does not reveal how much of a token was right.
        let mut name = None;
        for (known, token) in tokens {
            if is_same(shown, token) {
                name = Some(known);
            }
        }
        name.map(|name| Who(name.into())).ok_or_else(|| {
            let now = self.started.elapsed();
            let counted = self.tries.lock().unwrap_or_else(PoisonError::into_inner).note_wrong(address, now);
            counted.map_or_else(|wait| Refusal::TooManyTries { wait }, |()| Refusal::BadToken)
        })
    }
}

/// Admits a request to the API, or answers with the refusal.
pub(super) async fn admit(State(admin): State<Arc<Admin>>, mut request: Request, next: Next) -> Response {
    let Some(&ClientAddress { address: peer, .. }) = request.extensions().get() else {
        return Refusal::BadRequest("the connection has no address".to_owned()).into_response();
    };
    let settings = admin.lobby.config.load();
    match admin.access.admit(request.headers(), peer.ip(), &settings.admin) {
        Ok(who) => {
            request.extensions_mut().insert(who);
            next.run(request).await
        }
        Err(refusal) => {
            if matches!(refusal, Refusal::TooManyTries { .. }) {
                tokio::time::sleep(WRONG_DELAY).await;
            }
            refuse(refusal, peer)
        }
    }
}

/// Refuses pages of other hosts, and adds the security headers.
pub(crate) async fn check_host(State(admin): State<Arc<Admin>>, request: Request, next: Next) -> Response {
    let mut response = match foreign(request.headers(), admin.access.loopback) {
        Some(refusal) => {
            let peer = request.extensions().get::<ClientAddress>().map(|client| client.address);
            refuse(refusal, peer.unwrap_or_else(|| SocketAddr::from(([0; 4], 0))))
        }
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The page loads files of this listener only, no other page can frame it, and it sends no forms.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                                       connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn refuse(refusal: Refusal, peer: SocketAddr) -> Response {
    counter!("ricochet_admin_refusals_total", "reason" => refusal.label()).increment(1);
    tracing::debug!(peer = %logging::address(peer), reason = refusal.label(), "an administrator was not admitted");
    refusal.into_response()
}

/// The refusal of a request that comes from a page of another host, or names another host.
fn foreign(headers: &HeaderMap, loopback: bool) -> Option<Refusal> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if loopback && !http::is_for_this_machine(headers) {
        return Some(Refusal::WrongHost);
    }
    let origin = headers.get(header::ORIGIN)?.to_str().unwrap_or_default();
    let same = origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host));
    (!same).then_some(Refusal::WrongOrigin)
}

/// The token of `Bearer TOKEN`.
fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Compares digests in constant time, so that the duration does not reveal even the length of a token.
fn is_same(shown: &str, token: &str) -> bool {
    Sha256::digest(shown).ct_eq(&Sha256::digest(token)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    const TOKEN: &str = "correct-horse-battery";
    const LOCAL: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn settings(token: Option<&str>) -> Settings {
        Settings { token: token.map(Secret::new), ..Settings::default() }
    }

    fn access(ops: &str, settings: &Settings) -> Access {
        Access::new(ops.parse().unwrap(), settings)
    }

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    fn shows(token: &str) -> HeaderMap {
        headers(&[(header::AUTHORIZATION, &format!("Bearer {token}"))])
    }

    #[track_caller]
    fn check(settings: &Settings, headers: &HeaderMap, expected: Result<&str, &str>) {
        let outcome = access("127.0.0.1:9090", settings).admit(headers, LOCAL, settings);
        assert_eq!(outcome.as_ref().map(|who| &*who.0).map_err(Refusal::label), expected);
    }

    #[test]
    fn token_admits_under_its_name_and_others_do_not() {
        let one = settings(Some(TOKEN));
        check(&one, &shows(TOKEN), Ok("admin"));
        check(&one, &headers(&[(header::AUTHORIZATION, &format!("bearer  {TOKEN} "))]), Ok("admin"));
        check(&one, &shows(&TOKEN[1..]), Err("bad_token"));
        check(&one, &shows(""), Err("bad_token"));
        check(&one, &headers(&[(header::AUTHORIZATION, &format!("Basic {TOKEN}"))]), Err("bad_token"));
        check(&one, &HeaderMap::new(), Err("no_token"));
        let two = settings(Some("ann:anns-own-long-token\nbob:bobs-own-long-token"));
        check(&two, &shows("anns-own-long-token"), Ok("ann"));
        check(&two, &shows("bobs-own-long-token"), Ok("bob"));
        check(&two, &shows("ann:anns-own-long-token"), Err("bad_token"));
    }

    #[test]
    fn token_is_made_up_where_only_this_machine_gets() {
        let none = settings(None);
        let local = access("[::1]:9090", &none);
        let token = local.made_up().unwrap();
        assert_eq!(token.len(), 32, "128 bits");
        assert_eq!(local.admit(&shows(token), LOCAL, &none), Ok(Who("local".into())));
        assert_eq!(access("0.0.0.0:9090", &none).admit(&shows(token), LOCAL, &none), Err(Refusal::NoTokenSet));
        // A token that is set while the server runs replaces the random one.
        let set = settings(Some(TOKEN));
        assert_eq!(local.admit(&shows(token), LOCAL, &set), Err(Refusal::BadToken));
        assert_eq!(access("127.0.0.1:9090", &set).made_up(), None);
    }

    #[test]
    fn guessing_is_slowed_down_and_keeps_nobody_with_a_right_token_out() {
        let settings = settings(Some(TOKEN));
        let access = access("127.0.0.1:9090", &settings);
        while access.admit(&shows("guess"), LOCAL, &settings) == Err(Refusal::BadToken) {}
        let outcome = access.admit(&shows("guess"), LOCAL, &settings);
        assert!(matches!(outcome, Err(Refusal::TooManyTries { .. })), "{outcome:?}");
        assert!(access.admit(&shows(TOKEN), LOCAL, &settings).is_ok());
        for last in 0..3_000u32 {
            let crowd = IpAddr::from(last.to_be_bytes());
            assert_eq!(access.admit(&shows("guess"), crowd, &settings), Err(Refusal::BadToken));
        }
        assert!(access.admit(&shows(TOKEN), "203.0.113.7".parse().unwrap(), &settings).is_ok());
    }

    #[test]
    fn pages_of_other_hosts_are_kept_out() {
        let foreign = |loopback, pairs: &[_]| foreign(&headers(pairs), loopback).map(|refusal| refusal.label());
        let host = |host| (header::HOST, host);
        for ours in ["localhost:9090", "127.0.0.1:9090", "[::1]:9090"] {
            assert_eq!(foreign(true, &[host(ours)]), None, "{ours}");
        }
        assert_eq!(foreign(true, &[host("evil.example:9090")]), Some("wrong_host"), "its name was made to point here");
        assert_eq!(foreign(true, &[]), Some("wrong_host"));
        assert_eq!(foreign(false, &[host("ops.example:9090")]), None);
        let origin = |origin| (header::ORIGIN, origin);
        assert_eq!(foreign(true, &[host("localhost:9090"), origin("http://localhost:9090")]), None);
        assert_eq!(foreign(false, &[host("ops.example"), origin("https://ops.example")]), None);
        for other in ["http://localhost:8080", "https://evil.example", "null"] {
            assert_eq!(foreign(true, &[host("localhost:9090"), origin(other)]), Some("wrong_origin"), "{other}");
        }
    }
}
