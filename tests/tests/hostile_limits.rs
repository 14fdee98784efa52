//! A peer that exceeds its share, and a banned one: both receive the reason, others from the same network get in, and
//! players are not disturbed.

mod live;

use live::{ALL, Transport, attacker::Attacker, player::until, siege::Siege};
use server::security::guard::Ban;
use shared::wire::{ClientMessage, DisconnectReason};
use tokio::net::TcpStream;

/// Requests this many WebSockets and keeps the connections; returns also the number of refusals.
async fn upgrades(siege: &Siege, greedy: &Attacker, count: u32) -> (Vec<TcpStream>, u32) {
    let (mut open, mut refused) = (Vec::new(), 0);
    for _ in 0..count {
        let (socket, status) = greedy.upgrade(&siege.host).await;
        assert!(matches!(status, 101 | 429), "{status}");
        refused += u32::from(status == 429);
        open.push(socket);
    }
    (open, refused)
}

#[tokio::test]
async fn tickets_of_one_address_end_and_those_of_others_do_not() {
    let mut siege = Siege::guarded(|limits| limits.tickets_per_address = 3).await;
    let before = siege.refused("tickets").await;
    let greedy = Attacker::new(1, 1);
    let (mut link, ticket) = greedy.link(&siege.host, Transport::Quic).await;
    greedy.seat(&siege.host).await;
    greedy.seat(&siege.host).await;
    let refusal = greedy.join(&siege.host).await;
    assert_eq!(
        (refusal.status, &refusal.body["error"], &refusal.body["limit"]),
        (429, &"too_much".into(), &"tickets".into())
    );
    assert!(refusal.head.contains("retry-after: "), "{refusal:?}");
    assert!(refusal.body["message"].as_str().is_some_and(|text| text.contains("127.0.1.1")), "{refusal:?}");
    Attacker::new(1, 2).seat(&siege.host).await;
    // A ticket that was used no longer counts.
    link.hello(&ticket).await;
    link.welcome().await;
    greedy.seat(&siege.host).await;
    assert!(siege.refused("tickets").await >= before + 1.0);
    siege.stands().await;
}

#[tokio::test]
async fn joins_of_one_address_end_and_are_told_when_to_come_again() {
    let mut siege = Siege::guarded(|limits| limits.joins_per_minute_per_address = 5).await;
    let greedy = Attacker::new(1, 1);
    let mut refused = 0;
    for _ in 0..20 {
        let answer = greedy.join(&siege.host).await;
        match answer.status {
            200 => assert_eq!(refused, 0, "who was refused is not taken a moment later"),
            429 => refused += 1,
            _ => panic!("{answer:?}"),
        }
        assert!(answer.status == 200 || answer.body["limit"] == "joins", "{answer:?}");
    }
    assert!((14..=15).contains(&refused), "{refused}");
    siege.stands().await;
}

#[tokio::test]
async fn connections_of_one_address_end_before_anything_is_read() {
    let mut siege = Siege::guarded(|limits| limits.connections_per_address = 6).await;
    let before = siege.refused("connections").await;
    let greedy = Attacker::new(1, 1);
    let (open, refused) = upgrades(&siege, &greedy, 6).await;
    assert_eq!(refused, 0);
    for _ in 0..30 {
        let refusal = greedy.ask(&siege.host, b"").await;
        assert_eq!((refusal.status, &refusal.body["limit"]), (429, &"connections".into()), "{refusal:?}");
    }
    assert!(siege.refused("connections").await >= before + 30.0);
    assert_eq!(Attacker::new(1, 2).upgrade(&siege.host).await.1, 101);
    siege.stands().await;
    drop(open);
}

#[tokio::test]
async fn half_open_requests_of_one_address_end_and_count_no_more_when_they_ask() {
    let mut siege = Siege::guarded(|limits| limits.half_open_per_address = 5).await;
    let greedy = Attacker::new(1, 1);
    let mut open = Vec::new();
    for _ in 0..5 {
        open.push(greedy.connect(&siege.host).await);
    }
    let refusal = greedy.ask(&siege.host, b"GET /api/server HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!((refusal.status, &refusal.body["limit"]), (429, &"half_open".into()), "{refusal:?}");
    drop(open);
    until("the address counts no more", &mut siege.witnesses, |_| true).await;
    let request = b"GET /api/server HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    // The server notices closed connections with a delay.
    while greedy.ask(&siege.host, request).await.status != 200 {
        siege.stands().await;
    }
    for _ in 0..20 {
        assert_eq!(greedy.ask(&siege.host, request).await.status, 200);
    }
    siege.stands().await;
}

#[tokio::test]
async fn upgrades_without_a_hello_are_half_open() {
    let mut siege = Siege::guarded(|limits| limits.half_open_per_address = 4).await;
    let before = siege.refused("half_open").await;
    let greedy = Attacker::new(1, 1);
    let (open, refused) = upgrades(&siege, &greedy, 20).await;
    assert!(refused >= 16, "{refused}");
    assert!(siege.refused("half_open").await >= before + 16.0);
    // A neighbour plays meanwhile.
    for transport in ALL {
        Attacker::new(1, 2).joined(&siege.host, transport).await;
    }
    siege.stands().await;
    drop(open);
}

#[tokio::test]
async fn players_of_one_address_end_over_every_transport() {
    let mut siege = Siege::guarded(|limits| {
        limits.players_per_address = 3;
        // Repeated requests finally reach another limit.
        limits.joins_per_minute_per_address = 100_000;
        limits.new_connections_per_minute_per_address = 100_000;
        limits.tickets_per_address = 100_000;
    })
    .await;
    let before = siege.refused("players").await;
    let crowd = Attacker::new(1, 1);
    let mut players = Vec::new();
    let mut ping = Vec::new();
    ClientMessage::Ping { token: 1 }.encode(&mut ping);
    for transport in ALL {
        players.push(crowd.joined(&siege.host, transport).await);
    }
    for transport in ALL {
        let (mut link, ticket) = crowd.link(&siege.host, transport).await;
        link.hello(&ticket).await;
        // A player must send something now and then.
        for player in &mut players {
            player.send(&ping).await;
        }
        let (reason, text) = link.goodbye().await;
        assert_eq!(reason, DisconnectReason::Overloaded, "{text}");
        assert!(text.contains("players at once"), "{text}");
    }
    assert!(siege.refused("players").await >= before + 3.0);
    // One leaves, one comes.
    let mut leave = Vec::new();
    ClientMessage::Leave.encode(&mut leave);
    players[0].send(&leave).await;
    assert_eq!(players[0].goodbye().await.0, DisconnectReason::Left);
    drop(players.remove(0));
    until("the place is free", &mut siege.witnesses, |_| true).await;
    let mut taken = false;
    while !taken {
        let (mut link, ticket) = crowd.link(&siege.host, Transport::WebSocket).await;
        link.hello(&ticket).await;
        taken = link.is_welcome().await;
    }
    siege.stands().await;
}

#[tokio::test]
async fn messages_of_one_address_end_whoever_of_it_sends_them() {
    let mut siege = Siege::guarded(|limits| limits.messages_per_sec_per_address = 20).await;
    let before = siege.refused("messages").await;
    let crowd = Attacker::new(1, 1);
    let mut links = Vec::new();
    for transport in ALL {
        links.push(crowd.joined(&siege.host, transport).await);
    }
    let mut ping = Vec::new();
    ClientMessage::Ping { token: 1 }.encode(&mut ping);
    // Each link keeps to its limit, and together they exceed the limit of their address.
    while siege.refused("messages").await == before {
        for link in &mut links {
            for _ in 0..60 {
                link.send(&ping).await;
            }
        }
        siege.stands().await;
    }
    siege.stands().await;
}

#[tokio::test]
async fn banned_network_hears_why_and_its_links_end() {
    let mut siege = Siege::guarded(|_| {}).await;
    let rude = Attacker::new(1, 1);
    let mut links = Vec::new();
    for transport in ALL {
        links.push(rude.joined(&siege.host, transport).await);
    }
    let ticket = rude.seat(&siege.host).await;
    let network = "127.0.1.0/24".parse().expect("it is a network");
    let ban = Ban { network, until: None, reason: "was rude".to_owned(), by: "test".to_owned() };
    siege.host.guard().ban(ban).expect("the list has room");
    for link in &mut links {
        let (reason, text) = link.goodbye().await;
        assert_eq!(reason, DisconnectReason::Kicked);
        assert_eq!(text, "127.0.1.0/24 is banned: was rude");
    }
    let refusal = rude.join(&siege.host).await;
    assert_eq!((refusal.status, &refusal.body["error"]), (403, &"banned".into()), "{refusal:?}");
    assert!(refusal.body["message"].as_str().is_some_and(|text| text.contains("was rude")), "{refusal:?}");
    // An earlier ticket does not help: the server does not even answer the handshake.
    let counted = siege.refused("banned").await;
    let endpoint = rude.endpoint();
    let connecting = endpoint.connect(ticket.quic.parse().expect("a number"), "localhost").expect("it is configured");
    while siege.refused("banned").await == counted {
        siege.stands().await;
    }
    drop(connecting);
    Attacker::new(2, 1).joined(&siege.host, Transport::Quic).await;
    assert!(siege.host.guard().unban(&network).expect("nothing is written"));
    for transport in ALL {
        rude.joined(&siege.host, transport).await;
    }
    siege.stands().await;
}

#[tokio::test]
async fn ban_outlives_the_server() {
    let state = std::env::temp_dir().join(format!("ricochet-bans-{}", std::process::id()));
    std::fs::create_dir_all(&state).expect("a folder can be made");
    let begin = || {
        Siege::begin_with(|config| {
            config.state = Some(state.clone());
            config.limits.exempt = vec!["127.0.0.1/32".parse().expect("it is a network")];
        })
    };
    let siege = begin().await;
    let network = "127.0.1.0/24".parse().expect("it is a network");
    let ban = Ban { network, until: None, reason: "was rude".to_owned(), by: "test".to_owned() };
    siege.host.guard().ban(ban.clone()).expect("the folder can be written");
    siege.host.shutdown().await;
    let mut siege = begin().await;
    assert_eq!(siege.host.guard().bans(), [ban]);
    assert_eq!(Attacker::new(1, 1).join(&siege.host).await.status, 403);
    siege.stands().await;
    siege.host.shutdown().await;
    std::fs::remove_dir_all(state).expect("the folder is there");
}
