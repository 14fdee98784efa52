//! The pages and their files, inside the program.
//!
//! ```text
//! GET /                    the page to play on, never kept without asking
//! GET /web/{build}/{path}  its files; another build has another address, so these are kept for ever
//! GET /status              the status page, and its files below it
//! ```

mod embedded;
mod policy;
mod status;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};

use self::embedded::{Encoding, File};
use super::{Lobby, address::Reached, refusal::Refusal};

pub(super) fn routes() -> Router<Arc<Lobby>> {
    Router::new().route("/", get(index)).route("/web/{build}/{*path}", get(file)).merge(status::routes())
}

/// The files of the page, for a listener without a lobby.
pub(crate) fn page_files() -> Router {
    Router::new().route("/web/{build}/{*path}", get(file))
}

/// The page, to show a recording from the same address and to reach nothing else.
pub(crate) fn replay_page(headers: &HeaderMap) -> Result<Response, Refusal> {
    let file = embedded::file("index.html").ok_or(Refusal::UnknownPath)?;
    let mut response = answer(file, headers, "no-cache")?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy::OF_A_REPLAY));
    Ok(response)
}

/// Where the files of this build of the page are.
pub(super) fn folder() -> String {
    format!("/web/{}/", embedded::build())
}

async fn index(State(lobby): State<Arc<Lobby>>, reached: Reached, headers: HeaderMap) -> Result<Response, Refusal> {
    let file = embedded::file("index.html").ok_or(Refusal::UnknownPath)?;
    let mut response = answer(file, &headers, "no-cache")?;
    let policy = policy::of_the_page(&reached, &lobby.udp);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

async fn file(Path((build, path)): Path<(String, String)>, headers: HeaderMap) -> Result<Response, Refusal> {
    // The bytes of another build under this address would be kept for ever.
    let file = embedded::file(&path).filter(|_| build == embedded::build()).ok_or(Refusal::UnknownPath)?;
    answer(file, &headers, "public, max-age=31536000, immutable")
}

fn answer(file: File, headers: &HeaderMap, caching: &'static str) -> Result<Response, Refusal> {
    let kind = HeaderValue::from_static(file.kind);
    let caching = HeaderValue::from_static(caching);
    let vary = HeaderValue::from_static("accept-encoding");
    let head = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, caching), (header::VARY, vary)];
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match Encoding::choose(accepted) {
        Some(encoding) => {
            let name = HeaderValue::from_static(encoding.name());
            Ok((head, [(header::CONTENT_ENCODING, name)], file.bytes(encoding)).into_response())
        }
        None => Ok((head, file.whole().ok_or(Refusal::UnknownPath)?).into_response()),
    }
}
