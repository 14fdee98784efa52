//! QUIC connections that move to another address, and forged moves.

mod live;

use live::{
    ALL, Transport,
    attacker::Attacker,
    raw::{RawLink, connect_to},
    relay::Relay,
    siege::Siege,
    within,
};
use shared::wire::{ClientMessage, ServerMessage};

/// A player at the address of `who`, behind a relay that can move it.
async fn behind_a_relay(siege: &Siege, who: &Attacker) -> (RawLink, Relay) {
    let relay = Relay::between(who.ip, siege.host.udp()).await;
    let answer = who.seat(&siege.host).await;
    let endpoint = live::raw::endpoint();
    let connection = connect_to(&endpoint, &relay.address.to_string()).await;
    let streams = connection.open_bi().await.expect("the server takes a stream");
    let mut link = RawLink::quic(endpoint, connection, streams);
    link.hello(&answer.ticket).await;
    link.welcome().await;
    (link, relay)
}

fn ping(token: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    ClientMessage::Ping { token }.encode(&mut bytes);
    bytes
}

async fn is_answered(link: &mut RawLink, token: u32) {
    link.send(&ping(token)).await;
    let is_pong = |bytes: &[u8]| matches!(ServerMessage::decode(bytes), Ok(ServerMessage::Pong { token: back, .. }) if back == token);
    link.until("a pong", is_pong).await;
}

async fn migrations(siege: &Siege) -> f64 {
    siege.host.metric("ricochet_migrations_total", "").await
}

/// Pings until the server has counted this many migrations.
async fn until_migrations(siege: &Siege, link: &mut RawLink, wanted: f64) {
    within("the migration", async {
        while migrations(siege).await < wanted {
            is_answered(link, 7).await;
        }
    })
    .await;
}

#[tokio::test]
async fn packets_under_somebody_elses_address_count_nothing_against_it() {
    let mut siege = Siege::guarded(|limits| {
        limits.connections_per_address = 8;
        limits.new_connections_per_minute_per_address = 12;
    })
    .await;
    let (liar, victim) = (Attacker::new(1, 1), Attacker::new(2, 1));
    let (mut link, mut relay) = behind_a_relay(&siege, &liar).await;
    for round in 0..2 {
        relay.pretend(victim.ip).await;
        // The shard looks for migrations several times meanwhile.
        for _ in 0..2 {
            link.send_unreliable(&ping(round)).await;
            siege.stands().await;
        }
        relay.be_itself();
        is_answered(&mut link, 100 + round).await;
    }
    assert_eq!(migrations(&siege).await, 0.0, "nobody has moved");
    for limit in ["connections", "new_connections", "players"] {
        assert_eq!(siege.refused(limit).await, 0.0, "{limit}");
    }
    for transport in ALL {
        victim.joined(&siege.host, transport).await;
    }
    siege.stands().await;
}

#[tokio::test]
async fn player_who_moves_is_counted_where_it_is_and_only_once() {
    let mut siege = Siege::guarded(|limits| limits.players_per_address = 1).await;
    let (here, there) = (Attacker::new(1, 1), Attacker::new(2, 1));
    let (mut link, mut relay) = behind_a_relay(&siege, &here).await;
    let takes = async |who: &Attacker| {
        let (mut link, ticket) = who.link(&siege.host, Transport::Quic).await;
        link.hello(&ticket).await;
        link.is_welcome().await
    };
    // Another port of the same address first.
    relay.move_to(here.ip).await;
    until_migrations(&siege, &mut link, 1.0).await;
    assert!(!takes(&here).await, "its one player plays on");
    relay.move_to(there.ip).await;
    until_migrations(&siege, &mut link, 2.0).await;
    assert!(takes(&here).await, "nobody is here any more");
    assert!(!takes(&there).await, "its one player came from elsewhere");
    is_answered(&mut link, 1).await;
    siege.stands().await;
}

#[tokio::test]
async fn player_at_the_limit_of_connections_may_change_its_port() {
    let mut siege = Siege::guarded(|limits| {
        limits.connections_per_address = 2;
        limits.new_connections_per_minute_per_address = 5;
    })
    .await;
    let who = Attacker::new(1, 1);
    let (mut link, mut relay) = behind_a_relay(&siege, &who).await;
    let held = within("a connection", who.connect(&siege.host)).await;
    for moves in 1..=8 {
        relay.move_to(who.ip).await;
        until_migrations(&siege, &mut link, f64::from(moves)).await;
    }
    is_answered(&mut link, 1).await;
    drop(held);
    siege.stands().await;
}
