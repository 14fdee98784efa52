//! A server with its own certificate: clients connect by name, over every transport, also after the files change.

mod live;

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::PathBuf,
};

use client::native::{HttpClient, JoinRequest, Trust, WebSocketLink, join};
use live::{
    ALL, Transport,
    host::Host,
    player::{LivePlayer, until},
    within,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use server::config::{Tls, TlsHttp};

/// A certificate authority of the test, and the files that it writes.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: PathBuf,
}

impl Authority {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("ricochet-tls-{}-{test}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder can be made");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key can be made");
        let root = params.self_signed(&key).expect("it can sign itself");
        fs::write(folder.join("ca.pem"), root.pem()).expect("it can be written");
        let authority = Self { issuer: Issuer::new(params, key), folder };
        authority.issue();
        authority
    }

    /// Writes another certificate and its key.
    fn issue(&self) {
        let key = KeyPair::generate().expect("a key can be made");
        let params = CertificateParams::new(["localhost".to_owned()]).expect("that is a name");
        let signed = params.signed_by(&key, &self.issuer).expect("it can be signed");
        fs::write(self.folder.join("certificate.pem"), signed.pem()).expect("it can be written");
        fs::write(self.folder.join("key.pem"), key.serialize_pem()).expect("it can be written");
    }

    fn trust(&self) -> Trust {
        Trust::authorities(&self.folder.join("ca.pem")).expect("an authority can be trusted")
    }

    fn tls(&self) -> Tls {
        let file = |name| Some(self.folder.join(name));
        Tls { certificate: file("certificate.pem"), key: file("key.pem"), ..Tls::default() }
    }

    fn host(&self) -> Host {
        Host::start_trusted(self.trust(), |config| config.tls = self.tls())
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

async fn until_checked(what: &str, players: &mut [LivePlayer]) {
    let from: Vec<u64> = players.iter().map(|player| player.client.stats().counters.state_checks).collect();
    until(what, players, |players| {
        let checks = players.iter().map(|player| player.client.stats().counters.state_checks);
        checks.zip(&from).all(|(checks, from)| checks >= from + 2)
    })
    .await;
    for player in players {
        assert_eq!((player.ending(), player.client.stats().counters.state_mismatches), (None, 0));
    }
}

#[tokio::test]
async fn players_of_every_transport_play_with_the_hosts_own_certificate() {
    let authority = Authority::new("play");
    let host = authority.host();
    let answer = host.reserve("first").await;
    assert!(answer.certificate_hashes.is_empty(), "it is verified by its name");
    assert!(answer.ws.starts_with("wss://localhost:") && answer.quic.starts_with("localhost:"), "{answer:?}");
    let mut players = Vec::new();
    for transport in ALL.into_iter().chain([Transport::WebSocket; 5]) {
        players.push(host.player("player", transport).await);
    }
    until_checked("all see the truth", &mut players).await;
    let ended = until("goodbyes", &mut players, |players| players.iter().all(|player| player.ending().is_some()));
    tokio::join!(host.shutdown(), ended);
}

#[tokio::test]
async fn certificate_is_swapped_on_disk_while_people_play() {
    let authority = Authority::new("swap");
    let host = authority.host();
    let mut players = Vec::new();
    for transport in ALL {
        players.push(host.player("early", transport).await);
    }
    until("all play", &mut players, |players| players.iter().all(|player| player.craft().is_some())).await;
    let first = host.certificates().shown_sha256();
    authority.issue();
    until("the new one is shown", &mut players, |_| host.certificates().shown_sha256() != first).await;
    for transport in ALL {
        players.push(host.player("late", transport).await);
    }
    until_checked("old and new players play on", &mut players).await;
    host.shutdown().await;
}

#[tokio::test]
async fn who_trusts_somebody_else_does_not_come_in() {
    let (authority, other) = (Authority::new("mine"), Authority::new("other"));
    let host = authority.host();
    let answer = host.reserve("first").await;
    let refused = within("a refusal", WebSocketLink::connect_trusting(&answer.ws, &other.trust())).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("certificate")));
    let url = format!("https://localhost:{}", host.http().port());
    let refused = within("a refusal", join(&HttpClient::new(other.trust()), &url, &JoinRequest::default())).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("certificate")));
    // The certificate is for another name.
    let by_address = answer.ws.replace("localhost", "127.0.0.1");
    assert!(within("a refusal", WebSocketLink::connect_trusting(&by_address, &authority.trust())).await.is_err());
    assert!(within("a link", WebSocketLink::connect_trusting(&by_address, &Trust::anyone())).await.is_ok());
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_request_is_shown_the_way_and_junk_is_closed() {
    let authority = Authority::new("plain");
    let host = authority.host();
    let ask = |request: &[u8]| {
        let mut socket = TcpStream::connect(host.http()).expect("the server listens");
        socket.write_all(request).expect("it takes a request");
        let mut answer = Vec::new();
        // Junk may end in a reset, which is also an answer.
        let _ = socket.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    };
    let answer = ask(b"GET /status HTTP/1.1\r\nhost: localhost:81\r\nconnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 307 "), "{answer}");
    assert!(answer.contains("location: https://localhost:81/status\r\n"), "{answer}");
    let upgrade = b"GET /play HTTP/1.1\r\nhost: a\r\nconnection: upgrade, close\r\nupgrade: websocket\r\n\r\n";
    let answer = ask(upgrade);
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.ends_with("use https:// and wss://\n"), "{answer}");
    for junk in [&b"\x16\x03\x01\xff\xff\x01"[..], b"\x16", b"\x00\x01\x02\r\n\r\n", b"\x16\x03\x01\x00\x05hello"] {
        let mut socket = TcpStream::connect(host.http()).expect("the server listens");
        socket.write_all(junk).expect("it takes junk");
        socket.shutdown(std::net::Shutdown::Write).expect("it takes an end");
        let _ = socket.read_to_end(&mut Vec::new());
    }
    assert!(host.player("honest", Transport::WebSocket).await.ending().is_none());
    host.shutdown().await;
}

#[tokio::test]
async fn http_stays_plain_behind_a_proxy_that_ends_tls() {
    let authority = Authority::new("off");
    let tls = Tls { http: TlsHttp::Off, ..authority.tls() };
    let host = Host::start_trusted(authority.trust(), |config| config.tls = tls);
    let answer = host.reserve("first").await;
    assert!(answer.ws.starts_with("ws://") && answer.certificate_hashes.is_empty(), "{answer:?}");
    host.shutdown().await;
}
