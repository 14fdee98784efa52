//! A client of HTTP/3 that sends any bytes on any stream neither panics the server nor makes it exceed its bounds, and
//! gets at most one session.
//!
//! The bytes are operations, one byte each with their parameters behind:
//!
//! ```text
//! 0 open a stream [number]              4 the server accepts
//! 1 bytes on a stream [number, length]  5 the server refuses [status, two bytes]
//! 2 a stream ends [number]              6 the server closes
//! 3 a datagram [length]                 7 something real on a stream [number, which]
//! ```

use http3::{Connection, Event, Output};
use shared::limits::{STREAMS_BOTH_WAYS_MAX, STREAMS_ONE_WAY_MAX};

use super::choices::Choices;

/// A control stream with its SETTINGS.
const CONTROL: &[u8] = &[0, 4, 2, 0x33, 1];
/// A request for `https://a/play` from the page `https://a`, in literals and the static table.
const REQUEST: &[u8] =
    b"\x01\x32\0\0\xcf\xd7\x50\x01a\x51\x05/play\x27\x02:protocol\x0cwebtransport\x5f\x4b\x09https://a";
/// The head of a message stream of session 0, and two bytes of a message.
const MESSAGES: &[u8] = &[0x40, 0x41, 0, 1, 2];
/// A close capsule in a DATA frame.
const CLOSE: &[u8] = &[0, 7, 0x68, 0x43, 4, 0, 0, 0, 3];

/// `data` is operations.
pub fn run(data: &[u8]) {
    let mut choices = Choices(data);
    let mut connection = Connection::default();
    let (mut sessions, mut message_streams) = (0, 0);
    while choices.any_left() {
        let fine = match choices.byte() % 8 {
            0 => {
                connection.handle_opened(stream(&mut choices));
                Ok(())
            }
            1 => {
                let (id, length) = (stream(&mut choices), usize::from(choices.byte()));
                connection.handle_bytes(id, choices.bytes(length))
            }
            2 => connection.handle_end(stream(&mut choices)),
            3 => {
                let length = usize::from(choices.byte());
                let datagram = choices.bytes(length).to_vec();
                let payload = connection.payload(datagram.into());
                assert!(payload.is_none() || connection.is_open());
                Ok(())
            }
            4 => {
                sessions += u32::from(!connection.is_open());
                connection.accept();
                sessions -= u32::from(!connection.is_open());
                Ok(())
            }
            5 => {
                connection.refuse(choices.word());
                Ok(())
            }
            6 => {
                connection.close(3, "enough");
                Ok(())
            }
            _ => {
                let (id, which) = (stream(&mut choices), usize::from(choices.byte()));
                connection.handle_bytes(id, [CONTROL, REQUEST, MESSAGES, CLOSE][which % 4])
            }
        };
        while let Some(event) = connection.poll_event() {
            message_streams += u32::from(matches!(event, Event::Opened { .. }));
        }
        while let Some(output) = connection.poll_output() {
            if let Output::Write { bytes, .. } = output {
                assert!(bytes.len() < 200, "{} bytes at once", bytes.len());
            }
        }
        assert!(sessions <= 1 && message_streams <= sessions);
        // A violation of the protocol ends the connection.
        if let Err(fault) = fine {
            assert!(fault.code() >= 0x100);
            return;
        }
    }
}

/// A stream that a client may have open.
fn stream(choices: &mut Choices<'_>) -> u64 {
    let byte = u64::from(choices.byte());
    match byte % 2 {
        0 => byte / 2 % u64::from(STREAMS_BOTH_WAYS_MAX) * 4,
        _ => byte / 2 % u64::from(STREAMS_ONE_WAY_MAX) * 4 + 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_pieces_make_a_session() {
        let mut connection = Connection::default();
        for (id, bytes) in [(2, CONTROL), (0, REQUEST)] {
            connection.handle_opened(id);
            connection.handle_bytes(id, bytes).expect("it is real");
        }
        let Some(Event::Request(request)) = connection.poll_event() else { panic!("no request") };
        assert_eq!((request.path.as_str(), request.origin.as_deref()), ("/play", Some("https://a")));
        connection.accept();
        connection.handle_opened(4);
        connection.handle_bytes(4, MESSAGES).expect("it is real");
        assert!(matches!(connection.poll_event(), Some(Event::Opened { stream: 4, .. })));
        connection.handle_bytes(0, CLOSE).expect("it is real");
        assert_eq!(connection.poll_event(), Some(Event::Closed { code: 3 }));
    }
}
