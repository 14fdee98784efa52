//! Players who want more than their share of the game.

use std::time::Duration;

use client::native::{HttpClient, JoinRequest, Link, QuicEndpoints, QuicLink, WebSocketLink, join};
use client::{Channel, Output};
use shared::{
    Tick,
    input::Input,
    wire::{Ack, ClientMessage, Hello, InputMessage},
};

use super::{pace::Pace, target::Target};

/// Twenty times the inputs of this many players.
const PLAYERS: usize = 10;
const REST: Duration = Duration::from_millis(100);

/// Sends inputs on links of its own, over QUIC and WebSocket in turn. Who is shut out comes back.
///
/// These come from the address of the bots: what holds for a link is tried here, not what holds for an address.
pub(crate) async fn inputs(target: &Target, mut pace: Pace) -> anyhow::Result<u64> {
    let endpoints = QuicEndpoints::bind(1)?;
    let mut links: Vec<Option<Link>> = (0..PLAYERS).map(|_| None).collect();
    let mut input = Vec::new();
    ClientMessage::Input(InputMessage::new(Tick(1), Ack::default(), 0, [Input::default(); 4])).encode(&mut input);
    while pace.next().await {
        let place = pace.done() as usize % PLAYERS;
        let link = match &mut links[place] {
            Some(link) => link,
            none => match enter(target, &endpoints, place).await {
                Ok(link) => none.insert(link),
                Err(_) => {
                    tokio::time::sleep(REST).await;
                    continue;
                }
            },
        };
        let output = Output { channel: Channel::Unreliable, bytes: input.clone() };
        let sent = tokio::time::timeout(REST, link.send(output)).await;
        // What the server says is read, or its goodbye would never be heard.
        let heard = tokio::time::timeout(Duration::ZERO, link.receive()).await;
        if !matches!(sent, Ok(Ok(()))) || matches!(heard, Ok(Err(_))) {
            links[place] = None;
        }
    }
    Ok(pace.done())
}

async fn enter(target: &Target, endpoints: &QuicEndpoints, place: usize) -> anyhow::Result<Link> {
    let http = HttpClient::default();
    let request = JoinRequest { name: "flood".to_owned(), ..JoinRequest::default() };
    let answer = join(&http, &format!("http://{}", target.http), &request).await?;
    let mut link = match place % 2 {
        0 => Link::Quic(QuicLink::connect(endpoints, &answer.quic, &answer.certificate_hashes).await?),
        _ => Link::WebSocket(WebSocketLink::connect(&answer.ws).await?.into()),
    };
    let mut hello = Vec::new();
    ClientMessage::Hello(Hello { plain: false, name: "flood", ticket: &answer.ticket }).encode(&mut hello);
    link.send(Output { channel: Channel::Reliable, bytes: hello }).await?;
    Ok(link)
}
