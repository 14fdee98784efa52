//! A flood of chat: many players of one room send as many lines as the rate of chat allows, all at the same moment.

use std::time::Duration;

use anyhow::Context;
use client::native::JoinAnswer;
use quinn::{Connection, RecvStream, SendStream};
use serde_json::json;
use shared::{
    limits::{CHAT_BYTES_MAX, CHAT_LINES_MAX, CHAT_WINDOW_SECS},
    wire::{ClientMessage, Hello, enframe},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{pace::Pace, target::Target};

/// Players that chat: as many from each network as one address may have.
const TALKERS: u64 = 64;

/// Sends `CHAT_LINES_MAX` long lines on every link at once, and repeats that as often as the rate of chat allows. All
/// players join the room that the server assigns.
pub(crate) async fn bursts(target: &Target, mut pace: Pace) -> anyhow::Result<u64> {
    let mut talkers = Vec::new();
    for turn in 0..TALKERS {
        // The others chat even if the room is full for this one.
        if let Ok(talker) = Talker::join(target, turn).await {
            talkers.push(talker);
        }
    }
    anyhow::ensure!(!talkers.is_empty(), "nobody could join");
    let mut lines = Vec::new();
    let text = "x".repeat(CHAT_BYTES_MAX);
    for _ in 0..CHAT_LINES_MAX {
        let mut message = Vec::new();
        ClientMessage::Chat { text: &text }.encode(&mut message);
        enframe(&message, &mut lines);
    }
    let mut said = 0;
    while pace.next().await {
        for talker in &mut talkers {
            if talker.send.write_all(&lines).await.is_ok() {
                said += u64::from(CHAT_LINES_MAX);
            }
        }
        // Wait until all may chat again.
        tokio::time::sleep(Duration::from_secs(CHAT_WINDOW_SECS.into())).await;
    }
    Ok(said)
}

struct Talker {
    send: SendStream,
    _receive: RecvStream,
    _connection: Connection,
}

impl Talker {
    async fn join(target: &Target, turn: u64) -> anyhow::Result<Self> {
        let address = Target::address(turn);
        let mut socket = target.connect(address).await?;
        let body = json!({ "name": format!("talker{turn}") }).to_string();
        let head = "POST /api/join HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n";
        socket.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await?;
        let body = answer.split_once("\r\n\r\n").context("no answer")?.1;
        let answer: JoinAnswer = serde_json::from_str(body).context("no seat")?;
        let connection = Target::endpoint(address)?.connect(target.udp, "localhost")?.await?;
        let (mut send, receive) = connection.open_bi().await?;
        let (mut message, mut framed) = (Vec::new(), Vec::new());
        ClientMessage::Hello(Hello { plain: false, name: "talker", ticket: &answer.ticket }).encode(&mut message);
        enframe(&message, &mut framed);
        send.write_all(&framed).await?;
        Ok(Self { send, _receive: receive, _connection: connection })
    }
}
