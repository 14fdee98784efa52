//! The log of a session: events with numbers that are not secret, and nothing personal.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod live;

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use live::{
    ALL, Transport,
    host::Host,
    player::{LivePlayer, until},
    within,
};
use serde_json::Value;
use server::{
    config::{Log, LogAddresses, LogFormat},
    logging::{self, panics::log_panics},
};
use shared::wire::{DisconnectReason, Event};

const NAME: &str = "Zebulon Quux";
const CHAT: &str = "meet me behind the foundry";

/// Collects log lines.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Kept {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn lines(&self) -> Vec<Value> {
        let text = self.text();
        text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }

    fn said(&self, message: &str) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line["message"] == message).collect()
    }
}

/// Plays and chats on each transport, and tries an invalid ticket; returns the tickets.
async fn play(host: &Host) -> Vec<String> {
    let mut tickets = Vec::new();
    for transport in ALL {
        let answer = host.reserve(NAME).await;
        tickets.push(answer.ticket.clone());
        let mut players = [within("a link", LivePlayer::connect(&answer, transport)).await];
        until("a craft", &mut players, |players| players[0].craft().is_some()).await;
        players[0].client.chat(CHAT);
        let told = |event: &Event| matches!(event, Event::Chat { text, .. } if text == CHAT);
        until("the line", &mut players, |players| players[0].heard().any(told)).await;
        players[0].client.leave();
        until("the goodbye", &mut players, |players| players[0].ending().is_some()).await;
    }
    let mut answer = host.reserve(NAME).await;
    tickets.push(std::mem::replace(&mut answer.ticket, "stolen-ticket-0123456789".to_owned()));
    tickets.push(answer.ticket.clone());
    let mut players = [within("a link", LivePlayer::connect(&answer, Transport::WebSocket)).await];
    until("a refusal", &mut players, |players| players[0].ending() == Some(DisconnectReason::BadTicket)).await;
    tickets
}

/// One test, because a process has one log.
#[tokio::test]
async fn log_names_sessions_and_nothing_personal() {
    let kept = Kept::default();
    let filter = "info,server=trace,room=trace".to_owned();
    let mut settings = Log { format: LogFormat::Json, filter, ..Log::default() };
    let writer = kept.clone();
    logging::start(&settings, None, move || writer.clone(), false).unwrap();

    let host = Host::start(|_| {});
    let tickets = play(&host).await;
    let text = kept.text();
    for personal in [NAME, "Zebulon", CHAT].into_iter().chain(tickets.iter().map(String::as_str)) {
        assert!(!text.contains(personal), "the log holds {personal:?}");
    }
    let joined = kept.said("joined");
    assert_eq!(joined.len(), ALL.len());
    for line in &joined {
        let session = line["session"].as_str().unwrap();
        assert!(session.len() == 16 && session.bytes().all(|byte| byte.is_ascii_hexdigit()), "{session}");
        assert_eq!((&line["shard"], &line["room"]), (&0.into(), &1.into()));
        let went = || ["closed", "lost"].iter().any(|end| kept.said(end).iter().any(|line| line["session"] == session));
        within("a line about the end", async {
            while !went() {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    for line in kept.lines().iter().filter(|line| !line["peer"].is_null()) {
        assert_eq!(line["peer"], "127.0.0.0/24", "{line}");
        assert!(!line.to_string().contains("127.0.0.1"), "{line}");
    }

    // Settings that can change while the server runs.
    settings.filter = "error".to_owned();
    logging::reload(&settings).unwrap();
    let before = kept.text();
    play(&host).await;
    assert_eq!(kept.text(), before, "only errors from here on");
    settings.filter = "debug".to_owned();
    settings.addresses = LogAddresses::None;
    settings.names = true;
    logging::reload(&settings).unwrap();
    play(&host).await;
    let named = kept.said("joined");
    assert!(
        named
            .iter()
            .any(|line| line["name"].as_str().is_some_and(|name| name.starts_with("Zebulon")) && line["peer"] == "-"),
        "{named:?}"
    );

    let panics = host.metric("ricochet_panics_total", "").await;
    log_panics();
    std::thread::Builder::new().name("doomed".to_owned()).spawn(|| panic!("as asked")).unwrap().join().unwrap_err();
    // Panics of failed tests are printed as usual again.
    drop(std::panic::take_hook());
    let panicked = kept.said("panicked: as asked");
    assert_eq!((panicked.len(), &panicked[0]["thread"]), (1, &"doomed".into()));
    assert!(panicked[0]["place"].as_str().unwrap().contains("log.rs:"), "{}", panicked[0]);
    assert!(panicked[0]["backtrace"].as_str().unwrap().contains("tests/log.rs"), "{}", panicked[0]);
    assert_eq!(host.metric("ricochet_panics_total", "").await, panics + 1.0);
    assert!(host.metric("ricochet_log_events_total", "level=\"error\"").await >= 1.0);
    host.shutdown().await;
}
