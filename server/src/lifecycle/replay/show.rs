//! `replay show`: serves the page with one recording.
//!
//! ```text
//! GET /              the page, redirected to /?replay=/replay/file
//! GET /web/…         its files
//! GET /replay/file   the recording
//! ```

use std::{
    fs::File,
    io::{Read as _, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{RawQuery, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use http_body_util::channel::Channel;
use tokio::{runtime::Handle, sync::watch};

use super::open;
use crate::{
    config::{Config, Games, LiveConfig},
    games::PackedPage,
    http, lobby,
};

/// The recording's path on this server.
const FILE: &str = "/replay/file";

/// Serves the page until a signal ends the process.
pub(super) fn show(games: Games, path: &Path, address: SocketAddr) -> anyhow::Result<()> {
    // A file that is not a recording is refused here already, not only in the page.
    let (game, file) = open(games, path)?;
    let page = game.page().with_context(|| format!("{} has no page that could show it", game.name()))?;
    let info = game.inspect(file).with_context(|| path.display().to_string())?;
    for damage in &info.damage {
        eprintln!("ricochet-server: {}: {damage}", path.display());
    }
    let listener = http::bind(address).with_context(|| format!("cannot listen on {address} (--http)"))?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let _ = writeln!(std::io::stdout(), "Watch    http://{address}/?replay={FILE}\nStop     Ctrl-C");
        let config = LiveConfig::from_program(games, Config::default())?;
        let front = http::Front::private(Arc::new(config));
        let (stop, stopped) = watch::channel(false);
        let serving =
            http::serve(listener, front, router(games, page, path.to_owned(), address.ip().is_loopback()), stopped);
        tokio::select! {
            () = serving => {}
            _ = tokio::signal::ctrl_c() => drop(stop),
        }
        Ok(())
    })
}

fn router(games: Games, page: &'static PackedPage, path: PathBuf, loopback: bool) -> Router {
    let router = Router::new()
        .route("/", get(async move |query: RawQuery, headers: HeaderMap| index(page, query, &headers)))
        .route(FILE, get(file))
        .with_state(Arc::new(path))
        .merge(lobby::page_files(games))
        .fallback(async || StatusCode::NOT_FOUND);
    // A recording contains names and chat: a foreign page must not read it through a name that resolves to this machine.
    if loopback { router.layer(middleware::from_fn(check_host)) } else { router }
}

async fn check_host(request: Request, next: Next) -> Response {
    match http::is_for_this_machine(request.headers()) {
        true => next.run(request).await,
        false => (StatusCode::FORBIDDEN, "ask by localhost, or by an address of this machine\n").into_response(),
    }
}

fn index(page: &PackedPage, RawQuery(query): RawQuery, headers: &HeaderMap) -> Response {
    match query {
        Some(query) if query.contains("replay=") => lobby::replay_page(page, headers).into_response(),
        _ => Redirect::temporary(&format!("/?replay={FILE}")).into_response(),
    }
}

/// Reads the file for each request, because a running match's file grows. It is sent in pieces, because files are large.
async fn file(State(path): State<Arc<PathBuf>>) -> Response {
    let Ok(Ok(mut file)) = tokio::task::spawn_blocking(move || File::open(&*path)).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (mut pieces, body) = Channel::<Bytes, std::io::Error>::new(PIECES_MAX);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        loop {
            let mut piece = vec![0; PIECE_BYTES];
            match file.read(&mut piece) {
                Ok(0) => return,
                Ok(bytes) => {
                    piece.truncate(bytes);
                    // The client may have disconnected.
                    if runtime.block_on(pieces.send_data(piece.into())).is_err() {
                        return;
                    }
                }
                Err(error) => return pieces.abort(error),
            }
        }
    });
    ([(header::CONTENT_TYPE, "application/octet-stream")], Body::new(body)).into_response()
}

/// Bytes read at once.
const PIECE_BYTES: usize = 64 * 1024;
/// Pieces that may wait to be sent.
const PIECES_MAX: usize = 2;
