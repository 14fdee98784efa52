//! What those hear who are turned away before anything of theirs is read.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::guard::Refused;

/// Why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum TurnedAway {
    /// Its network is banned, or has enough.
    Refused(Refused),
    /// Hardly any more files and sockets may be open.
    OutOfDescriptors,
}

impl TurnedAway {
    /// Status, body, and seconds after which another try makes sense.
    fn answer(&self) -> (StatusCode, Value, Option<u64>) {
        match self {
            Self::Refused(refused) => (refused.status(), refused.body(), refused.retry_after_secs()),
            Self::OutOfDescriptors => {
                let body = json!({ "error": "overloaded", "message": "the server takes no more connections now" });
                (StatusCode::SERVICE_UNAVAILABLE, body, Some(RETRY_SECS))
            }
        }
    }
}

/// Idle connections are closed within it.
const RETRY_SECS: u64 = 10;

/// Answers whatever is asked that it is refused.
pub(super) async fn tell(mut socket: TcpStream, why: &TurnedAway) {
    let (status, body, retry_after) = why.answer();
    let body = body.to_string();
    let retry_after = retry_after.map_or_else(String::new, |secs| format!("retry-after: {secs}\r\n"));
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{retry_after}\
         connection: close\r\n\r\n{body}",
        body.len()
    );
    if socket.write_all(answer.as_bytes()).await.is_err() || socket.shutdown().await.is_err() {
        return;
    }
    // Closed with something unread, the connection would be reset and the answer lost.
    let mut unread = [0; 1024];
    while socket.read(&mut unread).await.is_ok_and(|count| count > 0) {}
}
