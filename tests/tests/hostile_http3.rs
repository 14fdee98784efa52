//! WebTransport from clients that violate HTTP/3, request unknown paths, or are pages of another origin.

mod live;

use std::time::Duration;

use live::{
    Transport,
    player::until,
    raw::{HTTP3, RawLink, connect_to, endpoint_for, request},
    siege::Siege,
    within,
};
use quinn::{ApplicationClose, Connection, ConnectionError, Endpoint};
use shared::{
    limits::{HELLO_TIMEOUT_SECS, HTTP3_FRAME_BYTES_MAX},
    rng::Rng,
    wire::DisconnectReason,
};
use url::Url;
use web_transport_quinn::{
    ClientError, ConnectError, Session,
    http::{StatusCode, header::ORIGIN},
    proto::{ConnectError as ProtoError, ConnectRequest, Settings, VarInt},
};

/// A new HTTP/3 connection that has sent nothing.
struct Stranger {
    _endpoint: Endpoint,
    connection: Connection,
}

impl Stranger {
    async fn connect(siege: &Siege) -> Self {
        let endpoint = endpoint_for(HTTP3);
        let connection = connect_to(&endpoint, &siege.host.udp().to_string()).await;
        Self { _endpoint: endpoint, connection }
    }

    /// Sends bytes on a stream of its own, which stays open.
    async fn uni(&self, bytes: &[u8]) -> quinn::SendStream {
        let mut stream = self.connection.open_uni().await.expect("a few streams are allowed");
        let _ = stream.write_all(bytes).await;
        stream
    }

    async fn bi(&self, bytes: &[u8]) -> (quinn::SendStream, quinn::RecvStream) {
        let mut streams = self.connection.open_bi().await.expect("a few streams are allowed");
        let _ = streams.0.write_all(bytes).await;
        streams
    }

    /// The code and the text of the close, which must come.
    async fn closed(&self) -> (u64, String) {
        match within("the close", self.connection.closed()).await {
            ConnectionError::ApplicationClosed(ApplicationClose { error_code, reason }) => {
                (error_code.into_inner(), String::from_utf8_lossy(&reason).into_owned())
            }
            error => panic!("{error} is no close of the server's"),
        }
    }
}

fn control() -> Vec<u8> {
    let mut settings = Settings::default();
    settings.enable_webtransport(1);
    let mut bytes = Vec::new();
    settings.encode(&mut bytes);
    bytes
}

fn url(siege: &Siege, path: &str) -> Url {
    format!("https://{}{path}", siege.host.udp()).parse().expect("an address and a path are a URL")
}

fn connect_frame(siege: &Siege) -> Vec<u8> {
    let mut bytes = Vec::new();
    request(url(siege, "/play")).encode(&mut bytes).expect("it can be written");
    bytes
}

fn frame_head(kind: u32, length: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    VarInt::from_u32(kind).encode(&mut bytes);
    VarInt::from_u32(length).encode(&mut bytes);
    bytes
}

#[tokio::test]
async fn garbage_on_every_kind_of_stream() {
    let mut siege = Siege::begin().await;
    let mut rng = Rng::new(11);
    for round in 0..60 {
        let stranger = Stranger::connect(&siege).await;
        let mut bytes: Vec<u8> = (0..1 + round * 20).map(|_| rng.next_u64() as u8).collect();
        // Half of them begin like a known frame.
        if round % 2 == 0 {
            bytes[0] = [0, 1, 2, 3, 4, 0x21][round % 6];
        }
        let mut open = Vec::new();
        if round % 3 == 0 {
            open.push(stranger.uni(&control()).await);
        }
        match round % 4 {
            0 | 1 => open.push(stranger.uni(&bytes).await),
            _ => drop(stranger.bi(&bytes).await),
        }
        let _ = stranger.connection.send_datagram(bytes.into());
    }
    siege.stands().await;
}

#[tokio::test]
async fn broken_rules_are_told_by_their_code() {
    let mut siege = Siege::begin().await;
    let long = HTTP3_FRAME_BYTES_MAX as u32 + 1;
    let breaches = [
        (vec![0x00, 0x07, 0x01, 0x00], 0x10a, "SETTINGS"),
        ([&[0x00][..], &frame_head(0x4, 1 << 29)].concat(), 0x107, "at most"),
        ([control(), frame_head(0x21, long)].concat(), 0x107, "at most"),
        ([control(), frame_head(0x0, 0)].concat(), 0x105, "control stream"),
        (vec![0x01], 0x103, "push"),
    ];
    for (bytes, code, word) in breaches {
        let stranger = Stranger::connect(&siege).await;
        let _stream = stranger.uni(&bytes).await;
        let (told, text) = stranger.closed().await;
        assert_eq!(told, code, "{text}");
        assert!(text.contains(word), "{text}");
    }
    let stranger = Stranger::connect(&siege).await;
    let mut stream = stranger.uni(&control()).await;
    stream.finish().expect("it is open");
    assert_eq!(stranger.closed().await.0, 0x104, "the control stream must live");
    siege.stands().await;
}

#[tokio::test]
async fn wrong_paths_and_pages_of_others_are_refused() {
    let mut siege = Siege::begin().await;
    let good = request(url(&siege, "/play?shard=0"));
    let other_page = |origin: &str| {
        ConnectRequest::new(url(&siege, "/play")).with_header(ORIGIN, origin.parse().expect("plain ASCII"))
    };
    for (request, status) in [
        (good, None),
        (other_page("http://localhost:8080"), None),
        (request(url(&siege, "/")), Some(StatusCode::NOT_FOUND)),
        (request(url(&siege, "/play/")), Some(StatusCode::NOT_FOUND)),
        (other_page("https://evil.example"), Some(StatusCode::FORBIDDEN)),
        (other_page("null"), Some(StatusCode::FORBIDDEN)),
        (ConnectRequest::new(url(&siege, "/play")), Some(StatusCode::FORBIDDEN)),
    ] {
        let stranger = Stranger::connect(&siege).await;
        let told = match within("the answer", Session::connect(stranger.connection.clone(), request)).await {
            Ok(_) => None,
            Err(ClientError::HttpError(ConnectError::ProtoError(ProtoError::WrongStatus(status)))) => status,
            Err(error) => panic!("{error} instead of {status:?}"),
        };
        assert_eq!(told, status);
        if status.is_some() {
            let (_, text) = stranger.closed().await;
            assert!(text.contains("/play") || text.contains("origin") || text.contains("pages of"), "{text}");
        }
    }
    siege.stands().await;
}

#[tokio::test]
async fn second_session_is_reset_and_the_first_one_goes_on() {
    let siege = Siege::begin().await;
    let (mut link, ticket) = siege.host.raw(Transport::WebTransport).await;
    let RawLink::WebTransport(web) = &link else { unreachable!("WebTransport was asked for") };
    let connection: &Connection = web.session();
    let (mut send, mut receive) = connection.open_bi().await.expect("a few streams are allowed");
    send.write_all(&connect_frame(&siege)).await.expect("the server reads it");
    match within("the answer", receive.read(&mut [0; 10])).await {
        Err(quinn::ReadError::Reset(code)) => assert_eq!(code.into_inner(), 0x10b),
        other => panic!("{other:?} instead of a reset"),
    }
    link.hello(&ticket).await;
    link.welcome().await;
}

#[tokio::test]
async fn datagrams_of_no_session_are_ignored_and_counted() {
    let mut siege = Siege::begin().await;
    let before = siege.host.metric("ricochet_datagrams_stray_total", "").await;
    let answer = siege.host.reserve("early").await;
    let stranger = Stranger::connect(&siege).await;
    for _ in 0..10 {
        stranger.connection.send_datagram(vec![0, 0x92, 2, 7].into()).expect("datagrams are allowed");
    }
    let request = request(url(&siege, "/play"));
    let session = within("the session", Session::connect(stranger.connection.clone(), request)).await;
    let session = session.expect("datagrams that came early are no reason to refuse");
    for _ in 0..10 {
        // One datagram of another session, and one without any session.
        let connection: &Connection = &session;
        connection.send_datagram(vec![9, 0x92, 2, 7].into()).expect("datagrams are allowed");
        connection.send_datagram(Vec::new().into()).expect("datagrams are allowed");
    }
    let streams = session.open_bi().await.expect("the server takes a stream");
    let mut link = RawLink::adopt(endpoint_for(HTTP3), session, streams);
    link.hello(&answer.ticket).await;
    link.welcome().await;
    siege.stands().await;
    assert!(siege.host.metric("ricochet_datagrams_stray_total", "").await >= before + 20.0);
}

#[tokio::test]
async fn flood_of_what_means_nothing_is_shut_out() {
    let mut siege = Siege::begin().await;
    let before = siege.closes(DisconnectReason::TooFast).await;
    let stranger = Stranger::connect(&siege).await;
    let mut stream = stranger.uni(&control()).await;
    let noise = frame_head(0x21, 0).repeat(500);
    let flood = async { while stream.write_all(&noise).await.is_ok() {} };
    within("the end of the flood", flood).await;
    assert!(stranger.closed().await.1.contains("messages per tick"));
    assert!(siege.closes(DisconnectReason::TooFast).await > before);
    siege.stands().await;
}

#[tokio::test]
async fn connection_without_a_request_is_closed_in_time() {
    let mut siege = Siege::begin().await;
    let silent = Stranger::connect(&siege).await;
    let settled = Stranger::connect(&siege).await;
    let _control = settled.uni(&control()).await;
    // A request that never ends.
    let _request = settled.bi(&connect_frame(&siege)[..10]).await;
    let heard = tokio::spawn(async move { (silent.closed().await, settled.closed().await) });
    let begun = std::time::Instant::now();
    until("the strangers are shut out", &mut siege.witnesses, |_| heard.is_finished()).await;
    assert!(begun.elapsed() < Duration::from_secs(2 * HELLO_TIMEOUT_SECS));
    let (silent, settled) = heard.await.expect("both are closed");
    assert!(silent.1.contains("no hello") && settled.1.contains("no hello"), "{silent:?} {settled:?}");
    siege.stands().await;
}
