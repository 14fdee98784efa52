//! A running server: starts the data plane and the control plane, and ends them in order.
//!
//! ```text
//! start     bind HTTP and ops ─> shards ─> first room ─> serve
//! end       refuse joins ─> matches end, or the deadline ─> seal recordings ─> shards send goodbyes and end
//!           ─> listeners end
//! ```

use std::{
    fmt,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use anyhow::Context;
use crossbeam_channel::Sender;
use tokio::{runtime::Runtime, sync::watch, task::JoinHandle};
use tracing::{info, warn};

use super::outcome::Outcome;
use crate::{
    base::{origin::Origins, process},
    config::{Config, ConfigError, Games, LiveConfig, ReloadReport},
    directory::{
        Directory,
        drain::{Action, Drainer},
        mutes::Mutes,
    },
    http,
    lifecycle::{
        ending,
        reload::Prepared,
        shard_keeper::{Keeper, REPORTS_MAX},
        supervisor::Supervisor,
    },
    lobby::{
        self, Lobby,
        matchmaker::{Matchmaker, SendCommand},
    },
    ops::{self, admin::Admin, metrics::Metrics},
    security::{
        accounts::Accounts,
        certificates::{self, Certificates},
        guard::Guard,
    },
    session::Key,
    shard::{self, ShardCommand, ShardConfig, ShardHandle},
    storage::{disk::Disk, recording::Recordings, state::StateDirectory},
};

/// A server that runs until it is asked to end and [`Server::serve`] returns. If it is dropped before, it ends without
/// waiting.
pub struct Server {
    lobby: Arc<Lobby>,
    ops: SocketAddr,
    shards: Arc<Vec<ShardHandle>>,
    admin: Arc<Admin>,
    supervisor: Arc<Supervisor>,
    /// Taken when all data is written.
    disk: Option<Disk>,
    /// Taken when the shards must end.
    keeper: Option<Keeper>,
    stop: watch::Sender<bool>,
    /// Taken at the end.
    control: Option<Control>,
}

/// The control plane, on two runtimes, so that requests of the public cannot make the server look dead to its host.
struct Control {
    /// For pages, joins and all other requests to the public listener.
    public: Runtime,
    /// For the ops listener, the supervisor and upkeep.
    private: Runtime,
    http: JoinHandle<()>,
    ops: JoinHandle<()>,
}

/// Threads for pages and joins; more would only compete with the shards.
const PUBLIC_THREADS: usize = 2;
/// How often expired tickets and empty rooms are removed.
const TIDY_PERIOD: Duration = Duration::from_millis(250);
/// How often the metrics' histograms are updated.
const UPKEEP_PERIOD: Duration = Duration::from_secs(1);
/// Time that a shard gets for its first heartbeat, which comes within a tick of its start.
const START_PATIENCE: Duration = Duration::from_secs(5);
/// Time to write the last lines of the audit log.
const AUDIT_PATIENCE: Duration = Duration::from_secs(1);
/// Time to answer running requests at the end.
const FAREWELL: Duration = Duration::from_millis(500);

impl Server {
    /// Starts a server, which serves when this returns. Works inside and outside of an async runtime, because it has its own.
    ///
    /// # Errors
    /// When a setting is not allowed, a map is missing or broken, or an address is taken.
    pub fn start(games: Games, config: Config) -> anyhow::Result<Self> {
        Self::start_live(LiveConfig::from_program(games, config)?)
    }

    /// The same with settings that can be reloaded.
    ///
    /// # Errors
    /// The same as those of [`Server::start`].
    pub fn start_live(live: LiveConfig) -> anyhow::Result<Self> {
        let config = live.load();
        let Prepared { games, certificate: own } = Prepared::new(live.games(), &config)?;
        process::started();
        process::look(true);
        let metrics = Metrics::install()?;
        let http_listener = listen("http", config.http)?;
        let ops_listener = listen("ops", config.ops)?;
        let http = http_listener.local_addr()?;
        let ops = ops_listener.local_addr()?;
        let certificates = Arc::new(Certificates::new(own, SystemTime::now())?);
        let origins = Arc::new(Origins::new(&config.origins));

        let accounts = Accounts::new(&config.accounts)?;
        let state = config.state.as_deref().map(StateDirectory::open).transpose()?;
        let key = config.state.as_deref().map_or_else(|| Ok(Key::random()), Key::in_directory)?;
        let guard =
            Arc::new(Guard::new(&config.limits, config.state.as_ref().map(|state| state.join(Guard::BANS_FILE)))?);
        let mut directory = Directory::new(config.shards.into(), config.max_players, key);
        if let Some(state) = &config.state {
            directory.mutes = Mutes::open(state.join(Mutes::FILE));
        }
        let directory = Arc::new(directory);
        let mut disk = state.map(|state| Disk::start(state, live.games(), &config)).transpose()?;
        let recordings = disk.as_ref().map(Disk::recordings);
        let (deaths, died) = crossbeam_channel::bounded(REPORTS_MAX);
        let parts = ShardParts { certificates: &certificates, origins: &origins, guard: &guard, directory: &directory };
        let shards = Arc::new(spawn_shards(&config, &parts, recordings.as_ref(), &deaths)?);
        let send: SendCommand = {
            let shards = Arc::clone(&shards);
            Arc::new(move |shard, command| shards[shard].send(command).is_ok())
        };
        let seed = config.seed.unwrap_or_else(|| {
            let seed = rand::random();
            info!(seed, "no seed is set; this one was chosen");
            seed
        });
        let live = Arc::new(live);
        let matchmaker = Matchmaker::new(Arc::clone(&directory), Arc::clone(&live), games, seed, Arc::clone(&send));
        let udp = shards.iter().map(|shard| shard.udp).collect();
        let started = Instant::now();
        let drainer = Arc::new(Drainer::new(config.state.is_some()));
        let lobby = Lobby {
            matchmaker,
            drainer,
            directory,
            config: live,
            http,
            udp,
            certificates,
            origins,
            send,
            guard,
            accounts,
            disk: disk.as_ref().map(|disk| Arc::clone(disk.health())),
            started,
        };
        let lobby = Arc::new(lobby);
        wait_for_shards(&lobby)?;
        if let Some(disk) = &mut disk {
            lobby.matchmaker.restore_rooms(disk.take_rooms());
        }
        if lobby.directory.rooms().is_empty() {
            lobby.matchmaker.open_first_room().context("cannot open the first room")?;
        }
        let keeper = Keeper::start(Arc::clone(&lobby), Arc::clone(&shards), recordings, died)?;

        let public = runtime("control", PUBLIC_THREADS)?;
        let private = runtime("ops", 1)?;
        let admin = Arc::new(Admin::new(Arc::clone(&lobby), Arc::clone(&shards), ops));
        let (stop, stopped) = watch::channel(false);
        let supervisor = Arc::new(Supervisor::from_environment());
        let (config, certificates) = (&lobby.config, &lobby.certificates);
        public.spawn(certificates::watch::run(Arc::clone(config), Arc::clone(certificates)));
        private.spawn(tidy(Arc::clone(&lobby)));
        private.spawn(tidy_files(Arc::clone(&lobby)));
        private.spawn(upkeep(metrics.clone()));
        private.spawn(process::keep_looking());
        private.spawn(Arc::clone(&supervisor).beat(Arc::clone(&lobby)));
        let front = http::Front::public(Arc::clone(config), Arc::clone(&lobby.guard), Arc::clone(certificates));
        let router = lobby::router(Arc::clone(&lobby));
        let http_served = serve(&public, http_listener, front, router, stopped.clone())?;
        let front = http::Front::private(Arc::clone(config));
        let router = ops::router(Arc::clone(&lobby), metrics, Arc::clone(&shards), Arc::clone(&admin));
        let ops_served = serve(&private, ops_listener, front, router, stopped)?;
        let control = Control { public, private, http: http_served, ops: ops_served };
        warn_of_few_descriptors(&config.load());
        info!(%http, %ops, udp = ?lobby.udp, "the server runs");
        let (keeper, control) = (Some(keeper), Some(control));
        Ok(Self { lobby, ops, shards, admin, supervisor, disk, keeper, stop, control })
    }

    /// Address of HTTP and WebSocket.
    pub fn http(&self) -> SocketAddr {
        self.lobby.http
    }

    /// Address of QUIC and WebTransport on the first shard.
    pub fn udp(&self) -> SocketAddr {
        self.lobby.udp[0]
    }

    /// Address of the ops listener.
    pub fn ops(&self) -> SocketAddr {
        self.ops
    }

    /// The admin page and API.
    pub fn admin(&self) -> &Admin {
        &self.admin
    }

    /// Rooms, seats and tickets, shared by the lobby and the shards.
    pub fn directory(&self) -> &Arc<Directory> {
        &self.lobby.directory
    }

    /// The state that all handlers share.
    pub fn lobby(&self) -> &Arc<Lobby> {
        &self.lobby
    }

    /// Reloads the settings, and applies those that can change while the server runs.
    ///
    /// # Errors
    /// When a setting is refused; then nothing has changed.
    pub fn reload(&self) -> Result<ReloadReport, ConfigError> {
        self.lobby.reload()
    }

    /// Serves until the server has ended: after [`Lobby::drain`] or [`Drainer::hurry`], which signals and the admin
    /// page call. Can be awaited on any runtime.
    pub async fn serve(mut self) -> Outcome {
        let lobby = Arc::clone(&self.lobby);
        loop {
            match lobby.drainer.next_action(&lobby.directory).await {
                Action::Announce(text) => ending::announce(&self.shards, &text),
                Action::End { goodbye } => return self.end(goodbye).await,
            }
        }
    }

    /// Ends the server now: takes no more joins, sends goodbyes, closes the listeners. Can be awaited on any
    /// runtime.
    pub async fn shutdown(self) -> Outcome {
        self.lobby.drainer.hurry();
        self.serve().await
    }

    async fn end(&mut self, goodbye: String) -> Outcome {
        info!("shutting down");
        self.lobby.matchmaker.drain();
        self.supervisor.stopping();
        if let Some(keeper) = self.keeper.take() {
            // It may be restoring a shard, which then ends at once like the others.
            let _ = tokio::task::spawn_blocking(move || keeper.stop()).await;
        }
        let mut outcome = ending::end_shards(Arc::clone(&self.shards), goodbye).await;
        if let Some(Control { public, private, http, ops }) = self.control.take() {
            let supervisor = Arc::clone(&self.supervisor);
            let _ = private.spawn(async move { supervisor.over().await }).await;
            let _ = self.stop.send(true);
            let farewell = private.spawn(tokio::time::timeout(FAREWELL, async { (http.await, ops.await) }));
            if !matches!(farewell.await, Ok(Ok(_))) {
                warn!("some requests were not answered in time");
            }
            public.shutdown_background();
            private.shutdown_background();
        }
        if let Some(disk) = self.disk.take()
            && !disk.end().await
        {
            outcome = Outcome::Damaged;
        }
        self.admin.flush(AUDIT_PATIENCE);
        self.lobby.drainer.ended();
        info!("the server has ended");
        outcome
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(Control { public, private, .. }) = self.control.take() {
            for shard in self.shards.iter() {
                let _ = shard.send(ShardCommand::Drain { text: "the server ends".to_owned() });
            }
            public.shutdown_background();
            private.shutdown_background();
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lobby, ops, .. } = self;
        f.debug_struct("Server").field("http", &lobby.http).field("ops", ops).field("udp", &lobby.udp).finish()
    }
}

fn listen(flag: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    http::bind(address).with_context(|| format!("cannot listen on {address} (--{flag})"))
}

fn runtime(name: &str, threads: usize) -> anyhow::Result<Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(threads).thread_name(name).enable_all().build().context("cannot start the control plane")
}

fn serve(
    runtime: &Runtime,
    listener: TcpListener,
    front: http::Front,
    router: axum::Router,
    stopped: watch::Receiver<bool>,
) -> anyhow::Result<JoinHandle<()>> {
    let _inside = runtime.enter();
    let listener = tokio::net::TcpListener::from_std(listener)?;
    Ok(runtime.spawn(http::serve(listener, front, router, stopped)))
}

/// Warns at the start, not only at the first refusal: a player over WebSocket needs a descriptor, and a page that loads needs some.
fn warn_of_few_descriptors(config: &Config) {
    let Some(usage) = process::usage() else { return };
    let (open_files_max, players_max) = (usage.open_files_max, config.max_players);
    if open_files_max.saturating_sub(usage.open_files) < u64::from(players_max) {
        warn!(
            open_files_max,
            players_max, "the limit of open files and sockets is below max_players: raise it (LimitNOFILE, ulimit -n)"
        );
    }
}

/// The parts that all shards share.
struct ShardParts<'a> {
    certificates: &'a Certificates,
    origins: &'a Arc<Origins>,
    guard: &'a Arc<Guard>,
    directory: &'a Arc<Directory>,
}

fn spawn_shards(
    config: &Config,
    parts: &ShardParts<'_>,
    recordings: Option<&Recordings>,
    deaths: &Sender<usize>,
) -> anyhow::Result<Vec<ShardHandle>> {
    let ShardParts { certificates, origins, guard, directory } = parts;
    let mut shards = Vec::with_capacity(config.shards.into());
    for index in 0..config.shards {
        let mut udp = config.udp;
        if udp.port() != 0 {
            udp.set_port(udp.port() + index);
        }
        let shard = ShardConfig {
            index: index.into(),
            udp,
            tick_rate: config.tick_rate(),
            tls: Arc::clone(certificates.quic()),
            origins: Arc::clone(origins),
            server: config.name.clone(),
            resume: Duration::from_secs(config.sessions.resume_secs.into()),
            timeouts: shard::Timeouts {
                blocked: Duration::from_secs(config.limits.blocked_secs.into()),
                ..shard::Timeouts::default()
            },
            guard: Arc::clone(guard),
            recordings: recordings.cloned(),
            deaths: Some(deaths.clone()),
        };
        let shard = shard::spawn(shard, Arc::clone(directory));
        shards.push(shard.with_context(|| format!("cannot listen on {udp} (--udp)"))?);
    }
    Ok(shards)
}

/// Waits for the first heartbeat of all shards, because joins would be refused before it.
fn wait_for_shards(lobby: &Lobby) -> anyhow::Result<()> {
    let deadline = Instant::now() + START_PATIENCE;
    for (index, shard) in lobby.directory.shards().iter().enumerate() {
        while !shard.is_alive(Instant::now(), START_PATIENCE) {
            anyhow::ensure!(Instant::now() < deadline, "shard {index} does not start");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    Ok(())
}

async fn tidy(lobby: Arc<Lobby>) {
    let mut period = tokio::time::interval(TIDY_PERIOD);
    loop {
        period.tick().await;
        lobby.matchmaker.tidy(Instant::now());
        if let Some(disk) = &lobby.disk {
            disk.watch();
        }
    }
}

/// Reloads the keys of accounts and tidies the list of bans. Disks may be slow, so nothing else is in this task.
async fn tidy_files(lobby: Arc<Lobby>) {
    let mut period = tokio::time::interval(TIDY_PERIOD);
    loop {
        period.tick().await;
        let lobby = Arc::clone(&lobby);
        let tidied = tokio::task::spawn_blocking(move || {
            lobby.guard.tidy();
            lobby.accounts.refresh();
        });
        let _ = tidied.await;
    }
}

async fn upkeep(metrics: Metrics) {
    let mut period = tokio::time::interval(UPKEEP_PERIOD);
    loop {
        period.tick().await;
        metrics.upkeep();
    }
}
