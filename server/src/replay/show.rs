//! `replay show`: the page with one recording, for whoever opens the address.
//!
//! ```text
//! GET /              the page, sent on to /?replay=/replay/file
//! GET /web/…         its files
//! GET /replay/file   the recording
//! ```

use std::{
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use axum::{
    Router,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use room::record::Replay;
use tokio::sync::watch;

use super::read;
use crate::{
    config::{Config, LiveConfig},
    http, lobby,
};

/// Where the page finds the recording.
const FILE: &str = "/replay/file";

/// Serves the page until the process is told to end.
pub(super) fn show(path: &Path, address: SocketAddr) -> anyhow::Result<()> {
    // A file that is no recording is refused here, not in the page.
    let replay = Replay::open(read(path)?).with_context(|| path.display().to_string())?;
    for damage in &replay.info().damage {
        eprintln!("ricochet-server: {}: {damage}", path.display());
    }
    let listener = http::bind(address).with_context(|| format!("cannot listen on {address} (--http)"))?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let _ = writeln!(std::io::stdout(), "Watch    http://{address}/?replay={FILE}\nStop     Ctrl-C");
        let config = LiveConfig::from_program(Config::default())?;
        let front = http::Front::private(Arc::new(config));
        let (stop, stopped) = watch::channel(false);
        let serving = http::serve(listener, front, router(path.to_owned()), stopped);
        tokio::select! {
            () = serving => {}
            _ = tokio::signal::ctrl_c() => drop(stop),
        }
        Ok(())
    })
}

fn router(path: PathBuf) -> Router {
    Router::new()
        .route("/", get(index))
        .route(FILE, get(file))
        .with_state(Arc::new(path))
        .merge(lobby::page_files())
        .fallback(async || StatusCode::NOT_FOUND)
}

async fn index(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    match query {
        Some(query) if query.contains("replay=") => lobby::replay_page(&headers).into_response(),
        _ => Redirect::temporary(&format!("/?replay={FILE}")).into_response(),
    }
}

/// Read anew for each request: a match that is still played grows.
async fn file(State(path): State<Arc<PathBuf>>) -> Response {
    match tokio::task::spawn_blocking(move || read(&path)).await {
        Ok(Ok(bytes)) => ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
