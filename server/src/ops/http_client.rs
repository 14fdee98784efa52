//! A blocking HTTP client for one small request with a time-out: it asks a server for its health, or reports to a sidecar.

use std::{
    io::{Error, ErrorKind, Read, Result, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// The status and the start of the body of a response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// At most [`ANSWER_BYTES_MAX`] bytes, head included; the rest is cut off.
    pub(crate) body: String,
}

/// Most bytes of a response that are read.
const ANSWER_BYTES_MAX: u64 = 4 * 1024;
/// Time-out of each step. Requests go to the same machine, where a healthy server answers in milliseconds.
const PATIENCE: Duration = Duration::from_secs(3);

pub(crate) fn get(address: SocketAddr, path: &str) -> Result<Answer> {
    request(address, &format!("GET {path} HTTP/1.0\r\nhost: {address}\r\n\r\n"))
}

pub(crate) fn post_json(address: SocketAddr, path: &str, body: &str) -> Result<Answer> {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.0\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    request(address, &(head + body))
}

/// HTTP/1.0, so the response is not chunked and ends with the connection.
fn request(address: SocketAddr, request: &str) -> Result<Answer> {
    let mut socket = TcpStream::connect_timeout(&address, PATIENCE)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    socket.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    socket.take(ANSWER_BYTES_MAX).read_to_end(&mut answer)?;
    parse(&String::from_utf8_lossy(&answer)).ok_or_else(|| Error::new(ErrorKind::InvalidData, "the answer is not HTTP"))
}

fn parse(answer: &str) -> Option<Answer> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let mut words = head.split_whitespace();
    words.next().filter(|version| version.starts_with("HTTP/"))?;
    Some(Answer { status: words.next()?.parse().ok()?, body: body.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_taken_apart_and_nonsense_is_not() {
        let answer = parse("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 3\r\n\r\nno\n");
        assert_eq!(answer, Some(Answer { status: 503, body: "no\n".to_owned() }));
        for nonsense in ["", "HTTP/1.1 200 OK", "SSH-2.0\r\n\r\n", "HTTP/1.1 fine\r\n\r\n", "\r\n\r\n"] {
            assert_eq!(parse(nonsense), None, "{nonsense:?}");
        }
    }
}
