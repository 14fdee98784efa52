//! Floods of HTTP: connections that send nothing, little or too much, or do not read.

use std::{collections::VecDeque, net::IpAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use super::{pace::Pace, target::Target};

/// Connections that are open at once; a new one replaces the oldest. Below the default limit of open files of a
/// process.
const OPEN_MAX: usize = 900;

const UPGRADE: &str = "GET /play?shard=0 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                       Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                       Sec-WebSocket-Protocol: ricochet.1\r\n\r\n";

/// Connections that send nothing, or the first half of a request's head.
pub(crate) async fn half_open(target: &Target, pace: Pace) -> anyhow::Result<u64> {
    keep_open(target, pace, |turn| if turn % 2 == 0 { "" } else { "GET / HTTP/1.1\r\nHost: x\r\n" }).await
}

/// WebSockets without a hello.
pub(crate) async fn upgrades(target: &Target, pace: Pace) -> anyhow::Result<u64> {
    keep_open(target, pace, |_| UPGRADE).await
}

/// Connections that request the whole page twenty times and never read it.
pub(crate) async fn slow_readers(target: &Target, pace: Pace) -> anyhow::Result<u64> {
    let requests = "GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\n\r\n".repeat(20);
    keep_open(target, pace, |_| &requests).await
}

async fn keep_open<'a>(target: &Target, mut pace: Pace, says: impl Fn(u64) -> &'a str) -> anyhow::Result<u64> {
    let mut open = VecDeque::new();
    while pace.next().await {
        let Ok(mut socket) = target.connect(Target::address(pace.done())).await else { continue };
        let _ = socket.write_all(says(pace.done()).as_bytes()).await;
        open.push_back(socket);
        if open.len() > OPEN_MAX {
            open.pop_front();
        }
    }
    Ok(pace.done())
}

/// Sends heads byte by byte, on many connections in turn.
pub(crate) async fn slow_writers(target: &Target, mut pace: Pace) -> anyhow::Result<u64> {
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}", "x".repeat(10_000));
    let mut open: VecDeque<(TcpStream, usize)> = VecDeque::new();
    while pace.next().await {
        if open.len() < OPEN_MAX {
            if let Ok(socket) = target.connect(Target::address(pace.done())).await {
                open.push_back((socket, 0));
            }
            continue;
        }
        let Some((mut socket, sent)) = open.pop_front() else { continue };
        if socket.write_all(&head.as_bytes()[sent..=sent]).await.is_ok() {
            open.push_back((socket, (sent + 1) % head.len()));
        }
    }
    Ok(pace.done())
}

/// Requests seats that are never used.
pub(crate) async fn joins(target: &Target, pace: Pace) -> anyhow::Result<u64> {
    let body = "{\"name\":\"x\"}";
    let request = format!(
        "POST /api/join HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    ask(target, pace, &[request.into_bytes()]).await
}

/// Requests whose heads or bodies are too large, and bytes that are no request.
pub(crate) async fn malformed(target: &Target, pace: Pace) -> anyhow::Result<u64> {
    let post = "POST /api/join HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    let requests = [
        format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(40_000)),
        format!("{post}Content-Length: 100000\r\n\r\n{}", "[".repeat(100_000)),
        format!("{post}Content-Length: 5\r\nContent-Length: 6\r\n\r\n[[[[["),
        "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1}\u{2}\0".repeat(100),
    ];
    ask(target, pace, &requests.map(String::into_bytes)).await
}

/// Sends requests in turn, each on a connection of its own, and reads the answers.
async fn ask(target: &Target, mut pace: Pace, requests: &[Vec<u8>]) -> anyhow::Result<u64> {
    let mut asking = JoinSet::new();
    while pace.next().await {
        while asking.try_join_next().is_some() {}
        if asking.len() >= OPEN_MAX {
            continue;
        }
        let turn = pace.done();
        let (target, request) = (target.clone(), requests[turn as usize % requests.len()].clone());
        let address: IpAddr = Target::address(turn);
        asking.spawn(async move {
            let Ok(mut socket) = target.connect(address).await else { return };
            let _ = socket.write_all(&request).await;
            let _ = socket.shutdown().await;
            let _ = socket.read_to_end(&mut Vec::new()).await;
        });
    }
    Ok(pace.done())
}
