//! A server with default settings, except its ports.

use arena::rules::World;
use server::{config::Games, games::game_with_page};
use std::net::SocketAddr;

use client::native::{HttpClient, JoinAnswer, JoinRequest, Trust, join};
use server::{
    config::{Config, Environment, LiveConfig, Sources, flags::Flags},
    lifecycle::{outcome::Outcome, run::Server},
    security::{certificates::Certificates, guard::Guard},
};

use super::{Transport, page::page, player::LivePlayer, raw::RawLink, state::State, within};

/// A running server.
pub(crate) struct Host {
    server: Option<Server>,
    http: HttpClient,
    trust: Trust,
    url: String,
    /// After the server, which writes there.
    state: State,
}

/// The arena, with a page.
fn games() -> Games {
    Games::new(&[game_with_page::<World>(page("0123456789abcdef", "Arena"))])
}

impl Host {
    /// Starts a server without opponents on the ports that are free, with a state directory of its own; `change` changes the
    /// rest.
    pub(crate) fn start(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_trusted(Trust::default(), change)
    }

    /// The same; players trust its certificate as `trust` says.
    pub(crate) fn start_trusted(trust: Trust, change: impl FnOnce(&mut Config)) -> Self {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let state = State::new();
        let mut config = Config { http: free, udp: free, ops: free, fill: 0, seed: Some(1), ..Config::default() };
        config.state = Some(state.path().to_owned());
        change(&mut config);
        Self::of(state, trust, Server::start(games(), config).expect("a server starts on free ports"))
    }

    /// Starts a server with the settings of a command line, which it can read again.
    pub(crate) fn from_words(words: &str) -> Self {
        let any = "--http 127.0.0.1:0 --udp 127.0.0.1:0 --ops 127.0.0.1:0";
        let state = State::new();
        let line = format!("ricochet-server {any} --state {} {words}", state.path().display());
        let games = games();
        let flags = Flags::parse_from_words(games, line.split_whitespace()).expect("the line can be understood");
        let sources = Sources { games, flags, environment: Environment::default() };
        let live = LiveConfig::new(sources.load().expect("the settings are allowed"), sources);
        Self::of(state, Trust::default(), Server::start_live(live).expect("a server starts on free ports"))
    }

    fn of(state: State, trust: Trust, server: Server) -> Self {
        let url = match server.lobby().config.load().tls.serves_http() {
            true => format!("https://localhost:{}", server.http().port()),
            false => format!("http://{}", server.http()),
        };
        Self { server: Some(server), http: HttpClient::new(trust.clone()), trust, url, state }
    }

    /// A ticket, and where to play.
    pub(crate) async fn reserve(&self, name: &str) -> JoinAnswer {
        within("a seat", join(&self.http, &self.url, &JoinRequest::of::<World>(name)))
            .await
            .expect("the server has a seat")
    }

    /// A player that has sent its hello.
    pub(crate) async fn player(&self, name: &str, transport: Transport) -> LivePlayer {
        let answer = self.reserve(name).await;
        within("a link", LivePlayer::connect_trusting(&answer, transport, &self.trust)).await
    }

    /// A link without a hello, and a ticket for it.
    pub(crate) async fn raw(&self, transport: Transport) -> (RawLink, String) {
        let answer = self.reserve("stranger").await;
        (within("a link", RawLink::connect(&answer, transport)).await, answer.ticket)
    }

    /// The guard of the server.
    pub(crate) fn guard(&self) -> &Guard {
        &self.server().lobby().guard
    }

    /// Seats reserved or played on.
    pub(crate) fn seats_taken(&self) -> u32 {
        self.server().directory().players()
    }

    /// Rooms open.
    pub(crate) fn rooms(&self) -> usize {
        self.server().directory().rooms().len()
    }

    /// Waits until this many seats are taken.
    pub(crate) async fn until_seats_taken(&self, seats: u32) {
        let what = format!("{seats} seats to be taken");
        within(&what, async {
            while self.seats_taken() != seats {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// The sum of a metric's samples whose labels contain `label`.
    pub(crate) async fn metric(&self, name: &str, label: &str) -> f64 {
        let url = format!("http://{}/metrics", self.server().ops());
        let answer = self.http.get(&url).await.expect("ops answers");
        let text = String::from_utf8(answer.body.to_vec()).expect("ops answers in text");
        let samples = text.lines().filter(|line| line.starts_with(name) && line.contains(label));
        samples.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// Certificates of QUIC and WebTransport.
    pub(crate) fn certificates(&self) -> &Certificates {
        &self.server().lobby().certificates
    }

    /// Address of the HTTP listener.
    pub(crate) fn http(&self) -> SocketAddr {
        self.server().http()
    }

    /// Address of the ops listener.
    pub(crate) fn ops(&self) -> SocketAddr {
        self.server().ops()
    }

    /// Address of QUIC.
    pub(crate) fn udp(&self) -> SocketAddr {
        self.server().udp()
    }

    /// Addresses of QUIC, one per shard.
    pub(crate) fn udps(&self) -> Vec<SocketAddr> {
        self.server().lobby().udp.clone()
    }

    /// Makes a shard panic.
    pub(crate) async fn panic_shard(&self, shard: usize) {
        let token = self.server().admin().made_up_token().expect("no token is set");
        let url = format!("http://{}/admin/api/panic-shard", self.server().ops());
        let request = reqwest::Client::new().post(url).bearer_auth(token).json(&serde_json::json!({ "shard": shard }));
        let answer = within("the answer", request.send()).await.expect("ops answers");
        assert_eq!(answer.status(), 200);
    }

    /// Waits until the server ends by itself.
    pub(crate) async fn until_ended(mut self) -> Outcome {
        let server = self.server.take().expect("it ends once");
        within("the end", server.serve()).await
    }

    /// Ends the server.
    pub(crate) async fn shutdown(mut self) {
        let server = self.server.take().expect("it ends once");
        let state_of = server.lobby().config.load().state.clone();
        within("the shutdown", server.shutdown()).await;
        if state_of.as_deref() == Some(self.state.path()) {
            self.state.verify();
        }
    }

    fn server(&self) -> &Server {
        self.server.as_ref().expect("the server runs until it is shut down")
    }
}
