//! The control plane over real sockets: its answers to a player, a host and a careless client.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use arena::rules::World;
use server::{config::Games, games::game_with_page};
use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
    time::Duration,
};

use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{
    config::{Config, Proxies},
    lifecycle::run::Server,
};

/// The page as the program contains it.
static PAGE: server::games::PackedPage = include!(concat!(env!("OUT_DIR"), "/arena.rs"));

fn games() -> Games {
    Games::new(&[game_with_page::<World>(&PAGE)])
}

/// A server on free ports with a fixed seed, and a client for it.
struct Host {
    server: Server,
    client: reqwest::Client,
}

fn local(config: Config) -> Config {
    let any = "127.0.0.1:0".parse().unwrap();
    Config { http: any, udp: any, ops: any, seed: Some(1), ..config }
}

fn host(config: Config) -> Host {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
    Host { server: Server::start(games(), local(config)).unwrap(), client }
}

impl Host {
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.http())
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        answer(self.client.get(self.url(path)).send().await.unwrap()).await
    }

    async fn join(&self, body: Value) -> (StatusCode, Value) {
        answer(self.client.post(self.url("/api/join")).json(&body).send().await.unwrap()).await
    }

    async fn ops(&self, path: &str) -> (StatusCode, String) {
        let response = self.client.get(format!("http://{}{path}", self.server.ops())).send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }

    /// Sends bytes as they are and returns the head of the answer.
    fn raw(&self, request: &str) -> String {
        let mut socket = TcpStream::connect(self.server.http()).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        socket.write_all(request.as_bytes()).unwrap();
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && socket.read(&mut byte).unwrap() == 1 {
            head.push(byte[0]);
        }
        String::from_utf8(head).unwrap()
    }
}

async fn answer(response: reqwest::Response) -> (StatusCode, Value) {
    let status = response.status();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{status}: {error}: {text}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn word_of_a_proxy_is_taken_from_trusted_ones_only() {
    for (trusted, expected) in
        [(vec!["127.0.0.0/8".parse().unwrap()], "wss://play.example.org/play"), (vec![], "ws://127.")]
    {
        let proxies = Proxies { trusted, ..Proxies::default() };
        let host = host(Config { proxies, ..Config::default() });
        let request = host.client.get(host.url("/api/server"));
        let request = request.header("x-forwarded-proto", "https").header("x-forwarded-host", "play.example.org");
        let answer: Value =
            request.header("x-forwarded-for", "203.0.113.9").send().await.unwrap().json().await.unwrap();
        let url = answer["transports"]["websocket"]["url"].as_str().unwrap();
        assert!(url.starts_with(expected), "{url}");
        host.server.shutdown().await;
    }
}

#[tokio::test]
async fn join_gives_a_ticket_and_where_to_take_it() {
    let host = host(Config::default());
    let (status, join) = host.join(json!({ "name": " Ann " })).await;
    assert_eq!(status, StatusCode::OK, "{join}");
    assert_eq!(join["player_name"], "Ann");
    assert_eq!(join["room"], 1);
    assert_eq!(join["mode"], "deathmatch");
    assert_eq!(join["tick_hz"], 30);
    assert_eq!(join["protocol"], shared::limits::PROTOCOL_VERSION);
    assert_eq!(join["quic"], host.server.udp().to_string());
    assert_eq!(join["ws"], format!("ws://{}/play?shard=0", host.server.http()));
    assert!(join["ticket"].as_str().unwrap().len() <= shared::limits::TICKET_BYTES_MAX);
    assert_eq!(join["session"].as_str().unwrap().len(), 16, "64 bits");
    assert_eq!(join["certificate_sha256"].as_str().unwrap().len(), 64);
    assert_eq!(join["certificate_hashes"], json!([join["certificate_sha256"]]));
    assert_eq!(join["webtransport"], format!("https://{}/play", host.server.udp()));
    let (_, server) = host.get("/api/server").await;
    assert_eq!(server["certificate_sha256"], join["certificate_sha256"]);
    assert_eq!(server["certificate_hashes"], join["certificate_hashes"]);
    assert_eq!(server["transports"]["webtransport"]["urls"], json!([join["webtransport"]]));
    assert_eq!(server["players"], 1);
    assert_eq!(server["transports"]["quic"]["addresses"], json!([join["quic"]]));
    host.server.shutdown().await;
}

#[tokio::test]
async fn answers_have_the_keys_of_the_document() {
    let host = host(Config { fill: 5, ..Config::default() }.with_game_setting("arena", "mode", "team-deathmatch"));
    let (_, join) = host.join(json!({ "name": "Ann" })).await;
    // Only spectators have a delay, and no room is old enough to watch here.
    assert_eq!(keys_of(&join), &documented_keys("join") - &BTreeSet::from(["delay_secs".to_owned()]));
    assert_eq!(keys_of(&host.get("/api/server").await.1), documented_keys("server"));
    let room = loop {
        let (_, room) = host.get("/api/rooms/1").await;
        if room["tick"].as_u64().unwrap() > 0 {
            break room;
        }
    };
    assert_eq!(keys_of(&room), documented_keys("room"));
    let (_, rooms) = host.get("/api/rooms").await;
    assert_eq!(keys_of(&rooms["rooms"][0]), documented_keys("room"));
    host.server.shutdown().await;
}

/// The keys in the first column of a table of `docs/protocol.md`.
fn documented_keys(table: &str) -> BTreeSet<String> {
    let document = include_str!("../../docs/protocol.md");
    let (_, table) = document.split_once(&format!("<!-- keys: {table} -->\n")).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = rows.flat_map(|row| row.split('|').nth(1).unwrap().split(','));
    cells.map(|key| key.trim().trim_matches('`').to_owned()).collect()
}

/// Keys of an answer; an inner key follows its outer key and a dot; for a list, the keys of its first element.
fn keys_of(answer: &Value) -> BTreeSet<String> {
    let fields = answer.as_object().unwrap().iter();
    fields
        .flat_map(|(key, value)| match value {
            Value::Object(_) => keys_of(value).into_iter().map(|inner| format!("{key}.{inner}")).collect(),
            Value::Array(values) if values.first().is_some_and(Value::is_object) => {
                keys_of(&values[0]).into_iter().map(|inner| format!("{key}.{inner}")).collect()
            }
            _ => vec![key.clone()],
        })
        .collect()
}

#[tokio::test]
async fn match_of_opponents_runs_from_the_start() {
    let host = host(Config { fill: 5, ..Config::default() });
    let (status, rooms) = host.get("/api/rooms").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(rooms["rooms"].as_array().unwrap().len(), 1);
    // The room publishes itself a few times a second.
    let room = loop {
        let (_, room) = host.get("/api/rooms/1").await;
        if room["tick"].as_u64().unwrap() > 0 {
            break room;
        }
    };
    assert_eq!(room["opponents"], 5);
    assert_eq!(room["players"].as_array().unwrap().len(), 5);
    assert_eq!(room["humans"], 0);
    assert_eq!(room["seats"], 16);
    host.server.shutdown().await;
}

#[tokio::test]
async fn two_hundred_joins_at_once_never_over_fill_sixteen_seats() {
    let host = Arc::new(host(Config { max_rooms: 1, ..Config::default() }));
    let joins: Vec<_> = (0..200)
        .map(|number| {
            let host = Arc::clone(&host);
            tokio::spawn(async move { host.join(json!({ "name": format!("p{number}") })).await.0 })
        })
        .collect();
    let mut seated = 0;
    for join in joins {
        match join.await.unwrap() {
            StatusCode::OK => seated += 1,
            status => assert_eq!(status, StatusCode::CONFLICT),
        }
    }
    assert_eq!(seated, 16);
    assert_eq!(host.server.directory().rooms()[0].taken(), 16);
}

#[tokio::test]
async fn two_hundred_joins_at_once_fill_thirteen_rooms_of_sixteen() {
    let host = Arc::new(host(Config { fill: 0, ..Config::default() }));
    let joins: Vec<_> = (0..200)
        .map(|number| {
            let host = Arc::clone(&host);
            tokio::spawn(async move { host.join(json!({ "name": format!("p{number}") })).await.0 })
        })
        .collect();
    for join in joins {
        assert_eq!(join.await.unwrap(), StatusCode::OK);
    }
    let mut taken: Vec<_> = host.server.directory().rooms().iter().map(|room| room.taken()).collect();
    taken.sort_unstable();
    assert_eq!(taken, [vec![8], vec![16; 12]].concat());
}

#[tokio::test]
async fn each_bad_join_is_told_what_is_wrong() {
    let host = host(Config::default());
    for (body, status, error, said) in [
        (json!({}), 400, "bad_request", "missing field `name`"),
        (json!({ "name": "" }), 400, "bad_name", "1 to 24 bytes"),
        (json!({ "name": "x".repeat(25) }), 400, "bad_name", "25 bytes"),
        (json!({ "name": "a\u{202e}b" }), 400, "bad_name", "U+202E"),
        (json!({ "name": "Ann", "mode": "race" }), 400, "unknown_mode", "deathmatch, team-deathmatch"),
        (json!({ "name": "Ann", "rom": 1 }), 400, "bad_request", "unknown field `rom`"),
        (json!({ "name": 5 }), 400, "bad_request", "expected a string"),
        (json!({ "name": "Ann", "room": 99 }), 404, "unknown_room", "no room 99"),
        (json!({ "name": "Ann", "mode": "team", "room": 1 }), 400, "other_mode", "room 1 plays deathmatch"),
        (json!({ "name": "Ann", "mode": "x".repeat(5_000) }), 413, "too_large", "4096 bytes"),
    ] {
        let (found, answer) = host.join(body.clone()).await;
        assert_eq!((found.as_u16(), &answer["error"]), (status, &json!(error)), "{body}: {answer}");
        assert!(answer["message"].as_str().unwrap().contains(said), "{body}: {answer}");
    }
    assert_eq!(host.server.directory().players(), 0, "no refused join keeps a seat");
    host.server.shutdown().await;
}

#[tokio::test]
async fn join_must_be_json() {
    let host = host(Config::default());
    let request = host.client.post(host.url("/api/join")).body(r#"{"name":"Ann"}"#);
    let (status, refusal) = answer(request.send().await.unwrap()).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(refusal["error"], "not_json");
    host.server.shutdown().await;
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_answered_in_words() {
    let host = host(Config::default());
    for (path, status, error) in [
        ("/api/room", 404, "unknown_path"),
        ("/api/rooms/99", 404, "unknown_room"),
        ("/api/rooms/x", 400, "bad_request"),
        ("/api/join", 405, "wrong_method"),
        ("/play", 426, "upgrade_required"),
    ] {
        let (found, answer) = host.get(path).await;
        assert_eq!((found.as_u16(), &answer["error"]), (status, &json!(error)), "{path}: {answer}");
    }
    host.server.shutdown().await;
}

#[tokio::test]
async fn page_is_strict_about_what_it_loads() {
    let host = host(Config::default());
    for path in ["/", "/status", "/status/status.css", "/status/status.js", "/status/facts.js", "/status/icon.svg"] {
        let response = host.client.get(host.url(path)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert!(header("content-security-policy").starts_with("default-src 'none';"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
    }
    host.server.shutdown().await;
}

#[tokio::test]
async fn page_names_files_that_are_there_and_may_be_kept() {
    let host = host(Config::default());
    let get = async |path: &str, encoding: &'static str| {
        host.client.get(host.url(path)).header("accept-encoding", encoding).send().await.unwrap()
    };
    let index = get("/", "identity").await;
    assert_eq!(index.headers()["cache-control"], "no-cache");
    let index = index.text().await.unwrap();
    let files: Vec<&str> = index.split('"').filter(|part| part.starts_with("/web/") && !part.ends_with('/')).collect();
    assert!(files.len() > 10, "{index}");
    for path in files {
        for (accepted, encoding) in [("gzip, br", Some("br")), ("gzip", Some("gzip")), ("identity", None)] {
            let response = get(path, accepted).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            assert_eq!(header("content-encoding").as_deref(), encoding, "{path}");
            assert_eq!(header("vary").as_deref(), Some("accept-encoding"), "{path}");
            assert!(header("cache-control").is_some_and(|value| value.contains("immutable")), "{path}");
            assert!(header("content-type").is_some_and(|value| !value.contains("octet-stream")), "{path}");
        }
    }
    // The address of a file in another build is unknown here.
    assert_eq!(get("/web/0000000000000000/main.js", "gzip").await.status(), StatusCode::NOT_FOUND);
    host.server.shutdown().await;
}

const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

#[tokio::test]
async fn websocket_is_answered_with_its_subprotocol() {
    let host = host(Config::default());
    let offer = "Sec-WebSocket-Protocol: ricochet.1\r\n";
    let head = host.raw(&format!("GET /play?shard=0 HTTP/1.1\r\nHost: a\r\n{UPGRADE}{offer}\r\n")).to_lowercase();
    assert!(head.starts_with("http/1.1 101 "), "{head}");
    assert!(head.contains("sec-websocket-protocol: ricochet.1\r\n"), "{head}");
    assert!(head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n"), "{head}");
    host.server.shutdown().await;
}

#[tokio::test]
async fn websocket_without_subprotocol_or_shard_is_refused() {
    let host = host(Config::default());
    let offer = "Sec-WebSocket-Protocol: ricochet.1\r\n";
    for (path, offer) in [("/play?shard=0", ""), ("/play?shard=1", offer), ("/play?shard=x", offer)] {
        let head = host.raw(&format!("GET {path} HTTP/1.1\r\nHost: a\r\n{UPGRADE}{offer}\r\n"));
        assert!(head.starts_with("HTTP/1.1 400 "), "{path}: {head}");
    }
    host.server.shutdown().await;
}

#[tokio::test]
async fn metrics_and_health_are_on_the_ops_listener_only() {
    let host = host(Config::default());
    for (path, word) in [("/healthz", "ok"), ("/readyz", "ready")] {
        let (status, body) = host.ops(path).await;
        // A note about overload may follow the word.
        assert!(status == StatusCode::OK && body.split([',', '\n']).next() == Some(word), "{path}: {status} {body}");
    }
    let text = loop {
        let (status, text) = host.ops("/metrics").await;
        assert_eq!(status, StatusCode::OK);
        // The first tick may not have been made yet.
        if text.contains("ricochet_tick_seconds_bucket") {
            break text;
        }
    };
    for name in ["ricochet_rooms ", "process_cpu_seconds_total ", "process_resident_memory_bytes "] {
        assert!(text.lines().any(|line| line.starts_with(name)), "{name}: {text}");
    }
    assert_eq!(host.get("/metrics").await.0, StatusCode::NOT_FOUND);
    host.server.shutdown().await;
}

#[tokio::test]
async fn draining_server_is_not_ready_and_takes_nobody() {
    let host = host(Config::default());
    host.server.lobby().drain(Duration::from_secs(60), "");
    let (status, why) = host.ops("/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(why.starts_with("draining, ") && why.ends_with(" seconds left\n"), "{why}");
    let (status, refusal) = host.join(json!({ "name": "Ann" })).await;
    assert_eq!((status, &refusal["error"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("draining")));
    assert_eq!(host.ops("/healthz").await.0, StatusCode::OK);
    host.server.shutdown().await;
}

#[tokio::test]
async fn shutdown_frees_the_addresses() {
    let host = host(Config::default());
    let (http, ops, udp) = (host.server.http(), host.server.ops(), host.server.udp());
    host.server.shutdown().await;
    let again = Server::start(games(), Config { http, udp, ops, ..Config::default() }).unwrap();
    assert_eq!((again.http(), again.ops(), again.udp()), (http, ops, udp));
    again.shutdown().await;
}

#[tokio::test]
async fn each_shard_has_a_port_of_its_own() {
    let host = host(Config { shards: 2, room_size: 1, fill: 0, ..Config::default() });
    let (_, first) = host.join(json!({ "name": "Ann" })).await;
    let (_, second) = host.join(json!({ "name": "Bob" })).await;
    assert_ne!(first["quic"], second["quic"]);
    assert!(first["ws"].as_str().unwrap().ends_with("/play?shard=0"));
    assert!(second["ws"].as_str().unwrap().ends_with("/play?shard=1"));
    host.server.shutdown().await;
}
