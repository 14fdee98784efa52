//! `ricochet-server health`: asks a running server for its health, for container images that contain no HTTP client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::ops::http_client::{self, Answer};

/// Asks the server at `ops` if it is alive, or with `ready` if it takes players; returns its answer.
///
/// # Errors
/// The server's text if it is not well, or the reason why there was no answer.
pub fn ask(ops: SocketAddr, ready: bool) -> Result<String, String> {
    let path = if ready { "/readyz" } else { "/healthz" };
    let ops = reachable(ops);
    match http_client::get(ops, path) {
        Ok(Answer { status: 200, body }) => Ok(body.trim().to_owned()),
        Ok(Answer { body, .. }) => Err(body.trim().to_owned()),
        Err(error) => Err(format!("no answer from {ops}: {error}")),
    }
}

/// Replaces a wildcard address by loopback.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        IpAddr::V4(_) | IpAddr::V6(_) => {}
    }
    address
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        thread,
    };

    use super::*;

    /// The result of `ask` for an answer, and the request that it sent.
    fn asked(answer: &'static str, ready: bool) -> (Result<String, String>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                socket.read_exact(&mut byte).unwrap();
                head.push(byte[0]);
            }
            socket.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(head).unwrap()
        });
        (ask(address, ready), server.join().unwrap())
    }

    #[test]
    fn server_that_is_well_says_so() {
        let (answer, asked) = asked("HTTP/1.0 200 OK\r\ncontent-length: 3\r\n\r\nok\n", false);
        assert_eq!(answer, Ok("ok".to_owned()));
        assert!(asked.starts_with("GET /healthz HTTP/1.0\r\n"));
    }

    #[test]
    fn server_that_is_not_ready_says_why() {
        let (answer, asked) = asked("HTTP/1.0 503 Service Unavailable\r\n\r\ndraining, 5 seconds left\n", true);
        assert_eq!(answer, Err("draining, 5 seconds left".to_owned()));
        assert!(asked.starts_with("GET /readyz "));
    }

    #[test]
    fn silence_and_nonsense_are_told_apart_from_health() {
        assert!(asked("no HTTP", false).0.unwrap_err().contains("not HTTP"));
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(ask(free, false).unwrap_err().contains(&free.to_string()));
    }

    #[test]
    fn wildcard_is_asked_on_loopback() {
        assert_eq!(reachable("0.0.0.0:9090".parse().unwrap()).to_string(), "127.0.0.1:9090");
        assert_eq!(reachable("[::]:9090".parse().unwrap()).to_string(), "[::1]:9090");
        assert_eq!(reachable("10.0.0.7:9090".parse().unwrap()).to_string(), "10.0.0.7:9090");
    }
}
