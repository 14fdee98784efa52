//! The answer to connections that are refused before a byte is read.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::security::guard::Refused;

/// Reasons for refusing a connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum TurnedAway {
    /// The network is banned, or at a limit.
    Refused(Refused),
    /// Few file descriptors are left.
    OutOfDescriptors,
}

impl TurnedAway {
    /// Status, body, and seconds until another try can succeed.
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

/// Idle connections are closed within this time.
const RETRY_SECS: u64 = 10;

/// Sends the refusal, whatever the request is.
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
    // If unread bytes are left, closing would reset the connection and lose the answer.
    let mut unread = [0; 1024];
    while socket.read(&mut unread).await.is_ok_and(|count| count > 0) {}
}
