//! Counts HTTP requests by listener, route and status, and measures their duration.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use metrics::{counter, histogram};

/// A middleware; its state is the listener's name. The route is the pattern, so the number of label values is fixed.
pub(crate) async fn count(State(listener): State<&'static str>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_str().to_owned();
    histogram!("ricochet_http_request_seconds", "listener" => listener, "route" => route.clone())
        .record(began.elapsed());
    counter!("ricochet_http_requests_total", "listener" => listener, "route" => route, "status" => status).increment(1);
    response
}
