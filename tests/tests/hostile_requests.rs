//! A client that exceeds its share of HTTP requests receives a refusal and loses its connection, while others are
//! answered.

mod live;

use live::{
    attacker::{Answer, Attacker, read_answer},
    siege::Siege,
    within,
};
use tokio::io::AsyncWriteExt;

/// Sends so many requests for `path` over one connection at once, and reads until the server closes it. Gives the number of
/// answers by status, and the last one.
async fn flood(siege: &Siege, from: &Attacker, path: &str, count: usize) -> (usize, usize, Answer) {
    let (mut answers, mut refusals) = (0, 0);
    let mut socket = from.connect(&siege.host).await;
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
    let (mut reading, mut writing) = socket.split();
    let mut bytes = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(&mut reading, &mut bytes);
    let write = async {
        // Written to somebody who has closed, in the end.
        let _ = writing.write_all(request.repeat(count).as_bytes()).await;
        let _ = writing.shutdown().await;
    };
    let _ = within("the end of the answers", async { tokio::join!(read, write) }).await;
    let text = String::from_utf8_lossy(&bytes);
    for head in text.split("HTTP/1.1 ").skip(1) {
        match head.get(..3) {
            Some("200") => answers += 1,
            Some("429") => refusals += 1,
            other => panic!("{other:?}: {head}"),
        }
    }
    let last = text.rsplit_once("HTTP/1.1 ").map_or("", |(_, last)| last);
    let (head, body) = last.split_once("\r\n\r\n").unwrap_or((last, ""));
    let body = serde_json::from_str(body).unwrap_or_default();
    (answers, refusals, Answer { status: 429, head: head.to_lowercase(), body })
}

/// The same from one address of a network after the other, until the refusal has been read: a close before all requests were read
/// resets the connection, which may overtake the last answers.
async fn flood_until_refused(siege: &Siege, network: u8, path: &str, count: usize) -> (usize, usize, Answer) {
    for host in 1..=20 {
        let flooded = flood(siege, &Attacker::new(network, host), path, count).await;
        if flooded.1 > 0 {
            return flooded;
        }
    }
    panic!("{path}: no refusal of twenty was read");
}

async fn is_answered(siege: &Siege, from: &Attacker, path: &str) -> bool {
    let mut socket = from.connect(&siege.host).await;
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.expect("the server reads");
    read_answer(&mut socket).await.status == 200
}

#[tokio::test]
async fn requests_of_one_address_end_with_its_connection_and_those_of_others_do_not() {
    let mut siege = Siege::guarded(|limits| {
        limits.requests_per_sec_per_address = 4;
        limits.requests_per_sec_per_network = 4_000;
    })
    .await;
    for (network, path) in (1..).zip(["/api/server", "/api/rooms", "/api/rooms/1"]) {
        let (answers, refusals, last) = flood_until_refused(&siege, network, path, 500).await;
        assert!((20..100).contains(&answers), "{path}: five seconds' worth are answered, not {answers}");
        assert_eq!(refusals, 1, "{path}: the first refusal is the last answer");
        assert!(last.head.contains("connection: close") && last.head.contains("retry-after: "), "{last:?}");
        assert_eq!(last.body["limit"], "requests", "{last:?}");
        assert!(is_answered(&siege, &Attacker::new(network, 99), path).await, "{path}");
    }
    // Files of the page are four times as cheap.
    let (answers, refusals, _) = flood_until_refused(&siege, 4, "/", 500).await;
    assert!((80..400).contains(&answers) && refusals == 1, "{answers}, {refusals}");
    siege.stands().await;
}

#[tokio::test]
async fn answers_of_one_network_end_by_their_bytes() {
    let mut siege = Siege::guarded(|limits| {
        limits.answer_bytes_per_sec_per_address = 1_000;
        limits.answer_bytes_per_sec_per_network = 1_500;
    })
    .await;
    let (answers, refusals, last) = flood(&siege, &Attacker::new(1, 1), "/api/server", 200).await;
    assert!((5..50).contains(&answers) && refusals == 1, "{answers}, {refusals}");
    assert_eq!(last.body["limit"], "answers", "{last:?}");
    let (more, _, last) = flood(&siege, &Attacker::new(1, 2), "/api/server", 200).await;
    assert!(
        more < answers && last.body["message"].as_str().is_some_and(|text| text.contains("127.0.1.0/24")),
        "{last:?}"
    );
    assert!(is_answered(&siege, &Attacker::new(2, 1), "/api/server").await);
    siege.stands().await;
}
