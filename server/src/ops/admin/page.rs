//! The files of the page. They contain no secret, so they need no token.

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};

use super::Admin;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// Path, type and text of each file.
const FILES: [(&str, &str, &str); 14] = [
    ("/admin", HTML, include_str!("../../../../assets/admin/index.html")),
    ("/admin/", HTML, include_str!("../../../../assets/admin/index.html")),
    // The admin page shares its style, and the display of a game's facts, with the status page.
    ("/admin/house.css", CSS, include_str!("../../../../assets/status/status.css")),
    ("/admin/admin.css", CSS, include_str!("../../../../assets/admin/admin.css")),
    ("/admin/icon.svg", "image/svg+xml", include_str!("../../../../assets/status/icon.svg")),
    ("/admin/facts.js", JS, include_str!("../../../../assets/status/facts.js")),
    ("/admin/main.js", JS, include_str!("../../../../assets/admin/main.js")),
    ("/admin/api.js", JS, include_str!("../../../../assets/admin/api.js")),
    ("/admin/actions.js", JS, include_str!("../../../../assets/admin/actions.js")),
    ("/admin/chart.js", JS, include_str!("../../../../assets/admin/chart.js")),
    ("/admin/dialog.js", JS, include_str!("../../../../assets/admin/dialog.js")),
    ("/admin/inspector.js", JS, include_str!("../../../../assets/admin/inspector.js")),
    ("/admin/rooms.js", JS, include_str!("../../../../assets/admin/rooms.js")),
    ("/admin/words.js", JS, include_str!("../../../../assets/admin/words.js")),
];

pub(super) fn routes() -> Router<Arc<Admin>> {
    FILES
        .into_iter()
        .fold(Router::new(), |router, (path, kind, text)| router.route(path, get(async move || file(kind, text))))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response()
}
