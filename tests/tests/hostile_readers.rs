//! Players who stop reading: they fill only their own buffers, disturb nobody, and continue when they read again.

mod live;

use live::{attacker::read_head, raw::RawLink, siege::Siege};
use server::config::Config;
use shared::wire::{ClientMessage, ServerMessage};
use tokio::{io::AsyncWriteExt, net::TcpSocket};

/// A room with enough traffic to fill a narrow pipe soon.
fn busy(config: &mut Config) {
    config.tick_hz = 60;
    config.room_size = 64;
    config.fill = 40;
}

fn ping(token: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    ClientMessage::Ping { token }.encode(&mut bytes);
    bytes
}

#[tokio::test]
async fn one_who_stops_reading_goes_on_where_the_game_is() {
    let mut siege = Siege::begin_with(busy).await;
    let answer = siege.host.reserve("stalled").await;
    let mut link = RawLink::connect_narrow(&answer).await;
    link.hello(&answer.ticket).await;
    link.welcome().await;
    let blocked = async |siege: &Siege| siege.host.metric("ricochet_links_blocked", "websocket").await;
    // It sends and never reads, until the server has noticed, and for some time after that.
    while blocked(&siege).await < 1.0 {
        link.send(&ping(1)).await;
        siege.stands().await;
    }
    for _ in 0..5 {
        link.send(&ping(1)).await;
        siege.stands().await;
        assert_eq!(blocked(&siege).await, 1.0, "nothing is read, so nothing can be sent");
    }
    let seats = siege.host.seats_taken();
    // It reads again: some answers were dropped, but not all, and then the present state arrives.
    let mut token = 77;
    let mut answered = false;
    while !answered {
        token += 1;
        link.send(&ping(token)).await;
        answered = link
            .skim(50, |bytes| match ServerMessage::decode(bytes) {
                Ok(ServerMessage::Goodbye { reason, text }) => panic!("{reason:?}: {text}"),
                Ok(ServerMessage::Pong { token, .. }) => token > 77,
                _ => false,
            })
            .await;
    }
    link.until("the world", |bytes| matches!(ServerMessage::decode(bytes), Ok(ServerMessage::Snapshot))).await;
    assert_eq!(siege.host.seats_taken(), seats);
    siege.stands().await;
}

#[tokio::test]
async fn one_who_takes_nothing_of_the_page_holds_up_nobody() {
    let mut siege = Siege::begin().await;
    let mut open = Vec::new();
    for _ in 0..50 {
        let socket = TcpSocket::new_v4().expect("a socket can be made");
        socket.set_recv_buffer_size(2 * 1_024).expect("any size is a hint");
        let mut socket = socket.connect(siege.host.http()).await.expect("HTTP listens");
        for _ in 0..20 {
            let _ = socket.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\n\r\n").await;
        }
        open.push(socket);
    }
    siege.stands().await;
    // Others are answered meanwhile, and so is one of these who reads in the end.
    siege.host.reserve("ann").await;
    let head = read_head(&mut open[0]).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    siege.stands().await;
}
