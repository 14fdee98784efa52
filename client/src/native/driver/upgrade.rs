//! The upgrade to WebSocket by the stock library. Afterwards the driver uses the bare socket.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_tungstenite::client_async_with_config;

use crate::native::{
    LinkError,
    reach::connect_tcp,
    websocket::{config, lost, request},
};

/// Opens a WebSocket at a `ws://` URL and returns its socket. Nothing after the HTTP response has been read from it.
///
/// # Errors
/// [`LinkError::Lost`] with the reason.
pub(super) async fn upgrade(url: &str) -> Result<std::net::TcpStream, LinkError> {
    let opening = async {
        let request = request(url)?;
        let host = request.uri().host().ok_or_else(|| lost("the URL names no host"))?;
        let port = request.uri().port_u16().unwrap_or(80);
        let stream = connect_tcp(host.trim_matches(['[', ']']), port).await?;
        let head = HeadOnly { stream, matched: 0 };
        let (socket, _) = client_async_with_config(request, head, Some(config())).await.map_err(lost)?;
        socket.into_inner().stream.into_std().map_err(lost)
    };
    let outcome = tokio::time::timeout(PATIENCE, opening).await;
    outcome.unwrap_or_else(|_| Err(LinkError::Lost(format!("no WebSocket at {url} within {PATIENCE:?}"))))
}

/// A stream from which only the head of the response can be read, because WebSocket frames may follow it at once.
#[derive(Debug)]
struct HeadOnly {
    stream: TcpStream,
    /// Number of bytes of [`HEAD_ENDS`] that match the last bytes read.
    matched: usize,
}

const HEAD_ENDS: &[u8] = b"\r\n\r\n";
const PEEK_BYTES: usize = 1_024;
/// The same time-out as QUIC's.
const PATIENCE: Duration = Duration::from_secs(10);

/// Returns how many of `bytes` belong to the head, and the new number of matched bytes of [`HEAD_ENDS`]. `matched` is the number before
/// these bytes.
fn head_length(bytes: &[u8], mut matched: usize) -> (usize, usize) {
    for (index, &byte) in bytes.iter().enumerate() {
        if matched == HEAD_ENDS.len() {
            return (index, matched);
        }
        matched = match byte {
            byte if byte == HEAD_ENDS[matched] => matched + 1,
            b'\r' => 1,
            _ => 0,
        };
    }
    (bytes.len(), matched)
}

impl AsyncRead for HeadOnly {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut peeked = [0; PEEK_BYTES];
        let mut peek = ReadBuf::new(&mut peeked);
        let count = ready!(self.stream.poll_peek(context, &mut peek))?;
        let (length, matched) = head_length(&peek.filled()[..count.min(buffer.remaining())], self.matched);
        // The peeked bytes are still in the socket, and there is no other reader, so this read gets exactly these bytes.
        let mut piece = ReadBuf::new(&mut peeked[..length]);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut piece))?;
        buffer.put_slice(piece.filled());
        self.matched = matched;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for HeadOnly {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_ends_with_an_empty_line_however_it_is_cut() {
        let answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x82\x01a";
        let head = answer.len() - 3;
        for cut in 0..answer.len() {
            let (first, matched) = head_length(&answer[..cut], 0);
            let (second, matched) = head_length(&answer[cut..], matched);
            assert_eq!((first + second, matched), (head, 4), "cut at {cut}");
        }
        assert_eq!(head_length(b"\r\n\r\r\n\r\nx", 0), (7, 4));
    }
}
