//! The module of another game's page: what is derived from its entities is all that there is, and a frame is read by the fields' names.

use harness::toy::{Moths, PutOut};
use room::{
    Joining, Room, RoomConfig,
    record::{FileHeader, RecordOptions, pack},
};
use serde_json::{Value, json};
use shared::{
    PlayerId, Tick, TickRate,
    quantize::position_to_px,
    wire::{ClientMessage, ServerMessage},
};
use web_client::{Page, Session, Watching};

/// All that a page of moths needs in Rust.
#[derive(Debug, Default)]
struct MothPage;

impl Page for MothPage {
    type Game = Moths;

    fn event(tick: Tick, PutOut { player, points }: &PutOut) -> String {
        json!({ "kind": "put_out", "tick": tick.0, "player": player.0, "points": points }).to_string()
    }
}

/// A frame as a page reads it.
#[derive(Debug)]
struct Read {
    own: Value,
    /// Steered and others, by kind.
    kinds: Vec<[Vec<Value>; 2]>,
}

fn layout() -> Value {
    serde_json::from_str(&web_client::layout::<MothPage>()).expect("the layout is JSON")
}

fn read(floats: &[f32]) -> Read {
    let layout = layout();
    let kinds = layout["kinds"].as_array().expect("a list");
    let (counts, mut rest) = floats.split_at(2 * kinds.len());
    let mut record = |names: &Value| {
        let names = names.as_array().expect("a list");
        let (numbers, behind) = rest.split_at(names.len());
        rest = behind;
        let pairs =
            names.iter().zip(numbers).map(|(name, number)| (name.as_str().expect("a name").to_owned(), json!(number)));
        Value::Object(pairs.collect())
    };
    let own = record(&layout["own"]);
    let mut lists = kinds.iter().zip(counts.chunks(2)).map(|(kind, counts)| {
        [counts[0], counts[1]].map(|count| (0..count as usize).map(|_| record(&kind["fields"])).collect())
    });
    let kinds = lists.by_ref().collect();
    drop(lists);
    assert_eq!(rest, [0.0; 0], "nothing is left");
    Read { own, kinds }
}

fn room(seed: u64) -> Room<Moths> {
    let rate = TickRate::new(30).expect("30 Hz is allowed");
    Room::new(RoomConfig { fill: 3, seats: 4, ..RoomConfig::new((), rate) }, seed)
}

#[test]
fn layout_has_the_names_of_the_game() {
    let every = ["key_high", "key_low", "x", "y", "vx", "vy", "guessed", "predicted"];
    let fields = |own: &[&str]| json!(every.iter().chain(own).collect::<Vec<_>>());
    assert_eq!(
        layout(),
        json!({
            "own": ["strength"],
            "input": ["direction", "fold"],
            "kinds": [
                { "name": "Moth", "fields": fields(&["direction", "folded"]) },
                { "name": "Lamp", "fields": fields(&["lit"]) },
            ],
        })
    );
    assert_eq!(MothPage::map(&()), "{}");
}

#[test]
fn recording_is_shown_by_the_fields_names() {
    let mut room = room(7);
    room.record(RecordOptions { shard: 0, checkpoint_secs: 5 });
    let mut file = Vec::new();
    FileHeader::new::<Moths>("test", 1_700_000_000_000).encode(&mut file);
    for _ in 0..200 {
        room.tick();
        while room.poll_output().is_some() {}
        while let Some(chunk) = room.poll_record() {
            pack(&chunk, &mut file);
        }
    }
    room.end_record();
    while let Some(chunk) = room.poll_record() {
        pack(&chunk, &mut file);
    }
    let mut watching = Watching::<MothPage>::new(file).expect("it is a recording");
    watching.seek(4.0);
    watching.fill_frame();
    let Read { kinds, .. } = read(watching.frame());
    let [[none, moths], [no_lamps, lamps]] = &kinds[..] else { panic!("two kinds") };
    assert_eq!((none.len(), moths.len(), no_lamps.len(), lamps.len()), (0, 3, 0, 12));
    assert_eq!(moths.iter().map(|moth| &moth["key_low"]).collect::<Vec<_>>(), [&json!(0.0), &json!(1.0), &json!(2.0)]);
    assert!(lamps.iter().any(|lamp| lamp["lit"] == 1.0) && lamps.iter().all(|lamp| lamp["vx"] == 0.0));
    // The followed player is marked, with the state that only that player receives.
    watching.follow(Some(1));
    watching.fill_frame();
    let followed = read(watching.frame());
    assert_eq!(followed.kinds[0][0], moths[1..2]);
    assert_eq!(followed.kinds[0][1].len(), 2);
    assert!(followed.own["strength"].as_f64().is_some_and(|strength| strength > 0.0), "{}", followed.own);
}

#[test]
fn player_steers_by_the_inputs_names_and_sees_itself_ahead() {
    let mut room = room(8);
    let mut session = Session::<MothPage>::new("ticket".into(), "Zoe".into(), true, 0.0);
    let (mut seat, mut start) = (None, None);
    for ms in 0..3_000 {
        let now = f64::from(ms);
        if ms % 33 == 0 {
            room.tick();
            while let Some(output) = room.poll_output() {
                assert_eq!(session.handle_message(output.bytes, now), None);
            }
        }
        session.advance(now);
        while let Some(bytes) = session.poll_output() {
            handle(&mut room, &mut seat, &mut session, &bytes, now);
        }
        session.fill_frame(now);
        if session.frame().is_empty() {
            continue;
        }
        let Read { own, kinds } = read(session.frame());
        let [moth] = &kinds[0][0][..] else { continue };
        // To whichever side is farther away.
        let x = moth["x"].as_f64().expect("a number");
        let &mut (start, direction, time) = start.get_or_insert((x, if x < 0.0 { 1.0 } else { 5.0 }, ms));
        session.set_input(&[direction, 0.0]);
        if ms > time + 1_000 {
            let way = if direction == 1.0 { x - start } else { start - x };
            assert!(way > 100.0, "{way} px in a second");
            let player = seat.expect("it has a seat");
            assert_eq!((&moth["key_low"], &moth["direction"]), (&json!(f32::from(player.0)), &json!(direction as f32)));
            assert_eq!(own["strength"], 90.0);
            let speed = moth["vx"].as_f64().expect("a number").abs();
            assert!((speed - f64::from(position_to_px((96, 0).into()).x) * 30.0).abs() < 0.1, "{speed} px per second");
            return;
        }
    }
    panic!("it never flew");
}

/// The server's shell in a few lines, on a link without delay.
fn handle(
    room: &mut Room<Moths>,
    seat: &mut Option<PlayerId>,
    session: &mut Session<MothPage>,
    bytes: &[u8],
    now: f64,
) {
    match (*seat, ClientMessage::decode(bytes).expect("the module's messages can be read")) {
        (None, ClientMessage::Hello(hello)) => {
            let joining = Joining { name: hello.name.to_owned(), plain: hello.plain, reliable: true };
            *seat = Some(room.join(joining).expect("there is a seat"));
        }
        (Some(player), ClientMessage::Input(input)) => {
            const UNTIL_TICK_US: u32 = 10_000;
            room.handle_input_bytes(player, input, UNTIL_TICK_US).expect("the module's inputs can be read");
        }
        (Some(player), ClientMessage::Resync) => room.resync(player),
        (_, ClientMessage::Ping { token }) => {
            let mut pong = Vec::new();
            ServerMessage::Pong { token, tick: room.now() }.encode(&mut pong);
            assert_eq!(session.handle_message(&pong, now), None);
        }
        _ => {}
    }
}
