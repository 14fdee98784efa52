//! What those hear who are turned away before anything of theirs is read.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::guard::Refused;

/// Answers whatever is asked that it is refused.
pub(super) async fn tell(mut socket: TcpStream, refused: &Refused) {
    let (status, body) = (refused.status(), refused.body().to_string());
    let retry_after = refused.retry_after_secs().map_or_else(String::new, |secs| format!("retry-after: {secs}\r\n"));
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
