//! Connects to a host with several addresses, IPv4 or IPv6: they are tried one after the other, and the first one that answers
//! is used ("happy eyeballs", RFC 8305).
//!
//! ```text
//! first ──────────────────────────────────> answers: it is used, the other attempts are dropped
//!    └─ 250 ms of silence, or a failure ──> second ──> ...
//! ```

use std::{future::Future, net::SocketAddr, time::Duration};

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::{
    net::{TcpStream, ToSocketAddrs},
    time::sleep,
};

use crate::native::link_error::LinkError;

/// Resolves the addresses of a host. `name` is the host in error texts.
///
/// # Errors
/// [`LinkError::Lost`] when the host has no address.
pub(super) async fn addresses(host: impl ToSocketAddrs, name: &str) -> Result<Vec<SocketAddr>, LinkError> {
    let lost = |why: &dyn std::fmt::Display| LinkError::Lost(format!("{name}: {why}"));
    let found = tokio::net::lookup_host(host).await.map_err(|error| lost(&error))?;
    let addresses = in_turns(found);
    if addresses.is_empty() { Err(lost(&"has no address")) } else { Ok(addresses) }
}

/// Opens the `targets` one after the other and returns the first that succeeds. The next one is tried when an attempt fails, or
/// after 250 ms.
///
/// # Errors
/// The error of a server that refuses, because it would refuse at its other addresses too; otherwise the first failure.
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

/// Opens a TCP connection that sends each message at once.
///
/// # Errors
/// [`LinkError::Lost`] with the reason.
pub(super) async fn connect_tcp(host: &str, port: u16) -> Result<TcpStream, LinkError> {
    let lost = |error: std::io::Error| LinkError::Lost(error.to_string());
    let stream = first_of(addresses((host, port), host).await?, |address| async move {
        TcpStream::connect(address).await.map_err(lost)
    })
    .await?;
    // An input must not wait for the acknowledgement of the last one.
    stream.set_nodelay(true).map_err(lost)?;
    // It must not wait behind seconds of old inputs in the kernel's buffer either, when the server does not read.
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(&stream).set_tcp_notsent_lowat(UNSENT_BYTES_MAX).map_err(lost)?;
    Ok(stream)
}

/// Orders addresses so that the families alternate and the second attempt uses the other family. Within a family the system's order
/// stays.
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

/// Delay before the next address is tried, as RFC 8305 recommends.
const HEAD_START: Duration = Duration::from_millis(250);
/// Bound of the addresses that are tried: all attempts begin within the time-out of one link.
const ADDRESSES_MAX: usize = 6;
/// Unsent bytes that the kernel holds before the socket is not writable: about ten inputs.
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
