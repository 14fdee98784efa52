//! The way to a host that has several addresses, of IPv4, of IPv6 or of both: one after the other is tried, and the first that
//! answers wins, as RFC 8305 has it.
//!
//! ```text
//! first ──────────────────────────────────> answers: it is taken, the others are dropped
//!    └─ 250 ms of silence, or a failure ──> second ──> ...
//! ```

use std::{future::Future, net::SocketAddr, time::Duration};

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::{
    net::{TcpStream, ToSocketAddrs},
    time::sleep,
};

use crate::native::link::LinkError;

/// The addresses of a host, which is called so in words.
///
/// # Errors
/// [`LinkError::Lost`] when it has none.
pub(super) async fn addresses(host: impl ToSocketAddrs, name: &str) -> Result<Vec<SocketAddr>, LinkError> {
    let lost = |why: &dyn std::fmt::Display| LinkError::Lost(format!("{name}: {why}"));
    let found = tokio::net::lookup_host(host).await.map_err(|error| lost(&error))?;
    let addresses = in_turns(found);
    if addresses.is_empty() { Err(lost(&"has no address")) } else { Ok(addresses) }
}

/// What the first of `targets` gives that opens. The next one is tried when those before have failed or kept silent for a while.
///
/// # Errors
/// That of a server that refuses, for it does so under each of its addresses; else that of the first target.
pub(super) async fn first_of<T, O, F>(targets: Vec<T>, open: impl Fn(T) -> F) -> Result<O, LinkError>
where
    F: Future<Output = Result<O, LinkError>>,
{
    let mut waiting = targets.into_iter();
    let mut attempts = FuturesUnordered::new();
    let mut failure = None;
    loop {
        attempts.extend(waiting.next().map(&open));
        tokio::select! {
            outcome = attempts.next() => match outcome {
                Some(Ok(opened)) => return Ok(opened),
                Some(Err(error @ LinkError::Closed { .. })) => return Err(error),
                Some(Err(error)) => drop(failure.get_or_insert(error)),
                None => return Err(failure.unwrap_or_else(|| LinkError::Lost("there is no address".into()))),
            },
            () = sleep(HEAD_START), if waiting.len() > 0 => {}
        }
    }
}

/// A TCP connection to a host, for messages that must not wait for each other.
///
/// # Errors
/// [`LinkError::Lost`] with the reason.
pub(super) async fn connect_tcp(host: &str, port: u16) -> Result<TcpStream, LinkError> {
    let lost = |error: std::io::Error| LinkError::Lost(error.to_string());
    let stream = first_of(addresses((host, port), host).await?, |address| async move {
        TcpStream::connect(address).await.map_err(lost)
    })
    .await?;
    // An input must not wait for the acknowledgement of the one before it.
    stream.set_nodelay(true).map_err(lost)?;
    // Nor behind seconds of others that the kernel has taken for a server that takes none.
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(&stream).set_tcp_notsent_lowat(UNSENT_BYTES_MAX).map_err(lost)?;
    Ok(stream)
}

/// The families take turns, so that the second try is of the other one. The system's order holds otherwise.
fn in_turns(addresses: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut addresses = addresses.peekable();
    let is_v4 = addresses.peek().is_some_and(SocketAddr::is_ipv4);
    let (first, second): (Vec<_>, Vec<_>) = addresses.partition(|address| address.is_ipv4() == is_v4);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut turns = Vec::new();
    while first.len() + second.len() > 0 && turns.len() < ADDRESSES_MAX {
        turns.extend(first.next().into_iter().chain(second.next()));
    }
    turns
}

/// How long an address is awaited alone: RFC 8305's own.
const HEAD_START: Duration = Duration::from_millis(250);
/// Addresses that are tried at most; all of them are begun within the patience for one link.
const ADDRESSES_MAX: usize = 6;
/// Unsent bytes the kernel holds before it calls itself full: some ten inputs.
#[cfg(target_os = "linux")]
const UNSENT_BYTES_MAX: u32 = 512;

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, future::pending};

    use super::*;

    fn lost(why: &str) -> LinkError {
        LinkError::Lost(why.into())
    }

    async fn outcome(targets: &[&'static str]) -> (Result<&'static str, LinkError>, Vec<&'static str>) {
        let tried = RefCell::new(Vec::new());
        let outcome = first_of(targets.to_vec(), |target| {
            tried.borrow_mut().push(target);
            async move {
                match target {
                    "silent" => pending().await,
                    "refuses" => {
                        let reason = shared::wire::DisconnectReason::Overloaded;
                        Err(LinkError::Closed { reason, text: String::new() })
                    }
                    broken if broken.starts_with("broken") => Err(lost(broken)),
                    _ => Ok(target),
                }
            }
        })
        .await;
        (outcome, tried.into_inner())
    }

    #[tokio::test]
    async fn next_address_is_tried_when_the_first_fails_or_is_silent_and_not_before() {
        assert_eq!(outcome(&["good", "other"]).await, (Ok("good"), vec!["good"]));
        assert_eq!(outcome(&["silent", "good"]).await, (Ok("good"), vec!["silent", "good"]));
        assert_eq!(outcome(&["broken", "silent", "good"]).await.0, Ok("good"));
        assert_eq!(outcome(&["broken 1", "broken 2"]).await.0, Err(lost("broken 1")));
        let (refused, tried) = outcome(&["refuses", "good"]).await;
        assert!(matches!(refused, Err(LinkError::Closed { .. })) && tried == ["refuses"], "{refused:?}");
    }

    #[test]
    fn families_take_turns() {
        let turns = |texts: &[&str]| {
            let addresses = texts.iter().map(|text| text.parse::<SocketAddr>().unwrap());
            in_turns(addresses).iter().map(SocketAddr::to_string).collect::<Vec<_>>()
        };
        assert_eq!(turns(&["[::1]:1", "[::2]:1", "1.1.1.1:1"]), ["[::1]:1", "1.1.1.1:1", "[::2]:1"]);
        assert_eq!(turns(&["1.1.1.1:1", "1.1.1.2:1"]), ["1.1.1.1:1", "1.1.1.2:1"]);
        assert!(turns(&[]).is_empty());
    }
}
