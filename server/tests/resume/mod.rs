//! Players who lose their link and come back: over any transport, once per token, and to the same craft.

use std::time::Duration;

use futures_util::{FutureExt, StreamExt, future::join_all, stream::FuturesUnordered};
use server::{config::Limits, security::guard::Ban, session::Key, shard::Timeouts};
use shared::{
    limits::CHAT_LINES_MAX,
    wire::{ClientMessage, DisconnectReason, Event, InputBytes, ServerMessage, SessionMessage, Welcome},
};

use super::harness::{ALL, Client, Shard, ShardBuilder, Transport, hello, input, shard};

/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(600);

fn patient() -> ShardBuilder {
    shard().resume(LONG)
}

/// Sends a hello with a ticket or token, and gets the welcome.
async fn enter(shard: &Shard, transport: Transport, pass: &str) -> (Client, Welcome, SessionMessage) {
    let mut client = shard.connect(transport).await;
    client.send(&hello(pass)).await;
    let welcome = client.welcome().await;
    let session = session(&mut client).await;
    (client, welcome, session)
}

async fn session(client: &mut Client) -> SessionMessage {
    match client.until("the session", |message| matches!(message, ServerMessage::Session(_))).await {
        ServerMessage::Session(session) => session,
        _ => unreachable!(),
    }
}

/// Sends a hello with a pass that is refused; returns the goodbye.
async fn refusal(shard: &Shard, transport: Transport, pass: &str) -> (DisconnectReason, String) {
    let mut client = shard.connect(transport).await;
    client.send(&hello(pass)).await;
    client.goodbye().await
}

/// Plays until the server has received an input.
async fn play(client: &mut Client, welcome: &Welcome) {
    let mut newest = welcome.tick;
    loop {
        newest = client.snapshot_header(newest).await.tick;
        client.send_unreliable(&ClientMessage::Input(InputBytes::new(&input(newest.plus(15))))).await;
        if client.snapshot_header(newest).await.input_age < 100 {
            return;
        }
    }
}

#[tokio::test]
async fn player_comes_back_to_its_craft_over_any_transport() {
    let shard = patient().start();
    for from in ALL {
        for to in ALL {
            let (mut client, welcome, first) = enter(&shard, from, &shard.ticket("ann")).await;
            play(&mut client, &welcome).await;
            client.vanish();
            shard.until_view(|view| view.away == 1 && view.humans == 1 && view.players[0].away).await;
            assert_eq!(shard.players(), 1, "the seat is kept");
            let (mut client, again, second) = enter(&shard, to, &first.token).await;
            assert_eq!((again.member, again.room), (welcome.member, welcome.room), "from {from:?} to {to:?}");
            assert_eq!((second.id, second.resume_secs), (first.id, 600));
            assert_ne!(second.token, first.token);
            shard.until_view(|view| view.away == 0 && view.humans == 1 && !view.players[0].away).await;
            play(&mut client, &again).await;
            client.send(&ClientMessage::Leave).await;
            shard.until_players(0).await;
        }
    }
}

#[tokio::test]
async fn link_that_seems_alive_is_told_that_another_has_its_session() {
    let shard = patient().start();
    for (from, to) in ALL.into_iter().zip([Transport::WebTransport, Transport::Quic, Transport::WebSocket]) {
        let (mut old, welcome, session) = enter(&shard, from, &shard.ticket("ann")).await;
        play(&mut old, &welcome).await;
        let (mut new, again, _) = enter(&shard, to, &session.token).await;
        assert_eq!(again.member, welcome.member);
        assert_eq!(old.goodbye().await.0, DisconnectReason::ResumedElsewhere);
        play(&mut new, &again).await;
        assert_eq!(shard.players(), 1);
        new.send(&ClientMessage::Leave).await;
        shard.until_players(0).await;
    }
}

#[tokio::test]
async fn token_is_good_once() {
    let shard = patient().start();
    let (client, _, first) = enter(&shard, Transport::Quic, &shard.ticket("ann")).await;
    client.vanish();
    let (mut client, welcome, second) = enter(&shard, Transport::WebSocket, &first.token).await;
    play(&mut client, &welcome).await;
    for transport in ALL {
        let (reason, text) = refusal(&shard, transport, &first.token).await;
        assert_eq!(reason, DisconnectReason::SessionOver);
        assert_eq!(text, "the token was used; only the newest one is valid");
    }
    play(&mut client, &welcome).await;
    client.vanish();
    enter(&shard, Transport::Quic, &second.token).await;
}

#[tokio::test]
async fn answer_that_was_lost_is_asked_for_again() {
    let shard = patient().start();
    let (client, welcome, first) = enter(&shard, Transport::Quic, &shard.ticket("ann")).await;
    client.vanish();
    let (mut unheard, _, lost) = enter(&shard, Transport::Quic, &first.token).await;
    let (mut client, again, _) = enter(&shard, Transport::WebSocket, &first.token).await;
    assert_eq!(again.member, welcome.member);
    assert_eq!(unheard.goodbye().await.0, DisconnectReason::ResumedElsewhere);
    play(&mut client, &again).await;
    assert_eq!(refusal(&shard, Transport::Quic, &lost.token).await.0, DisconnectReason::SessionOver);
}

#[tokio::test]
async fn of_links_that_race_with_one_token_one_has_the_craft_and_each_other_is_told() {
    let shard = patient().start();
    let (client, ..) = enter(&shard, Transport::Quic, &shard.ticket("bob")).await;
    let (old, _, session) = enter(&shard, Transport::Quic, &shard.ticket("ann")).await;
    old.vanish();
    let race = async |number: usize| {
        let mut racer = shard.connect(ALL[number % ALL.len()]).await;
        racer.send(&hello(&session.token)).await;
        racer.goodbye().await.0
    };
    let mut racers: FuturesUnordered<_> = (0..12).map(race).collect();
    for _ in 0..11 {
        assert_eq!(racers.next().await, Some(DisconnectReason::ResumedElsewhere));
    }
    shard.until_view(|view| view.away == 0 && view.humans == 2).await;
    assert!(racers.next().now_or_never().is_none(), "the last one got no goodbye");
    drop(racers);
    shard.until_view(|view| view.away == 1).await;
    client.vanish();
}

#[tokio::test]
async fn session_ends_at_once_by_leave_or_breach_of_the_protocol() {
    let shard = patient().start();
    for transport in ALL {
        for last_words in [&[0x91, 0x04][..], &[0xc1], &[0x95, 0, 1, 0, 0xa0, 0xa0]] {
            let (mut client, _, session) = enter(&shard, transport, &shard.ticket("ann")).await;
            client.send_bytes(last_words).await;
            client.goodbye().await;
            shard.until_players(0).await;
            let (reason, text) = refusal(&shard, transport, &session.token).await;
            assert_eq!((reason, &*text), (DisconnectReason::SessionOver, "the session is over; join again"));
        }
    }
}

#[tokio::test]
async fn player_who_does_not_come_back_loses_the_seat() {
    let shard = shard().resume(Duration::from_secs(1)).start();
    for transport in ALL {
        let (client, _, session) = enter(&shard, transport, &shard.ticket("ann")).await;
        client.vanish();
        shard.until_players(0).await;
        assert_eq!(refusal(&shard, transport, &session.token).await.0, DisconnectReason::SessionOver);
    }
}

#[tokio::test]
async fn silent_player_is_awaited_too() {
    let timeouts = Timeouts { idle: Duration::from_millis(200), ..Timeouts::default() };
    let shard = patient().timeouts(timeouts).start();
    for transport in ALL {
        let (mut client, welcome, session) = enter(&shard, transport, &shard.ticket("ann")).await;
        assert_eq!(client.goodbye().await.0, DisconnectReason::TimedOut);
        let (mut client, again, _) = enter(&shard, transport, &session.token).await;
        assert_eq!(again.member, welcome.member);
        client.send(&ClientMessage::Leave).await;
        shard.until_players(0).await;
    }
}

#[tokio::test]
async fn server_that_awaits_nobody_says_so() {
    let shard = shard().start();
    let (client, _, session) = enter(&shard, Transport::Quic, &shard.ticket("ann")).await;
    assert_eq!((&*session.token, session.resume_secs), ("", 0));
    client.vanish();
    shard.until_players(0).await;
}

#[tokio::test]
async fn session_that_the_host_ends_is_over_whether_its_player_is_there_or_awaited() {
    let shard = patient().start();
    let (mut there, _, first) = enter(&shard, Transport::Quic, &shard.ticket("ann")).await;
    let (away, _, second) = enter(&shard, Transport::Quic, &shard.ticket("bob")).await;
    away.vanish();
    shard.until_view(|view| view.away == 1).await;
    for session in [&first, &second] {
        shard.end_session(session.id.parse().unwrap(), "kicked for a test");
    }
    assert_eq!(there.goodbye().await, (DisconnectReason::Kicked, "kicked for a test".to_owned()));
    shard.until_players(0).await;
    for session in [&first, &second] {
        assert_eq!(refusal(&shard, Transport::Quic, &session.token).await.0, DisconnectReason::SessionOver);
    }
}

#[tokio::test]
async fn spectator_comes_back_to_its_place() {
    let shard = patient().start();
    let (player, ..) = enter(&shard, Transport::Quic, &shard.ticket("ann")).await;
    let (client, welcome, session) = enter(&shard, Transport::WebTransport, &shard.ticket_to_watch("eye")).await;
    client.vanish();
    shard.until_view(|view| view.spectators == 1 && view.away == 0).await;
    let (_client, again, _) = enter(&shard, Transport::WebSocket, &session.token).await;
    assert_eq!(again.member, welcome.member);
    assert!(again.member.is_spectator(), "in its slot");
    player.vanish();
}

#[tokio::test]
async fn pass_of_another_shard_changes_nothing_here() {
    let shard = patient().start();
    let (mut client, welcome, session) = enter(&shard, Transport::Quic, &shard.ticket("ann")).await;
    let token = shard.token(session.id.parse().unwrap(), 7);
    let (reason, text) = refusal(&shard, Transport::WebSocket, &token).await;
    assert_eq!(reason, DisconnectReason::WrongShard);
    assert_eq!(text, "this session is on shard 7, and this is shard 0");
    play(&mut client, &welcome).await;
}

#[tokio::test]
async fn token_cannot_be_guessed_or_made_up() {
    let shard = patient().start();
    let (mut client, welcome, session) = enter(&shard, Transport::Quic, &shard.ticket("ann")).await;
    let mut guesses = vec![patient().start().token(session.id.parse().unwrap(), 0)];
    for index in [0, 12, 24, 30, session.token.len() - 1] {
        let mut guess = session.token.clone();
        guess.replace_range(index..=index, if guess.as_bytes()[index] == b'x' { "y" } else { "x" });
        guesses.push(guess);
    }
    guesses.extend([session.token[1..].to_owned(), session.id.clone(), "A".repeat(256)]);
    for guess in guesses {
        let (reason, _) = refusal(&shard, Transport::WebSocket, &guess).await;
        assert_eq!(reason, DisconnectReason::BadTicket, "{guess}");
    }
    play(&mut client, &welcome).await;
}

#[tokio::test]
async fn token_of_a_server_that_ended_is_understood_by_the_next_with_the_same_key() {
    let key = Key::random();
    let shard = patient().key(key.clone()).start();
    let (client, _, session) = enter(&shard, Transport::Quic, &shard.ticket("ann")).await;
    client.vanish();
    shard.drain("bye");
    assert!(shard.join().await);
    let next = patient().key(key).start();
    let (reason, text) = refusal(&next, Transport::Quic, &session.token).await;
    assert_eq!((reason, &*text), (DisconnectReason::SessionOver, "the session is over; join again"));
    assert_eq!(refusal(&patient().start(), Transport::Quic, &session.token).await.0, DisconnectReason::BadTicket);
}

#[tokio::test]
async fn thousand_players_come_back_at_once() {
    const PLAYERS: u16 = 1_000;
    // Slow ticks, because a debug build can hardly run a room of a thousand.
    let shard = patient().seats(PLAYERS).tick_hz(10).start();
    let mut here = Vec::new();
    // They come in groups: a thousand newcomers at once would each get messages about a thousand others.
    for numbers in (0..PLAYERS).collect::<Vec<_>>().chunks(50) {
        let tickets: Vec<_> = numbers.iter().map(|number| shard.ticket(&format!("p{number}"))).collect();
        here.extend(join_all(tickets.iter().map(|ticket| enter(&shard, Transport::WebSocket, ticket))).await);
    }
    let mut before = Vec::new();
    for (client, welcome, session) in here {
        client.vanish();
        before.push((welcome.member, session));
    }
    shard.until_view(|view| view.away == u32::from(PLAYERS)).await;
    let back = join_all(before.iter().map(async |(player, session)| {
        let (client, welcome, _) = enter(&shard, Transport::WebSocket, &session.token).await;
        assert_eq!(welcome.member, *player);
        client
    }))
    .await;
    let view = shard.until_view(|view| view.away == 0).await;
    assert_eq!((back.len(), view.humans), (usize::from(PLAYERS), u32::from(PLAYERS)));
}

#[tokio::test]
async fn client_whose_address_changes_needs_no_resume() {
    let shard = patient().start();
    for transport in [Transport::Quic, Transport::WebTransport] {
        let (mut client, welcome, _) = enter(&shard, transport, &shard.ticket("ann")).await;
        play(&mut client, &welcome).await;
        shard.rebind();
        let mut newest = welcome.tick;
        for _ in 0..100 {
            newest = client.snapshot_header(newest).await.tick;
            client.send_unreliable(&ClientMessage::Input(InputBytes::new(&input(newest.plus(15))))).await;
        }
        assert!(client.snapshot_header(newest).await.input_age < 60, "inputs arrive over {transport:?}");
        assert_eq!(shard.until_view(|view| view.humans == 1).await.away, 0);
        client.send(&ClientMessage::Leave).await;
        shard.until_players(0).await;
    }
}

#[tokio::test]
async fn ban_ends_held_sessions_that_were_seen_there_last() {
    let shard = patient().start();
    for transport in ALL {
        let (client, _, session) = enter(&shard, transport, &shard.ticket("ann")).await;
        client.vanish();
        shard.until_view(|view| view.away == 1).await;
        shard.guard.ban(ban()).unwrap();
        shard.until_players(0).await;
        assert!(shard.guard.unban(&ban().network).unwrap());
        assert_eq!(refusal(&shard, Transport::Quic, &session.token).await.0, DisconnectReason::SessionOver);
    }
}

#[tokio::test]
async fn networks_banned_by_the_settings_lose_their_links_and_held_sessions() {
    let shard = patient().start();
    let (away, ..) = enter(&shard, Transport::Quic, &shard.ticket("bob")).await;
    away.vanish();
    shard.until_view(|view| view.away == 1).await;
    let mut clients = Vec::new();
    for transport in ALL {
        clients.push(enter(&shard, transport, &shard.ticket("ann")).await.0);
    }
    let banned = Limits { ban: vec![ban().network], ..Limits::default() };
    shard.guard.set_limits(&banned);
    for client in &mut clients {
        assert_eq!(client.goodbye().await, (DisconnectReason::Kicked, "127.0.0.0/8 is banned".to_owned()));
    }
    shard.until_players(0).await;
}

fn ban() -> Ban {
    Ban {
        network: "127.0.0.0/8".parse().expect("it is a network"),
        until: None,
        reason: String::new(),
        by: "test".to_owned(),
    }
}

#[tokio::test]
async fn whoever_comes_back_may_say_no_more_than_whoever_stayed() {
    let shard = patient().start();
    let is_warning = |message: &ServerMessage| {
        let ServerMessage::Events { events, .. } = message else { return false };
        events.iter().any(|event| matches!(event, Event::Chat { from: None, text } if text.contains("not so fast")))
    };
    for from in ALL {
        for to in ALL {
            let (mut client, _, session) = enter(&shard, from, &shard.ticket("ann")).await;
            let is_said = |message: &ServerMessage| {
                let ServerMessage::Events { events, .. } = message else { return false };
                events.iter().any(|event| matches!(event, Event::Chat { from: Some(_), text } if text == "last"))
            };
            for text in ["hi"; CHAT_LINES_MAX as usize - 1].into_iter().chain(["last"]) {
                client.send(&ClientMessage::Chat { text }).await;
            }
            client.until("its last line", is_said).await;
            (client, ..) = enter(&shard, to, &session.token).await;
            for _ in 0..CHAT_LINES_MAX {
                client.send(&ClientMessage::Chat { text: "hi" }).await;
            }
            client.until("a warning", is_warning).await;
            client.send(&ClientMessage::Leave).await;
            shard.until_players(0).await;
        }
    }
}
