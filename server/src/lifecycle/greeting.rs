//! The text on the terminal after a start: addresses, how to start bots, how to stop.

use std::{net::SocketAddr, path::Path};

use crate::{games::Hosted, lifecycle::run::Server};

impl Server {
    /// A few lines for the terminal.
    pub fn greeting(&self) -> String {
        let lobby = self.lobby();
        let config = lobby.config.load();
        let opponents = match config.fill.min(config.room_size) {
            0 => "no computer opponents".to_owned(),
            fill => format!("computer opponents up to {fill}"),
        };
        let played = config.played(lobby.config.games());
        let others: Vec<_> =
            lobby.config.games().iter().filter(|&game| game != played.game).map(Hosted::name).collect();
        let others = if others.is_empty() { String::new() } else { format!("; on request: {}", others.join(", ")) };
        let page = url(if config.tls.serves_http() { "https" } else { "http" }, self.http());
        let quic: Vec<String> = lobby.udp.iter().map(|&udp| reachable(udp).to_string()).collect();
        format!(
            "\n\
             {name} {version} runs: {game}, {mode}, rooms of {seats} at {hz} Hz, {opponents}{others}\n\n  \
             Play     {page}/\n  \
             Watch    {page}/status\n  \
             Clients  QUIC and WebTransport {quic} · WebSocket {websocket}/play\n  \
             Bots     {bots} --bots 50 --transport mix\n  \
             Metrics  {ops}/metrics\n  \
             Admin    {admin}\n  \
             Stop     Ctrl-C\n",
            name = config.name,
            version = env!("CARGO_PKG_VERSION"),
            game = played.game.name(),
            bots = bots(&page, played.game.name(), std::env::current_exe().ok().as_deref()),
            mode = played.mode_name(),
            seats = config.room_size,
            hz = config.tick_hz,
            quic = quic.join(", "),
            websocket = page.replacen("http", "ws", 1),
            ops = url("http", self.ops()),
            admin = self.admin_page(),
        )
    }

    /// The address of the admin page, with the token if it is random. A reader of this terminal runs the server, so may know it.
    fn admin_page(&self) -> String {
        let page = format!("{}/admin", url("http", self.ops()));
        match self.admin().made_up_token() {
            Some(token) => format!("{page}#token={token}"),
            None if self.lobby().config.load().admin.tokens().is_empty() => {
                "nobody, because no token is set (--admin-token-file)".to_owned()
            }
            None => page,
        }
    }
}

/// The command that starts bots, for the folder in which this program was compiled.
fn bots(page: &str, game: &str, program: Option<&Path>) -> String {
    let is_engine = program.and_then(Path::file_stem).is_none_or(|name| name == "ricochet-server");
    if is_engine {
        format!("cargo run --release -p bot-client -- --server {page} --game {game}")
    } else {
        // A copy of the template has its bots in the same package, and they know one game.
        format!("cargo run --release --bin bots -- --server {page}")
    }
}

fn url(scheme: &str, address: SocketAddr) -> String {
    format!("{scheme}://{}", reachable(address))
}

/// Replaces a wildcard address, which cannot be opened, by loopback.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn game_of_ones_own_is_played_by_its_own_bots() {
        let command = |program| bots("http://127.0.0.1:8080", "pond", Some(Path::new(program)));
        assert!(
            command("/here/target/release/ricochet-server")
                .ends_with("-p bot-client -- --server http://127.0.0.1:8080 --game pond")
        );
        assert!(command("/there/target/debug/pond").ends_with("--bin bots -- --server http://127.0.0.1:8080"));
    }
}
