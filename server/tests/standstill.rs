//! A real server that a real signal stops for longer than any of its time-outs.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;

use std::time::Duration;

use shared::wire::{ClientMessage, ServerMessage};

use self::program::{Player, Program, ticket, until_match};

/// Longer than the idle time-out, which is ten seconds.
const AWAY: Duration = Duration::from_secs(12);
/// Two messages per tick of 30 Hz for that time: more than any burst that a link may send.
const MESSAGES: u32 = 12 * 30 * 2;

#[tokio::test]
async fn server_that_stood_still_closes_nobody_and_says_for_how_long() {
    let program = Program::start();
    let mut busy = Player::enter(&program.page).await;
    until_match(&program.page).await;
    let mut quiet = Player::enter(&program.page).await;
    let gave_up = give_up_later(&program).await;

    program.signal("STOP");
    for token in 0..MESSAGES {
        busy.say(&ClientMessage::Ping { token }).await;
    }
    gave_up.0.close(0, b"");
    drop(gave_up);
    quiet.hear_nothing_for(AWAY).await;
    program.signal("CONT");

    for player in [&mut busy, &mut quiet] {
        // A pong may be dropped while other messages wait, so a ping is sent again with each snapshot.
        let mut token = MESSAGES;
        loop {
            player.say(&ClientMessage::Ping { token }).await;
            let is_answer = |message| match message {
                ServerMessage::Pong { token, .. } if token >= MESSAGES => Some(true),
                ServerMessage::Snapshot => Some(false),
                _ => None,
            };
            if player.until("the answer of a server that goes on", is_answer).await {
                break;
            }
            token += 1;
        }
    }
    assert_eq!(program.metric("ricochet_standstills_total").await, 1.0);
    let secs = program.metric("ricochet_last_standstill_seconds").await;
    assert!(secs >= AWAY.as_secs_f64() - 1.0, "{secs}");
    program.until_closes(1).await;
    for reason in ["too_fast", "timed_out", "bad_message"] {
        let closes = program.labelled_metric("ricochet_closes_total", &format!("reason=\"{reason}\"")).await;
        assert_eq!(closes, 0.0, "{reason}");
    }
    program.signal("TERM");
    program.signal("TERM");
    let output = program.until_ended().await;
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(log.matches("the server stood still").count(), 1, "{log}");
}

/// A player over WebTransport, who closes everything when it is dropped.
async fn give_up_later(program: &Program) -> GaveUp {
    let join = ticket(&program.page).await;
    let url: url::Url = join["webtransport"].as_str().unwrap().parse().unwrap();
    let hash = join["certificate_sha256"].as_str().unwrap();
    let hash = (0..32).map(|byte| u8::from_str_radix(&hash[2 * byte..2 * byte + 2], 16).unwrap()).collect();
    let client = web_transport_quinn::ClientBuilder::new().with_server_certificate_hashes(vec![hash]).unwrap();
    let origin = program.page.parse().unwrap();
    let request = web_transport_quinn::proto::ConnectRequest::new(url)
        .with_header(web_transport_quinn::http::header::ORIGIN, origin);
    let session = client.connect(request).await.unwrap();
    let (mut send, mut receive) = session.open_bi().await.unwrap();
    let mut hello = Vec::new();
    let pass = join["ticket"].as_str().unwrap();
    ClientMessage::Hello(shared::wire::Hello { plain: false, name: "Gil", ticket: pass }).encode(&mut hello);
    send.write_all(&(hello.len() as u32).to_be_bytes()).await.unwrap();
    send.write_all(&hello).await.unwrap();
    // It plays before it gives up.
    receive.read_exact(&mut [0; 64]).await.unwrap();
    (session, send, receive)
}

type GaveUp = (web_transport_quinn::Session, web_transport_quinn::SendStream, web_transport_quinn::RecvStream);
