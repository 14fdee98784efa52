//! Floods of QUIC handshakes: from many ports, under other people's addresses, and from one that proves its own.

mod live;

use client::native::Trust;
use live::{
    ALL,
    attacker::Attacker,
    raw::{client_config, endpoint},
    siege::Siege,
    within,
};
use quinn::ConnectionError;
use shared::limits::HANDSHAKES_WAITING_MAX;
use tokio::net::UdpSocket;

/// First packets of so many clients, each with its own connection.
async fn first_packets(count: usize) -> Vec<Vec<u8>> {
    let ear = UdpSocket::bind("127.0.0.1:0").await.expect("a socket can be bound");
    let address = ear.local_addr().expect("it is bound");
    let caller = endpoint();
    let mut packets = Vec::new();
    for _ in 0..count {
        let connecting = caller.connect(address, "localhost").expect("the endpoint has a configuration");
        let mut bytes = [0; 2_048];
        let length = within("a first packet", ear.recv(&mut bytes)).await.expect("it comes");
        packets.push(bytes[..length].to_vec());
        drop(connecting);
    }
    // Packets of a repeated connection occur several times.
    packets.sort();
    packets.dedup();
    packets
}

/// Handshakes counted with an outcome so far.
async fn handshakes(siege: &Siege, outcome: &str) -> f64 {
    siege.host.metric("ricochet_handshakes_total", &format!("outcome=\"{outcome}\"")).await
}

#[tokio::test]
async fn handshake_that_the_client_refuses_has_failed() {
    let mut siege = Siege::begin().await;
    let (completed, failed) = (handshakes(&siege, "completed").await, handshakes(&siege, "failed").await);
    let closes = siege.host.metric("ricochet_closes_total", "reason=\"left\"").await;
    let caller = endpoint();
    // No authority of this machine has signed our certificate.
    let config = client_config(&Trust::default(), b"ricochet/1");
    let calling = caller.connect_with(config, siege.host.udp(), "localhost").expect("it is configured");
    assert!(within("a refusal", calling).await.is_err());
    while handshakes(&siege, "failed").await < failed + 1.0 {
        siege.stands().await;
    }
    assert_eq!(handshakes(&siege, "completed").await, completed);
    assert_eq!(
        siege.host.metric("ricochet_closes_total", "reason=\"left\"").await,
        closes,
        "nobody was there to leave"
    );
}

#[tokio::test]
async fn those_who_never_answer_a_retry_keep_nobody_out_not_even_their_own_address() {
    let mut siege = Siege::guarded(|_| {}).await;
    let begun = handshakes(&siege, "begun").await;
    let retried = handshakes(&siege, "retried").await;
    let victim = Attacker::new(1, 1);
    let packets = first_packets(300).await;
    let sent = packets.len();
    for packet in &packets {
        // Each packet from its own port, as if from its own client; answers are never read.
        let socket = victim.udp().await;
        let _ = socket.send_to(packet, siege.host.udp()).await;
    }
    siege.stands().await;
    let (begun, retried) = (handshakes(&siege, "begun").await - begun, handshakes(&siege, "retried").await - retried);
    assert!(sent >= 250 && retried >= 100.0, "{retried} of {sent} were asked for a proof");
    assert!(begun + retried <= sent as f64, "{begun} {retried}");
    assert!(begun <= 60.0, "{begun} handshakes began without a proof");
    for limit in ["connections", "half_open", "handshakes", "new_connections"] {
        assert_eq!(siege.refused(limit).await, 0.0, "{limit}");
    }
    // The owner of the forged address plays.
    for transport in ALL {
        victim.joined(&siege.host, transport).await;
    }
    siege.stands().await;
}

#[tokio::test]
async fn one_who_proves_its_address_uses_its_share_and_not_the_others() {
    let mut siege = Siege::guarded(|limits| {
        limits.handshakes_per_sec_per_address = 4;
        limits.handshakes_per_sec_per_network = 8;
    })
    .await;
    let before = siege.refused("handshakes").await;
    let greedy = Attacker::new(1, 1);
    let endpoint = greedy.endpoint();
    let mut refused = 0;
    let mut connected = Vec::new();
    for _ in 0..10 {
        let calls: Vec<_> = (0..20)
            .map(|_| endpoint.connect(siege.host.udp(), "localhost").expect("the endpoint has a configuration"))
            .collect();
        for call in calls {
            match within("an answer", call).await {
                Ok(connection) => connected.push(connection),
                Err(ConnectionError::ConnectionClosed(_)) => refused += 1,
                Err(error) => panic!("{error}"),
            }
        }
        siege.stands().await;
    }
    assert!(refused > 50, "{refused}");
    assert!(siege.refused("handshakes").await >= before + f64::from(refused));
    for transport in ALL {
        Attacker::new(2, 1).joined(&siege.host, transport).await;
    }
    siege.stands().await;
}

#[tokio::test]
async fn queue_of_handshakes_cannot_be_taken_by_one_address() {
    let mut siege = Siege::guarded(|limits| limits.half_open_per_address = 10).await;
    let greedy = Attacker::new(1, 1);
    let endpoint = greedy.endpoint();
    // Clients that complete the handshake and never send a hello.
    let calls: Vec<_> = (0..HANDSHAKES_WAITING_MAX / 4)
        .map(|_| endpoint.connect(siege.host.udp(), "localhost").expect("the endpoint has a configuration"))
        .collect();
    let mut open = Vec::new();
    let mut refused = 0;
    for call in calls {
        match within("an answer", call).await {
            Ok(connection) => open.push(connection),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 0 && siege.refused("half_open").await > 0.0, "{refused}");
    for transport in ALL {
        Attacker::new(1, 2).joined(&siege.host, transport).await;
    }
    siege.stands().await;
}
