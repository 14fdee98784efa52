//! A shard and clients on stock libraries (quinn, web-transport-quinn, tokio-tungstenite): the same tests on each transport.

mod harness;
mod resume;

use std::time::Duration;

use harness::{ALL, Client, Shard, Transport, hello, hello_of_version, input, shard};
use server::shard::Timeouts;
use shared::{
    limits::{CHAT_LINES_MAX, CLIENT_MESSAGE_BYTES_MAX, MESSAGE_BURST_SECS, MESSAGES_PER_TICK_MAX, PROTOCOL_VERSION},
    wire::{ClientMessage, DisconnectReason, Event, InputBytes, ServerMessage},
};

/// A client that is in the room.
async fn joined(shard: &Shard, transport: Transport) -> Client {
    let mut client = shard.connect(transport).await;
    client.send(&hello(&shard.ticket("ann"))).await;
    client.welcome().await;
    client
}

/// The goodbye that ends a link, and the close that must say the same.
async fn goodbye(client: &mut Client) -> (DisconnectReason, String) {
    let said = client.goodbye().await;
    if let Some(code) = client.close_code().await {
        assert_eq!(code, u64::from(said.0.code()), "close and goodbye agree");
    }
    said
}

#[tokio::test]
async fn hello_is_welcomed_with_the_map_and_snapshots_follow() {
    let shard = shard().start();
    for transport in ALL {
        let mut client = shard.connect(transport).await;
        client.send(&hello(&shard.ticket("ann"))).await;
        let welcome = client.welcome().await;
        assert_eq!(welcome.tick_rate.hz(), 60);
        client.until("the map", |message| matches!(message, ServerMessage::Map(_))).await;
        for _ in 0..3 {
            client.snapshot().await;
        }
    }
}

#[tokio::test]
async fn inputs_are_applied_and_acknowledged_in_snapshots() {
    let shard = shard().start();
    for transport in ALL {
        let mut client = shard.connect(transport).await;
        client.send(&hello(&shard.ticket("ann"))).await;
        let welcome = client.welcome().await;
        let (mut newest, mut applied) = (welcome.tick, false);
        for _ in 0..200 {
            newest = client.snapshot_header(newest).await.tick;
            // Far enough ahead of the room to arrive in time, even on a slow machine.
            client.send_unreliable(&ClientMessage::Input(InputBytes::new(&input(newest.plus(15))))).await;
            applied = client.snapshot_header(newest).await.input_age == 0;
            if applied {
                break;
            }
        }
        assert!(applied, "over {transport:?}");
    }
}

#[tokio::test]
async fn ping_is_answered_with_its_token() {
    let shard = shard().start();
    for transport in ALL {
        let mut client = joined(&shard, transport).await;
        client.send_unreliable(&ClientMessage::Ping { token: 77 }).await;
        client.until("the pong", |message| matches!(message, ServerMessage::Pong { token: 77, .. })).await;
    }
}

#[tokio::test]
async fn garbage_is_answered_with_what_was_wrong() {
    let shard = shard().start();
    for transport in ALL {
        let mut client = joined(&shard, transport).await;
        client.send_bytes(&[0x92, 0x7f, 0x01]).await;
        let (reason, text) = goodbye(&mut client).await;
        assert_eq!(reason, DisconnectReason::BadMessage);
        assert!(text.contains("unknown kind 127"), "{text}");
    }
}

#[tokio::test]
async fn other_version_hears_both_versions() {
    let shard = shard().start();
    for transport in ALL {
        let mut client = shard.connect(transport).await;
        client.send_bytes(&hello_of_version(9)).await;
        let (reason, text) = goodbye(&mut client).await;
        assert_eq!(reason, DisconnectReason::VersionMismatch);
        assert!(text.contains("protocol 9") && text.contains(&format!("this server {PROTOCOL_VERSION}")), "{text}");
    }
}

#[tokio::test]
async fn first_message_must_be_hello_and_the_second_must_not() {
    let shard = shard().start();
    for transport in ALL {
        let mut client = shard.connect(transport).await;
        client.send(&ClientMessage::Chat { text: "hi" }).await;
        assert_eq!(goodbye(&mut client).await.0, DisconnectReason::OutOfOrder);

        let mut client = joined(&shard, transport).await;
        client.send(&hello(&shard.ticket("bob"))).await;
        assert_eq!(goodbye(&mut client).await.0, DisconnectReason::OutOfOrder);
    }
}

#[tokio::test]
async fn ticket_works_once_and_unknown_ones_never() {
    let shard = shard().start();
    for transport in ALL {
        let ticket = shard.ticket("ann");
        let mut first = shard.connect(transport).await;
        first.send(&hello(&ticket)).await;
        first.welcome().await;
        for ticket in [ticket.as_str(), "made up"] {
            let mut client = shard.connect(transport).await;
            client.send(&hello(ticket)).await;
            assert_eq!(goodbye(&mut client).await.0, DisconnectReason::BadTicket);
        }
    }
}

#[tokio::test]
async fn oversize_message_is_refused_at_its_length() {
    let shard = shard().start();
    for transport in ALL {
        let mut client = joined(&shard, transport).await;
        client.send_bytes(&vec![0xc0; CLIENT_MESSAGE_BYTES_MAX + 1]).await;
        let (reason, text) = goodbye(&mut client).await;
        assert_eq!(reason, DisconnectReason::BadMessage);
        assert!(text.contains(&CLIENT_MESSAGE_BYTES_MAX.to_string()), "{text}");
    }
}

#[tokio::test]
async fn text_frame_is_no_message() {
    let shard = shard().start();
    let mut client = joined(&shard, Transport::WebSocket).await;
    client.send_text("hello").await;
    let (reason, text) = goodbye(&mut client).await;
    assert_eq!(reason, DisconnectReason::BadMessage);
    assert!(text.contains("binary"), "{text}");
}

#[tokio::test]
async fn link_without_hello_is_closed_in_time() {
    let shard = shard().timeouts(Timeouts { hello: Duration::from_millis(100), ..Timeouts::default() }).start();
    for transport in ALL {
        let mut client = shard.connect(transport).await;
        client.open().await;
        assert_eq!(goodbye(&mut client).await.0, DisconnectReason::TimedOut);
    }
}

#[tokio::test]
async fn silent_player_is_closed_and_its_seat_is_free() {
    let shard = shard().timeouts(Timeouts { idle: Duration::from_millis(200), ..Timeouts::default() }).start();
    for transport in ALL {
        let mut client = joined(&shard, transport).await;
        assert_eq!(shard.players(), 1);
        assert_eq!(goodbye(&mut client).await.0, DisconnectReason::TimedOut);
        assert_eq!(shard.players(), 0);
    }
}

#[tokio::test]
async fn leaving_frees_the_seat_and_so_does_vanishing() {
    let shard = shard().start();
    for transport in ALL {
        let mut client = joined(&shard, transport).await;
        assert_eq!(shard.players(), 1);
        client.send(&ClientMessage::Leave).await;
        assert_eq!(goodbye(&mut client).await.0, DisconnectReason::Left);
        assert_eq!(shard.players(), 0);

        let client = joined(&shard, transport).await;
        client.vanish();
        shard.until_players(0).await;
    }
}

#[tokio::test]
async fn flood_is_closed() {
    let shard = shard().start();
    for transport in ALL {
        let mut client = joined(&shard, transport).await;
        for token in 0..60 * MESSAGES_PER_TICK_MAX * (MESSAGE_BURST_SECS + 2) {
            client.send(&ClientMessage::Ping { token }).await;
        }
        assert_eq!(goodbye(&mut client).await.0, DisconnectReason::TooFast);
    }
}

#[tokio::test]
async fn chat_reaches_everyone_and_too_much_of_it_is_answered() {
    let shard = shard().start();
    let mut listener = joined(&shard, Transport::Quic).await;
    let mut speaker = joined(&shard, Transport::WebSocket).await;
    let is_chat = |message: &ServerMessage, player: bool| {
        let ServerMessage::Events { events, .. } = message else { return false };
        events.iter().any(|event| matches!(event, Event::Chat { from, .. } if from.is_some() == player))
    };
    for _ in 0..=CHAT_LINES_MAX {
        speaker.send(&ClientMessage::Chat { text: "hi" }).await;
    }
    listener.until("the line", |message| is_chat(message, true)).await;
    speaker.until("the warning", |message| is_chat(message, false)).await;
}

#[tokio::test]
async fn second_player_of_a_name_has_a_number_wherever_it_is_shown() {
    let shard = shard().start();
    let mut first = joined(&shard, Transport::WebSocket).await;
    let is_called = |message: &ServerMessage, name: &str| {
        let ServerMessage::Events { events, .. } = message else { return false };
        events.iter().any(|event| matches!(event, Event::Joined { name: joined, .. } if joined == name))
    };
    let mut players = Vec::new();
    for (name, called) in [("ann", "ann 2"), ("ANN", "ANN 3")] {
        let mut client = shard.connect(Transport::WebSocket).await;
        client.send(&hello(&shard.ticket(name))).await;
        client.welcome().await;
        players.push(client);
        // Awaited before the next player joins, because `until` would take two newcomers in one message as one.
        first.until("the newcomer", |message| is_called(message, called)).await;
    }
    players[1].until("its own name", |message| is_called(message, "ANN 3")).await;
    let view = shard.until_view(|view| view.humans == 3).await;
    let mut names: Vec<_> = view.players.iter().map(|player| player.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["ANN 3", "ann", "ann 2"]);
}

#[tokio::test]
async fn what_nobody_can_see_is_left_out_of_chat() {
    let shard = shard().start();
    let mut listener = joined(&shard, Transport::Quic).await;
    let mut speaker = joined(&shard, Transport::WebSocket).await;
    for text in ["", " ", "\u{3164}\u{200B}", "\u{202E}gg\u{200F} \u{2066}wp", "\u{E000}"] {
        speaker.send(&ClientMessage::Chat { text }).await;
    }
    let line = |message: &ServerMessage| {
        let ServerMessage::Events { events, .. } = message else { return None };
        events.iter().find_map(|event| match event {
            Event::Chat { text, .. } => Some(text.clone()),
            _ => None,
        })
    };
    let heard = listener.until("a line", |message| line(message).is_some()).await;
    assert_eq!(line(&heard).as_deref(), Some("gg wp"), "and nothing before it");
}

#[tokio::test]
async fn drain_says_why_to_everyone_and_ends_the_shard() {
    let shard = shard().start();
    let mut clients = Vec::new();
    for transport in ALL {
        clients.push(joined(&shard, transport).await);
        // A client that has not sent its hello yet.
        let mut client = shard.connect(transport).await;
        client.open().await;
        clients.push(client);
    }
    shard.drain("maintenance");
    for client in &mut clients {
        assert_eq!(goodbye(client).await, (DisconnectReason::ShuttingDown, "maintenance".to_owned()));
    }
    assert!(shard.join().await, "the thread ended in order");
}

#[tokio::test]
async fn closing_a_room_tells_its_players() {
    let shard = shard().start();
    let mut clients = harness::all(ALL.map(|transport| joined(&shard, transport))).await;
    shard.close_room();
    for client in &mut clients {
        assert_eq!(goodbye(client).await.0, DisconnectReason::RoomClosed);
    }
}

#[tokio::test]
async fn room_publishes_what_happens_in_it() {
    let shard = shard().start();
    let _client = joined(&shard, Transport::Quic).await;
    let view = shard.until_view(|view| view.humans == 1 && view.tick > 0).await;
    assert!(view.players.iter().any(|player| player.name == "ann" && !player.opponent));
    assert!(view.down_bytes_per_s > 0.0);
}

#[tokio::test]
async fn many_handshakes_at_once_all_succeed() {
    let shard = shard().seats(64).start();
    let joins = (0..40).map(|_| joined(&shard, Transport::Quic));
    let clients = harness::all(joins).await;
    assert_eq!(clients.len(), 40);
    assert_eq!(shard.players(), 40);
}
