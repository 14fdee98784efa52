//! Runs the program `ricochet-bots`, and a server for it.

use arena::rules::World;
use petri::Dish;
use server::{config::Games, games::game};
use std::{
    net::SocketAddr,
    path::PathBuf,
    process::{Command, Output},
};

use server::{config::Config, lifecycle::run::Server};

/// A server of both games on free ports without computer players. The arena is the default game.
pub(crate) fn server() -> Server {
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config { http: free, udp: free, ops: free, fill: 0, seed: Some(1), ..Config::default() };
    Server::start(Games::new(&[game::<World>(), game::<Dish>()]), config).expect("a server starts on free ports")
}

/// Runs the program against that server.
pub(crate) fn run_bots(server: &Server, words: &[&str]) -> Output {
    let (page, ops) = (format!("http://{}", server.http()), format!("http://{}", server.ops()));
    let mut command = Command::new(env!("CARGO_BIN_EXE_ricochet-bots"));
    command.args(words).args(["--server", &page, "--ops", &ops]).output().expect("the program starts")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Path of a temporary file.
pub(crate) fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}
