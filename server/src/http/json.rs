//! Which requests bring JSON.

use axum::http::{HeaderMap, header};

/// Whether a body is said to be JSON. A page of another site can make a browser post text without asking, JSON it
/// cannot: so nobody's browser is made to act for somebody else.
pub fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.trim_start().to_ascii_lowercase().starts_with("application/json")
}
