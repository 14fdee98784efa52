//! What holds for every answer: it comes in time, and a browser takes nothing in it for what it is not.

use std::time::Duration;

use axum::{
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::refusal::Refusal;

/// From the request's head to the answer's: nothing here takes longer than reading a small body.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// A page loads what this server has, and nothing else, and stands in no frame. The page to play on says more itself.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                                       connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers in time, if need be that it took too long.
pub(super) async fn time_out(request: Request, next: Next) -> Response {
    match tokio::time::timeout(ANSWER_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::TimedOut.into_response(),
    }
}

/// Adds the headers that keep a browser strict.
pub(super) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let policy = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // What is told here is true for a moment; the page's files may change with the next start.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
