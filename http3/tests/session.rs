//! Connections of correct and of faulty clients: accepted, rejected and ignored input, and input that ends the connection.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use bytes::Bytes;
use http3::{Connection, Event, Fault, Output, Request};
use shared::limits::HTTP3_FRAME_BYTES_MAX;
use web_transport_proto::{Capsule, ConnectRequest, Settings, VarInt, http::header::ORIGIN};

/// Numbers of the first streams that a client opens.
const REQUEST: u64 = 0;
const MESSAGES: u64 = 4;
const ANOTHER: u64 = 8;
const CONTROL: u64 = 2;
const ENCODER: u64 = 6;
const DECODER: u64 = 10;
const UNKNOWN: u64 = 14;

fn control() -> Vec<u8> {
    let mut settings = Settings::default();
    settings.enable_webtransport(1);
    let mut bytes = Vec::new();
    settings.encode(&mut bytes);
    bytes
}

fn request() -> Vec<u8> {
    let url: url::Url = "https://play.example.org:7777/play?x=1".parse().unwrap();
    let request = ConnectRequest::new(url).with_header(ORIGIN, "https://play.example.org".parse().unwrap());
    let mut bytes = Vec::new();
    request.encode(&mut bytes).unwrap();
    bytes
}

fn number(value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    VarInt::try_from(value).unwrap().encode(&mut bytes);
    bytes
}

fn frame(kind: u64, payload: &[u8]) -> Vec<u8> {
    [&number(kind)[..], &number(payload.len() as u64), payload].concat()
}

fn messages(session: u64, first: &[u8]) -> Vec<u8> {
    [&number(0x41)[..], &number(session), first].concat()
}

fn close_capsule() -> Vec<u8> {
    let mut capsule = Vec::new();
    Capsule::CloseWebTransportSession { code: 3, reason: "enough".to_owned() }.encode(&mut capsule);
    capsule
}

fn feed(connection: &mut Connection, stream: u64, bytes: &[u8]) -> Result<(), Fault> {
    connection.handle_opened(stream);
    connection.handle_bytes(stream, bytes)
}

fn events(connection: &mut Connection) -> Vec<Event> {
    std::iter::from_fn(|| connection.poll_event()).collect()
}

fn outputs(connection: &mut Connection) -> Vec<Output> {
    std::iter::from_fn(|| connection.poll_output()).collect()
}

/// A connection with an open session and its message stream.
fn open() -> Connection {
    let mut connection = Connection::default();
    feed(&mut connection, CONTROL, &control()).unwrap();
    feed(&mut connection, REQUEST, &request()).unwrap();
    connection.accept();
    feed(&mut connection, MESSAGES, &messages(REQUEST, b"")).unwrap();
    events(&mut connection);
    outputs(&mut connection);
    connection
}

fn wanted() -> Event {
    Event::Request(Request {
        authority: "play.example.org:7777".to_owned(),
        path: "/play".to_owned(),
        origin: Some("https://play.example.org".to_owned()),
    })
}

#[test]
fn session_opens_however_the_streams_are_cut_and_whichever_comes_first() {
    for size in [1, 2, 3, 7, 1_000] {
        for control_first in [true, false] {
            let mut connection = Connection::default();
            let mut streams = [(CONTROL, control()), (REQUEST, request())];
            if !control_first {
                streams.reverse();
            }
            for (stream, bytes) in streams {
                assert_eq!(events(&mut connection), [], "only both of them are a request");
                connection.handle_opened(stream);
                for piece in bytes.chunks(size) {
                    connection.handle_bytes(stream, piece).unwrap();
                }
            }
            assert_eq!(events(&mut connection), [wanted()]);
            assert!(!connection.is_open());
            connection.accept();
            assert!(connection.is_open());
            let [Output::Write { stream: REQUEST, finish: false, .. }] = outputs(&mut connection)[..] else {
                panic!("no answer on the request stream");
            };
        }
    }
}

#[test]
fn message_stream_is_handed_over_with_what_came_behind_its_head() {
    let mut connection = Connection::default();
    feed(&mut connection, CONTROL, &control()).unwrap();
    feed(&mut connection, REQUEST, &request()).unwrap();
    feed(&mut connection, MESSAGES, &messages(REQUEST, b"hel")).unwrap();
    connection.handle_bytes(MESSAGES, b"lo").unwrap();
    assert_eq!(events(&mut connection), [wanted()], "not before the session is open");
    connection.accept();
    let opened = Event::Opened { stream: MESSAGES, early: Bytes::from_static(b"hello") };
    assert_eq!(events(&mut connection), [opened]);
    connection.handle_bytes(MESSAGES, b"not ours any more").unwrap();
    assert_eq!(events(&mut connection), []);
}

#[test]
fn only_one_message_stream_is_taken_and_only_of_this_session() {
    let mut connection = open();
    feed(&mut connection, ANOTHER, &messages(REQUEST, b"")).unwrap();
    feed(&mut connection, ANOTHER + 4, &messages(12, b"")).unwrap();
    let [Output::Reject { stream: ANOTHER, .. }, Output::Reject { stream: 12, .. }] = outputs(&mut connection)[..]
    else {
        panic!("both are rejected");
    };
    assert_eq!(events(&mut connection), [Event::Noise, Event::Noise]);
}

#[test]
fn second_request_is_rejected_and_the_session_goes_on() {
    let mut connection = open();
    feed(&mut connection, ANOTHER, &request()).unwrap();
    assert_eq!(outputs(&mut connection), [Output::Reject { stream: ANOTHER, code: 0x10b }]);
    assert!(connection.is_open());
}

#[test]
fn refused_request_gets_its_status_and_no_session() {
    let mut connection = Connection::default();
    feed(&mut connection, CONTROL, &control()).unwrap();
    feed(&mut connection, REQUEST, &request()).unwrap();
    connection.refuse(404);
    connection.accept();
    assert!(!connection.is_open());
    let [Output::Write { finish: true, .. }] = outputs(&mut connection)[..] else { panic!("one answer, and the end") };
    assert!(!connection.close(1, "there is nothing to close"));
}

#[test]
fn what_is_no_request_for_webtransport_is_told_apart() {
    let plain_get = frame(0x1, &[0, 0, 0xd1, 0xd7, 0xc1, 0x50, 1, b'a']);
    let mut connection = Connection::default();
    feed(&mut connection, CONTROL, &control()).unwrap();
    feed(&mut connection, REQUEST, &plain_get).unwrap();
    assert!(matches!(&events(&mut connection)[..], [Event::BadRequest(_)]));

    let no_datagrams = [&[0][..], &frame(0x4, &[])].concat();
    let mut connection = Connection::default();
    feed(&mut connection, CONTROL, &no_datagrams).unwrap();
    feed(&mut connection, REQUEST, &request()).unwrap();
    let [Event::BadRequest(text)] = &events(&mut connection)[..] else { panic!("datagrams are needed") };
    assert!(text.contains("datagrams"), "{text}");
}

#[test]
fn datagrams_are_the_sessions_or_nobodys() {
    let datagram = |session: u64| Bytes::from([&number(session / 4)[..], b"input"].concat());
    assert_eq!(Connection::default().payload(datagram(REQUEST)), None, "no session yet");
    let connection = open();
    assert_eq!(connection.payload(datagram(REQUEST)), Some(Bytes::from_static(b"input")));
    assert_eq!(connection.payload(datagram(ANOTHER)), None);
    assert_eq!(connection.payload(Bytes::new()), None);
    assert_eq!(connection.payload(Bytes::from_static(&[0xff])), None);
    assert_eq!(connection.datagram_prefix(), Some(vec![0]));
}

#[test]
fn session_ends_by_capsule_in_any_pieces_or_with_its_stream() {
    for size in [1, 3, 100] {
        let mut connection = open();
        for piece in close_capsule().chunks(size) {
            connection.handle_bytes(REQUEST, &frame(0x0, piece)).unwrap();
        }
        assert_eq!(events(&mut connection), [Event::Closed { code: 3 }]);
        assert!(!connection.is_open());
    }
    let mut connection = open();
    connection.handle_end(REQUEST).unwrap();
    assert_eq!(events(&mut connection), [Event::Closed { code: 0 }]);
}

#[test]
fn close_of_ours_is_a_capsule_and_the_end_of_the_request_stream() {
    let mut connection = open();
    assert!(connection.close(3, "enough"));
    let bytes = frame(0x0, &close_capsule());
    assert_eq!(outputs(&mut connection), [Output::Write { stream: REQUEST, bytes, finish: true }]);
    assert!(!connection.close(3, "enough"), "only once");
}

#[test]
fn unknown_frames_streams_settings_and_capsules_are_noise() {
    let mut connection = Connection::default();
    // A setting and a frame of the reserved types, which a receiver must ignore.
    let settings = [&number(0x33)[..], &number(1), &number(0x21), &number(7), &number(0xabcd), &number(0)].concat();
    let bytes = [&[0][..], &frame(0x4, &settings), &frame(0x21, b"grease"), &frame(0x7, &[0])].concat();
    feed(&mut connection, CONTROL, &bytes).unwrap();
    feed(&mut connection, ENCODER, &[2, 0x20]).unwrap();
    feed(&mut connection, DECODER, &[3, 0x80]).unwrap();
    feed(&mut connection, UNKNOWN, &number(0x21)).unwrap();
    assert_eq!(outputs(&mut connection), [Output::Reject { stream: UNKNOWN, code: 0x103 }]);
    feed(&mut connection, REQUEST, &[frame(0x40, b"?"), request(), frame(0x21, b"")].concat()).unwrap();
    connection.accept();
    connection.handle_bytes(REQUEST, &frame(0x0, &frame(0x1717, b"what is this capsule"))).unwrap();
    let events = events(&mut connection);
    assert_eq!(events.iter().filter(|event| **event == wanted()).count(), 1);
    assert_eq!(events.iter().filter(|event| **event == Event::Noise).count(), events.len() - 1);
    assert_eq!(events.len(), 9);
}

#[test]
fn breaches_end_the_connection_with_their_code() {
    let settings = frame(0x4, &[0x33, 1]);
    let on_control = |frames: &[u8]| vec![(CONTROL, [&[0][..], frames].concat())];
    let long = |kind: u64| [number(kind), number(HTTP3_FRAME_BYTES_MAX as u64 + 1)].concat();
    for (name, streams, code) in [
        ("a frame before SETTINGS", on_control(&frame(0x7, &[0])), 0x10a),
        ("SETTINGS cut short", on_control(&frame(0x4, &[0x33])), 0x109),
        ("SETTINGS twice", on_control(&[&settings[..], &settings].concat()), 0x105),
        ("DATA on the control stream", on_control(&[&settings[..], &frame(0x0, b"")].concat()), 0x105),
        ("an endless frame", on_control(&long(0x4)), 0x107),
        ("an endless unknown frame", on_control(&[settings.clone(), long(0x21)].concat()), 0x107),
        ("two control streams", vec![(CONTROL, vec![0]), (UNKNOWN, vec![0])], 0x103),
        ("a push stream", vec![(UNKNOWN, vec![1])], 0x103),
        ("DATA before HEADERS", vec![(REQUEST, frame(0x0, b"x"))], 0x105),
        ("SETTINGS on the request stream", vec![(REQUEST, settings.clone())], 0x105),
        ("header fields of a table that does not exist", vec![(REQUEST, frame(0x1, &[0, 0, 0x80]))], 0x200),
        ("endless header fields", vec![(REQUEST, long(0x1))], 0x107),
        ("messages without a session", vec![(MESSAGES, messages(0, &[0; HTTP3_FRAME_BYTES_MAX + 1]))], 0x107),
    ] {
        let mut connection = Connection::default();
        let fault = streams.iter().find_map(|(stream, bytes)| feed(&mut connection, *stream, bytes).err());
        let fault = fault.unwrap_or_else(|| panic!("{name} is no fault"));
        assert_eq!(fault.code(), code, "{name}: {fault}");
    }
}

#[test]
fn end_of_a_stream_that_must_live_is_a_breach() {
    for (stream, kind) in [(CONTROL, 0), (ENCODER, 2), (DECODER, 3)] {
        let mut connection = Connection::default();
        feed(&mut connection, stream, &[kind]).unwrap();
        assert_eq!(connection.handle_end(stream), Err(Fault::CriticalStreamClosed));
    }
    let mut connection = open();
    assert_eq!(connection.handle_end(MESSAGES), Ok(()), "was handed over");
}

#[test]
fn capsules_are_limited_as_a_whole() {
    let mut connection = open();
    let head = [number(0x1717), number(60_000)].concat();
    connection.handle_bytes(REQUEST, &frame(0x0, &head)).unwrap();
    let piece = frame(0x0, &[0; HTTP3_FRAME_BYTES_MAX / 2]);
    let fault = (0..4).find_map(|_| connection.handle_bytes(REQUEST, &piece).err());
    assert!(matches!(fault, Some(Fault::TooLong { .. })), "{fault:?}");
}
