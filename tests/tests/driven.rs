//! Players whose links are driven by a thread of many, against a real server, and the same tests with stock links.

mod live;

use arena::rules::World;
use std::{
    net::{Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use arena::input::{Buttons, Input};
use client::{
    Client, ClientConfig, ClientEvent, Ending,
    native::{
        BadLink, Carrier, Drivers, HttpClient, JoinAnswer, LinkError, Pilot, PlayError, PlayOptions, QuicEndpoints,
        RunError, Session, Trust, Way, play,
    },
};
use harness::script;
use live::{host::Host, within};
use shared::{PlayerId, Tick, conditioner::ConditionerConfig, wire::DisconnectReason};

/// Observations of a pilot, and the wishes of its test.
#[derive(Debug, Default)]
struct Story {
    seats: Vec<PlayerId>,
    /// Since the last time it was welcome.
    checks: u64,
    mismatches: u64,
    inputs: u64,
    reasons: Vec<String>,
    /// Leaves after this many checks since the last welcome.
    leaves_after: Option<u64>,
    /// Cuts the link after a passed check, this many times.
    cuts: usize,
    stalls: Option<Duration>,
}

#[derive(Clone, Debug, Default)]
struct Teller(Arc<Mutex<Story>>);

impl Teller {
    fn new(story: Story) -> Self {
        Self(Arc::new(Mutex::new(story)))
    }

    fn story(&self) -> MutexGuard<'_, Story> {
        self.0.lock().expect("no holder of this lock panics")
    }
}

impl Pilot for Teller {
    type Game = World;

    fn steer(&mut self, _: &Client<World>, tick: Tick) -> Input {
        Input { buttons: Buttons::FIRE, ..script::fly_along((tick.0 * 16 % 1_024) as u16) }
    }

    fn observe(&mut self, client: &mut Client<World>, _: Duration) {
        let mut story = self.story();
        while let Some(event) = client.poll_event() {
            if let (ClientEvent::Joined, Some(seat)) = (event, client.player()) {
                story.seats.push(seat);
            }
        }
        let counters = client.stats().counters;
        (story.checks, story.mismatches, story.inputs) =
            (counters.state_checks, counters.state_mismatches, counters.inputs);
    }

    fn link_lost(&mut self, _: &Client<World>, _: &mut Way<'_>, why: &str, _: Duration) -> Duration {
        self.story().reasons.push(why.to_owned());
        Duration::ZERO
    }

    fn wants_to_cut(&mut self, _: Duration) -> bool {
        let mut story = self.story();
        let cuts = story.cuts > 0 && story.checks > 0;
        story.cuts -= usize::from(cuts);
        cuts
    }

    fn stalls_until(&mut self, now: Duration) -> Option<Duration> {
        let mut story = self.story();
        if story.checks == 0 {
            return None;
        }
        story.stalls.take().map(|lasts| now + lasts)
    }

    fn wants_to_leave(&self) -> bool {
        let story = self.story();
        let played = story.cuts == 0 && story.stalls.is_none();
        played && story.leaves_after.is_some_and(|checks| story.checks >= checks)
    }
}

/// How a link is driven, and its transport.
#[derive(Clone, Copy, Debug)]
struct Kind {
    carrier: Carrier,
    driven: bool,
}

fn kinds() -> impl Iterator<Item = Kind> {
    let carriers = [Carrier::Quic, Carrier::WebSocket];
    carriers.into_iter().flat_map(|carrier| [true, false].map(|driven| Kind { carrier, driven }))
}

/// A seat on a host, and the arguments to reach it.
struct Table {
    drivers: Drivers,
    endpoints: QuicEndpoints,
    http: HttpClient,
    server: String,
    answer: JoinAnswer,
}

impl Table {
    async fn at(host: &Host) -> Self {
        Self {
            drivers: drivers(),
            endpoints: QuicEndpoints::bind(1).expect("a UDP socket"),
            http: HttpClient::default(),
            server: format!("http://{}", host.http()),
            answer: host.reserve("teller").await,
        }
    }

    /// Plays until the test's wishes are fulfilled.
    async fn tell(
        self,
        kind: Kind,
        teller: &Teller,
        resume: bool,
        bad: impl FnMut(bool) -> Option<BadLink>,
    ) -> Result<Ending, PlayError> {
        let Self { drivers, endpoints, http, server, answer } = &self;
        let config = ClientConfig {
            ticket: answer.ticket.clone(),
            name: answer.player_name.clone(),
            predict: true,
            ..ClientConfig::default()
        };
        let drivers = kind.driven.then_some(drivers);
        let (answer, carrier) = (answer.clone(), kind.carrier);
        let mut way = Way { http, server, endpoints, drivers, answer, carrier, fallback: false };
        let options = PlayOptions { resume, chance: 1 };
        let playing = play(&mut way, config, options, bad, teller.clone(), Instant::now());
        within("the story", playing).await.1
    }
}

fn drivers() -> Drivers {
    Drivers::start(1, Trust::default(), Arc::new(|_| {})).expect("a thread with its sockets")
}

/// Waits while the other tasks run.
async fn until(what: &str, mut done: impl FnMut() -> bool) {
    within(what, async {
        while !done() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn server_of_ipv6_is_reached_over_every_transport() {
    let web = Kind { carrier: Carrier::WebTransport, driven: false };
    for kind in kinds().chain([web]) {
        let host = Host::start(|config| {
            let free = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
            (config.http, config.udp) = (free, free);
        });
        let teller = Teller::new(Story { leaves_after: Some(2), ..Story::default() });
        let ending = Table::at(&host).await.tell(kind, &teller, true, |_| None).await.expect("nothing goes wrong");
        assert_eq!(ending.reason, DisconnectReason::Left, "{kind:?}");
    }
}

#[tokio::test]
async fn player_joins_plays_checks_and_leaves() {
    for kind in kinds() {
        let host = Host::start(|_| {});
        let teller = Teller::new(Story { leaves_after: Some(2), ..Story::default() });
        let ending = Table::at(&host).await.tell(kind, &teller, true, |_| None).await.expect("nothing goes wrong");
        assert_eq!(ending.reason, DisconnectReason::Left, "{kind:?}");
        {
            let story = teller.story();
            assert_eq!((story.seats.len(), story.mismatches, story.reasons.len()), (1, 0, 0), "{kind:?}");
            assert!(story.inputs >= 20, "{} inputs in two seconds, {kind:?}", story.inputs);
        }
        host.until_seats_taken(0).await;
    }
}

#[tokio::test]
async fn player_whose_link_is_cut_comes_back_to_its_seat() {
    for kind in kinds() {
        let host = Host::start(|_| {});
        let teller = Teller::new(Story { cuts: 2, leaves_after: Some(1), ..Story::default() });
        let ending = Table::at(&host).await.tell(kind, &teller, true, |_| None).await.expect("it comes back");
        assert_eq!(ending.reason, DisconnectReason::Left, "{kind:?}");
        let story = teller.story();
        assert_eq!(story.seats.len(), 3, "{kind:?}");
        assert!(story.seats.iter().all(|&seat| seat == story.seats[0]), "{kind:?}");
        assert_eq!((story.mismatches, story.reasons.len()), (0, 2), "{kind:?}");
    }
}

#[tokio::test]
async fn player_hears_why_the_server_ends() {
    for kind in kinds() {
        let host = Host::start(|_| {});
        let teller = Teller::default();
        let table = Table::at(&host).await;
        let ending = async {
            until("a check", || teller.story().checks > 0).await;
            host.shutdown().await;
        };
        let (ending, ()) = tokio::join!(table.tell(kind, &teller, false, |_| None), ending);
        let ending = ending.expect("a goodbye is no error");
        assert_eq!(ending.reason, DisconnectReason::ShuttingDown, "{kind:?}");
        assert_eq!(ending.text, "the server restarts: back soon, you will be brought back", "{kind:?}");
    }
}

#[tokio::test]
async fn player_who_did_not_read_for_a_while_is_told_the_truth_again() {
    for kind in kinds() {
        let host = Host::start(|_| {});
        let stalls = Some(Duration::from_millis(1_500));
        let teller = Teller::new(Story { stalls, leaves_after: Some(3), ..Story::default() });
        let ending = Table::at(&host).await.tell(kind, &teller, false, |_| None).await.expect("it plays on");
        assert_eq!(ending.reason, DisconnectReason::Left, "{kind:?}");
        let story = teller.story();
        assert_eq!((story.seats.len(), story.mismatches), (1, 0), "{kind:?}");
    }
}

#[tokio::test]
async fn bad_link_lies_in_front_of_a_driven_one_as_of_any() {
    let conditions = ConditionerConfig {
        delay: Duration::from_millis(20),
        jitter: Duration::from_millis(5),
        loss: 0.05,
        duplicate: 0.02,
        reorder: 0.02,
    };
    for kind in kinds() {
        let host = Host::start(|_| {});
        let teller = Teller::new(Story { leaves_after: Some(2), ..Story::default() });
        let bad = |reliable| Some(BadLink::new(conditions, reliable, 7));
        let ending = Table::at(&host).await.tell(kind, &teller, false, bad).await.expect("it is only bad");
        assert_eq!(ending.reason, DisconnectReason::Left, "{kind:?}");
        let story = teller.story();
        assert_eq!((story.seats.len(), story.mismatches), (1, 0), "{kind:?}");
    }
}

#[tokio::test]
async fn server_with_another_certificate_is_not_talked_to() {
    let host = Host::start(|_| {});
    let drivers = drivers();
    let answer = host.reserve("wary").await;
    let others = vec!["ab".repeat(32)];
    let refused = within("the refusal", drivers.open_quic(&answer.quic, &others)).await;
    assert!(matches!(refused, Err(LinkError::Lost(_))), "{refused:?}");
    let nobody = within("the refusal", drivers.open_websocket("ws://127.0.0.1:1/play")).await;
    assert!(matches!(nobody, Err(LinkError::Lost(_))), "{nobody:?}");
}

#[tokio::test]
async fn sessions_end_with_their_driver() {
    let host = Host::start(|_| {});
    let drivers = drivers();
    let answer = host.reserve("passenger").await;
    let mut link = within("a link", drivers.open_quic(&answer.quic, &answer.certificate_hashes)).await.expect("QUIC");
    let config = ClientConfig { ticket: answer.ticket, name: answer.player_name, ..ClientConfig::default() };
    let client = Client::new(config, Duration::ZERO);
    let teller = Teller::default();
    let session = Box::new(Session::new(client, teller.clone(), None));
    let riding = tokio::spawn(async move { link.run(session, Instant::now()).await.1 });
    until("a welcome", || !teller.story().seats.is_empty()).await;
    drop(drivers);
    let outcome = within("the end", riding).await.expect("no panic");
    assert!(matches!(outcome, Err(RunError::Link(LinkError::Lost(_)))), "{outcome:?}");
}
