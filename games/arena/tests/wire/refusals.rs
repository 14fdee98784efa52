//! Every way a message can be wrong, by the name of its error, and every limit on both sides of its edge.

use arena::{
    limits::{MAP_TILES_MAX, PICKUPS_MAX},
    map::Map,
};
use shared::{
    limits::{
        CHAT_BYTES_MAX, CLIENT_MESSAGE_BYTES_MAX, DEPTH_MAX, GAME_NAME_BYTES_MAX, INPUTS_PER_MESSAGE_MAX,
        MAP_NAME_BYTES_MAX, NAME_BYTES_MAX, PROTOCOL_VERSION, REASON_BYTES_MAX, ROOM_PLAYERS_MAX,
        SERVER_MESSAGE_BYTES_MAX, SPECTATORS_PER_ROOM_MAX, TICK_HZ_MAX, TICK_HZ_MIN, TICKET_BYTES_MAX,
    },
    wire::{ClientMessage, DecodeError, Deframer, DisconnectReason, ServerMessage, enframe, kind},
};

use crate::{
    oracle::Value::{self, Array, Int, Text},
    read,
    samples::{client_samples, server_bytes, server_samples},
};

fn packed(values: impl IntoIterator<Item = Value>) -> Vec<u8> {
    rmp_serde::to_vec(&values.into_iter().collect::<Vec<_>>()).expect("plain values are written")
}

fn ints(values: impl IntoIterator<Item = i64>) -> Vec<u8> {
    packed(values.into_iter().map(Int))
}

fn letters(count: usize) -> Value {
    Text("x".repeat(count))
}

#[track_caller]
fn from_client(bytes: &[u8], expected: Result<(), &'static str>) {
    assert_eq!(read::from_client(bytes).map_err(|error| error.label()), expected);
}

#[track_caller]
fn from_server(bytes: &[u8], expected: Result<(), &'static str>) {
    assert_eq!(read::from_server(bytes).map_err(|error| error.label()), expected);
}

fn hello(version: i64, plain: i64, name: Value, ticket: Value) -> Vec<u8> {
    packed([Int(kind::HELLO.into()), Int(version), Int(plain), name, ticket])
}

const VERSION: i64 = PROTOCOL_VERSION as i64;
const OUT_OF_RANGE: Result<(), &str> = Err("out_of_range");
const TOO_LONG: Result<(), &str> = Err("too_long");
const WRONG_LENGTH: Result<(), &str> = Err("wrong_length");

#[test]
fn every_message_cut_short_is_truncated() {
    for message in client_samples() {
        let bytes = message.bytes();
        for length in 0..bytes.len() {
            from_client(&bytes[..length], Err("truncated"));
        }
    }
    for message in server_samples() {
        let bytes = server_bytes(&message);
        for length in 0..bytes.len() {
            from_server(&bytes[..length], Err("truncated"));
        }
    }
}

#[test]
fn bytes_behind_a_message_are_refused() {
    for mut bytes in client_samples().into_iter().map(|message| message.bytes()) {
        bytes.push(0);
        from_client(&bytes, Err("trailing_bytes"));
    }
    for mut bytes in server_samples().iter().map(server_bytes) {
        bytes.push(0);
        from_server(&bytes, Err("trailing_bytes"));
    }
}

#[test]
fn every_value_of_the_wrong_type_is_refused() {
    /// The value with a wrong type and, for an array, with each of its elements of a wrong type.
    fn spoiled(value: &Value) -> Vec<Value> {
        let Array(elements) = value else {
            return vec![if matches!(value, Int(_)) { Text("7".to_owned()) } else { Int(7) }];
        };
        let inner = elements.iter().enumerate().flat_map(|(place, element)| {
            spoiled(element).into_iter().map(move |other| {
                let mut elements = elements.clone();
                elements[place] = other;
                Array(elements)
            })
        });
        inner.chain([Int(7)]).collect()
    }
    let spoil = |bytes: &[u8], check: fn(&[u8])| {
        for spoiled in spoiled(&crate::oracle::canonical(bytes)) {
            check(&rmp_serde::to_vec(&spoiled).expect("plain values are written"));
        }
    };
    for message in client_samples() {
        spoil(&message.bytes(), |bytes| from_client(bytes, Err("wrong_type")));
    }
    for message in server_samples() {
        spoil(&server_bytes(&message), |bytes| from_server(bytes, Err("wrong_type")));
    }
    // A ping whose token is nil, false, a float, bytes, a map, an extension.
    for token in [&[0xc0][..], &[0xc2], &[0xca, 0, 0, 0, 0], &[0xc4, 0], &[0x80], &[0xd4, 0, 0]] {
        from_client(&[&[0x92, kind::PING], token].concat(), Err("wrong_type"));
        from_client(&[&[0x98, kind::INPUT, 1, 1, 0], token, &[0, 0, 0]].concat(), Err("wrong_type"));
    }
    from_client(&[0xc0], Err("wrong_type"));
}

#[test]
fn another_version_is_named_whatever_follows_it() {
    let theirs = PROTOCOL_VERSION + 1;
    let expected = DecodeError::VersionMismatch { theirs, ours: PROTOCOL_VERSION };
    let later_hello = packed([Int(0), Int(theirs.into()), Array(vec![Text("anything".to_owned())]), Int(1)]);
    assert_eq!(ClientMessage::decode(&later_hello), Err(expected));
    assert_eq!(ServerMessage::decode(&ints([16, theirs.into()])), Err(expected));
    assert!(
        expected.to_string().contains(&theirs.to_string())
            && expected.to_string().contains(&format!("this server {PROTOCOL_VERSION}"))
    );
}

#[test]
fn another_version_is_named_however_deep_or_long_it_is() {
    let theirs = PROTOCOL_VERSION + 1;
    let mismatch = DecodeError::VersionMismatch { theirs, ours: PROTOCOL_VERSION };
    let head = |count: u16| [&[0xdc][..], &count.to_be_bytes(), &[kind::HELLO, theirs as u8]].concat();
    let deep = [head(3), vec![0x91; 50], vec![0]].concat();
    let long = [head(3), vec![0xda, 0x0f, 0xff], vec![b'x'; 4_095]].concat();
    let many = [head(2_000), vec![0; 1_998]].concat();
    let torn = head(9);
    let no_message_at_all = [head(3), vec![0xc1]].concat();
    for bytes in [deep, long, many, torn, no_message_at_all] {
        assert_eq!(ClientMessage::decode(&bytes), Err(mismatch), "{} bytes", bytes.len());
        let mut stream = Vec::new();
        enframe(&bytes, &mut stream);
        for size in [stream.len(), 1, 5] {
            let mut deframer = Deframer::new(CLIENT_MESSAGE_BYTES_MAX);
            let received = stream.chunks(size).find_map(|piece| {
                deframer.push(piece);
                let message = deframer.poll_message().transpose()?;
                Some(message.and_then(|message| ClientMessage::decode(&message).map(drop)))
            });
            assert_eq!(received, Some(Err(mismatch)), "{} bytes in a stream, {size} at once", bytes.len());
        }
    }
    // With our own version it is refused for its depth.
    let ours = [&[0x93, kind::HELLO, PROTOCOL_VERSION as u8][..], &[0x91; 50], &[0]].concat();
    from_client(&ours, Err("too_deep"));
}

#[test]
fn numbers_of_64_bits_are_named_with_what_is_allowed() {
    let ping = [&[0x92, kind::PING, 0xcf][..], &[0xff; 8]].concat();
    let error = ClientMessage::decode(&ping).unwrap_err().to_string();
    assert_eq!(error, "token is 18446744073709551615, allowed is 0 to 4294967295");
    let kind = [&[0x91, 0xcf][..], &[0xff; 8]].concat();
    let error = ClientMessage::decode(&kind).unwrap_err();
    assert_eq!(error, DecodeError::UnknownKind { kind: u64::MAX.into() });
    assert_eq!(ServerMessage::decode(&kind).unwrap_err(), error);
}

#[test]
fn kinds_of_the_other_direction_and_of_nobody_are_unknown() {
    let client: Vec<u8> = client_samples().iter().map(|message| message.bytes()[1]).collect();
    let server = [16, 17, 18, 19, 20, 21, 22, 23, 24, 25];
    for kind in -2..=300i64 {
        let unknown = DecodeError::UnknownKind { kind: kind.into() };
        let is_in = |kinds: &[u8]| kinds.iter().any(|&known| i64::from(known) == kind);
        let client_refuses = ClientMessage::decode(&ints([kind])) == Err(unknown);
        assert_eq!(client_refuses, !is_in(&client), "kind {kind} from a client");
        let server_refuses = ServerMessage::decode(&ints([kind])) == Err(unknown);
        assert_eq!(server_refuses, !is_in(&server), "kind {kind} from the server");
    }
    // Codes of the room's events, and of the arena's.
    from_server(&packed([Int(20), Int(1), Array(vec![Int(3), Int(0)])]), Err("unknown_kind"));
    from_server(&packed([Int(25), Int(1), Array(vec![Int(5), Int(0)])]), Err("unknown_kind"));
}

#[test]
fn deep_nesting_is_refused_before_it_is_looked_into() {
    let nested = |depth: usize| {
        let mut bytes = vec![0x92, kind::CHAT];
        bytes.extend(std::iter::repeat_n(0x91, depth - 1));
        bytes.push(0);
        bytes
    };
    from_client(&nested(DEPTH_MAX), Err("wrong_type"));
    from_client(&nested(DEPTH_MAX + 1), Err("too_deep"));
    from_client(&nested(CLIENT_MESSAGE_BYTES_MAX - 3), Err("too_deep"));
    let events = |depth: usize| {
        let mut bytes = vec![0x93, kind::EVENTS, 1];
        bytes.extend(std::iter::repeat_n(0x91, depth - 1));
        bytes.push(0);
        bytes
    };
    from_server(&events(DEPTH_MAX), Err("wrong_type"));
    from_server(&events(DEPTH_MAX + 1), Err("too_deep"));
}

#[test]
fn lengths_that_are_only_promised_cost_nothing() {
    for head in [&[0xdd, 0xff, 0xff, 0xff, 0xff][..], &[0xdc, 0xff, 0xff]] {
        from_client(head, TOO_LONG);
    }
    from_server(&[0xdd, 0xff, 0xff, 0xff, 0xff], TOO_LONG);
    from_client(&[0x92, kind::CHAT, 0xdb, 0xff, 0xff, 0xff, 0xff], Err("truncated"));
    // A map of 256 by 256 tiles that promises as many runs.
    let mut map = vec![0x94, kind::MAP, 0, 9, 0x9b, 0xa0, 64, 0xcd, 1, 0, 0xcd, 1, 0];
    map.extend([0xdd, 0, 1, 0, 0]);
    from_server(&map, Err("truncated"));
}

#[test]
fn text_of_control_characters_or_broken_utf8_is_refused() {
    for text in ["line\nbreak", "\0", "\u{7f}", "\u{85}", "\u{1b}[31m"] {
        from_client(&packed([Int(3), Text(text.to_owned())]), Err("bad_text"));
        from_client(&hello(VERSION, 0, Text(text.to_owned()), letters(1)), Err("bad_text"));
    }
    for text in ["", "ünïcödé", "日本語", "🚀"] {
        from_client(&packed([Int(3), Text(text.to_owned())]), Ok(()));
    }
    from_client(&[0x92, 3, 0xa2, 0xc3, 0x28], Err("bad_text"));
    from_client(&[0x92, 3, 0xa1, 0xff], Err("bad_text"));
}

#[test]
fn text_is_limited_on_both_sides_of_its_edge() {
    let limited = |limit: usize, message: &dyn Fn(Value) -> Vec<u8>, check: fn(&[u8], Result<(), &'static str>)| {
        check(&message(letters(limit)), Ok(()));
        check(&message(letters(limit + 1)), TOO_LONG);
    };
    limited(NAME_BYTES_MAX, &|text| hello(VERSION, 0, text, letters(1)), from_client);
    limited(TICKET_BYTES_MAX, &|text| hello(VERSION, 0, letters(1), text), from_client);
    limited(CHAT_BYTES_MAX, &|text| packed([Int(3), text]), from_client);
    limited(REASON_BYTES_MAX, &|text| packed([Int(17), Int(0), text]), from_server);
    let event = |event| packed([Int(20), Int(1), Array(event)]);
    limited(CHAT_BYTES_MAX, &|text| event(vec![Int(2), Int(-1), text]), from_server);
    limited(NAME_BYTES_MAX, &|text| event(vec![Int(0), Int(0), text, Int(0)]), from_server);
    limited(NAME_BYTES_MAX, &|text| welcome_with(8, text), from_server);
    limited(GAME_NAME_BYTES_MAX, &|text| welcome_with(9, text), from_server);
    limited(MAP_NAME_BYTES_MAX, &|text| map(0, text, 64, 2, 1, &[2], &[]), from_server);
}

#[test]
fn whole_messages_are_limited_on_both_sides_of_their_edge() {
    let mut bytes = vec![0; CLIENT_MESSAGE_BYTES_MAX];
    bytes[0] = 0x91;
    bytes[1] = kind::LEAVE;
    from_client(&bytes, Err("trailing_bytes"));
    bytes.push(0);
    from_client(&bytes, TOO_LONG);
    bytes.resize(SERVER_MESSAGE_BYTES_MAX, 0);
    bytes[1] = kind::GOODBYE;
    from_server(&bytes, Err("trailing_bytes"));
    bytes.push(0);
    from_server(&bytes, TOO_LONG);
}

#[test]
fn arrays_of_another_length_than_their_kind_has_are_refused() {
    let has_any_length = |kind| [kind::EVENTS, kind::GAME_EVENTS].contains(&kind);
    from_client(&[0x90], WRONG_LENGTH);
    from_server(&[0x90], WRONG_LENGTH);
    for message in client_samples().into_iter().map(|message| message.bytes()) {
        let Array(mut elements) = crate::oracle::canonical(&message) else { panic!("no array") };
        elements.push(Int(0));
        from_client(&packed(elements), WRONG_LENGTH);
    }
    for message in server_samples().iter().map(server_bytes).filter(|bytes| !has_any_length(bytes[1])) {
        let Array(mut elements) = crate::oracle::canonical(&message) else { panic!("no array") };
        elements.push(Int(0));
        from_server(&packed(elements), WRONG_LENGTH);
    }
    from_server(&ints([20]), WRONG_LENGTH);
    from_server(&ints([25]), WRONG_LENGTH);
    from_server(&packed([Int(25), Int(1), Array(vec![Int(1), Int(0), Int(0)])]), WRONG_LENGTH);
    from_server(&packed([Int(22), Int(0), Int(9), Array(vec![letters(1)])]), WRONG_LENGTH);
    from_server(&packed([Int(20), Int(1), Array(vec![Int(1), Int(0), Int(0)])]), WRONG_LENGTH);
}

#[test]
fn an_input_message_carries_one_to_eight_inputs() {
    let message = |inputs: usize| {
        let head = [kind::INPUT.into(), 100, 90, 0, 8];
        ints(head.into_iter().chain(std::iter::repeat_n([1, 0, 0], inputs).flatten()))
    };
    from_client(&message(0), WRONG_LENGTH);
    from_client(&message(1), Ok(()));
    from_client(&message(INPUTS_PER_MESSAGE_MAX), Ok(()));
    from_client(&message(INPUTS_PER_MESSAGE_MAX + 1), TOO_LONG);
    from_client(&ints([1, 100, 90, 0, 8, 1, 0, 0, 1]), WRONG_LENGTH);
}

#[test]
fn numbers_from_a_client_are_limited_on_both_sides_of_their_edges() {
    let input = |place: usize, value: i64| {
        let mut values = [1, 100, 90, 0, 8, 1, 0, 0];
        values[place] = value;
        ints(values)
    };
    let word = i64::from(u32::MAX);
    for (place, low, high) in
        [(1, 0, word), (2, 0, word), (3, 0, word), (4, 0, 255), (5, 0, 64), (6, -512, 1_023), (7, 0, 3)]
    {
        from_client(&input(place, low), Ok(()));
        from_client(&input(place, high), Ok(()));
        from_client(&input(place, low - 1), OUT_OF_RANGE);
        from_client(&input(place, high + 1), OUT_OF_RANGE);
    }
    from_client(&hello(VERSION, 2, letters(1), letters(1)), OUT_OF_RANGE);
    from_client(&hello(-1, 0, letters(1), letters(1)), OUT_OF_RANGE);
    from_client(&ints([2, word]), Ok(()));
    from_client(&ints([2, word + 1]), OUT_OF_RANGE);
    from_client(&[0x92, 2, 0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], OUT_OF_RANGE);
}

#[test]
fn a_welcome_is_limited_on_both_sides_of_its_edges() {
    let players = ROOM_PLAYERS_MAX as i64;
    let word = i64::from(u32::MAX);
    let rates = (TICK_HZ_MIN.into(), TICK_HZ_MAX.into());
    let edges = [
        (2, 0, players + SPECTATORS_PER_ROOM_MAX as i64 - 1),
        (3, 0, word),
        (4, rates.0, rates.1),
        (5, 1, players),
        (6, 0, word),
        (7, 0, word),
        (10, 0, u16::MAX.into()),
    ];
    for (place, low, high) in edges {
        from_server(&welcome_with(place, Int(low)), Ok(()));
        from_server(&welcome_with(place, Int(high)), Ok(()));
        from_server(&welcome_with(place, Int(low - 1)), OUT_OF_RANGE);
        from_server(&welcome_with(place, Int(high + 1)), OUT_OF_RANGE);
    }
}

#[test]
fn a_map_is_limited_on_both_sides_of_its_edges() {
    let name = || letters(1);
    let (low, high) = (Map::TILE_PX_MIN.into(), Map::TILE_PX_MAX.into());
    for (tile_px, expected) in [(low, Ok(())), (high, Ok(())), (low - 1, OUT_OF_RANGE), (high + 1, OUT_OF_RANGE)] {
        from_server(&map(0, name(), tile_px, 2, 1, &[2], &[]), expected);
    }
    for (epoch, expected) in [(7, Ok(())), (8, OUT_OF_RANGE), (-1, OUT_OF_RANGE)] {
        from_server(&map(epoch, name(), 64, 2, 1, &[2], &[]), expected);
    }
    let side = i64::from(MAP_TILES_MAX);
    for (side, expected) in [(1, Ok(())), (side, Ok(())), (0, OUT_OF_RANGE), (side + 1, OUT_OF_RANGE)] {
        from_server(&map(0, name(), 64, side, 1, &[side], &[]), expected);
        from_server(&map(0, name(), 64, 1, side, &[side], &[]), expected);
    }
    from_server(&map(0, name(), 64, 2, 2, &[0, 4], &[]), Ok(()));
    from_server(&map(0, name(), 64, 2, 2, &[3], &[]), WRONG_LENGTH);
    from_server(&map(0, name(), 64, 2, 2, &[2, 3], &[]), OUT_OF_RANGE);
    from_server(&map(0, name(), 64, 2, 2, &[0, 1, 1, 1, 1], &[]), Ok(()));
    from_server(&map(0, name(), 64, 2, 2, &[0, 1, 1, 1, 1, 0], &[]), TOO_LONG);
    for (pickup, expected) in [
        (&[3, 1, 1][..], Ok(())),
        (&[4, 1, 1], OUT_OF_RANGE),
        (&[3, 2, 1], OUT_OF_RANGE),
        (&[3, 1, 2], OUT_OF_RANGE),
        (&[3, 1], WRONG_LENGTH),
    ] {
        from_server(&map(0, name(), 64, 2, 2, &[4], pickup), expected);
    }
    from_server(&map(0, name(), 64, 2, 2, &[4], &[0].repeat(3 * PICKUPS_MAX)), Ok(()));
    from_server(&map(0, name(), 64, 2, 2, &[4], &[0].repeat(3 * PICKUPS_MAX + 3)), TOO_LONG);
}

#[test]
fn the_numbers_of_a_map_are_limited_on_both_sides_of_their_edges() {
    for (place, low, high) in [(6, 0, 1 << 14), (7, 0, 4_096), (8, 0, 1 << 15), (9, 1, 1 << 14), (10, 1, 64)] {
        let with = |value: i64| {
            let bytes = map(0, letters(1), 64, 2, 1, &[2], &[]);
            let Array(mut message) = crate::oracle::canonical(&bytes) else { panic!("no array") };
            let Array(values) = &mut message[3] else { panic!("the map is no array") };
            values[place] = Int(value);
            packed(message)
        };
        from_server(&with(low), Ok(()));
        from_server(&with(high), Ok(()));
        from_server(&with(low - 1), OUT_OF_RANGE);
        from_server(&with(high + 1), OUT_OF_RANGE);
    }
}

#[test]
fn events_are_limited_in_number() {
    // Somebody left; somebody killed itself.
    for (kind, event) in [(20, [1, 0].as_slice()), (25, &[1, 0, 0, 0])] {
        let events = |count: usize| {
            let event = || Array(event.iter().copied().map(Int).collect());
            packed([Int(kind), Int(1)].into_iter().chain((0..count).map(|_| event())))
        };
        from_server(&events(0), Ok(()));
        from_server(&events(4_096), Ok(()));
        from_server(&events(4_097), TOO_LONG);
    }
}

#[test]
fn a_goodbye_of_an_unknown_reason_is_still_read() {
    let text = "a reason of a later version".to_owned();
    let bytes = packed([Int(17), Int(200), Text(text.clone())]);
    assert_eq!(ServerMessage::decode(&bytes), Ok(ServerMessage::Goodbye { reason: DisconnectReason::Internal, text }));
}

fn welcome_with(place: usize, value: Value) -> Vec<u8> {
    let version = i64::from(PROTOCOL_VERSION);
    let mut values: Vec<Value> = [16, version, 0, 1, 30, 16, 900, 1].map(Int).into();
    values.extend([letters(1), letters(1), Int(1)]);
    values[place] = value;
    packed(values)
}

fn map(epoch: i64, name: Value, tile_px: i64, width: i64, height: i64, runs: &[i64], pickups: &[i64]) -> Vec<u8> {
    let list = |values: &[i64]| Array(values.iter().copied().map(Int).collect());
    let mut map = vec![name, Int(tile_px), Int(width), Int(height), list(runs), list(pickups)];
    map.extend([398, 512, 5_290, 12_288, 2].map(Int));
    packed([Int(22), Int(epoch), Int(9), Array(map)])
}
