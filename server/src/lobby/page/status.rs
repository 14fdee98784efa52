//! The status page: rooms, players and timings, for hosts.

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::lobby::Lobby;

/// Path, type and text of each file.
const FILES: [(&str, &str, &str); 5] = [
    ("/status", "text/html; charset=utf-8", include_str!("../../../../assets/status/index.html")),
    ("/status/status.css", "text/css; charset=utf-8", include_str!("../../../../assets/status/status.css")),
    ("/status/status.js", "text/javascript; charset=utf-8", include_str!("../../../../assets/status/status.js")),
    ("/status/facts.js", "text/javascript; charset=utf-8", include_str!("../../../../assets/status/facts.js")),
    ("/status/icon.svg", "image/svg+xml", include_str!("../../../../assets/status/icon.svg")),
];

pub(super) fn routes() -> Router<Arc<Lobby>> {
    FILES
        .into_iter()
        .fold(Router::new(), |router, (path, kind, text)| router.route(path, get(async move || file(kind, text))))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response()
}
