//! In a crowd, distant entities are checked in turns: a change between two turns must not be missed.

use arena::rules::{Terrain, World};
use arena::settings::Settings;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use arena::{
    input::{Buttons, Heading, Input},
    map::{file, shipped},
};
use client::view::{Check, View};
use room::{Channel, Joining, Room, RoomConfig};
use shared::{
    EntityId, PlayerId, TickRate,
    game::{Game, Replicate},
    limits::{CHAT_BYTES_MAX, DATAGRAM_BYTES_MAX, ROOM_PLAYERS_MAX, SERVER_MESSAGE_BYTES_MAX},
    rng::Rng,
    wire::{Ack, Event, InputMessage, ServerMessage},
};

const PLAYERS: u16 = 64;
const TICKS: u32 = 300;
/// Delay of acknowledgements, ticks; longer than the interval between two checks.
const ACK_TICKS: usize = 2;
/// Number of entities in view above which distant ones are checked in turns.
const CROWD: usize = 128;
/// Ticks after which the longest turn is over, and updates that did not fit before are sent.
const SHOWN_WRONG_TICKS_MAX: u32 = 12;

#[test]
fn what_changes_while_it_waits_for_its_turn_is_told() {
    let (name, text) = shipped().find(|(name, _)| *name == "pit").expect("the map is shipped");
    let map = Arc::new(file::parse(name, text).expect("shipped maps are valid"));
    let config = RoomConfig {
        seats: PLAYERS,
        settings: Settings { warm_up_secs: 0, match_secs: 100_000, score_limit: u16::MAX, ..Settings::default() },
        ..RoomConfig::new(Terrain::new(map, TickRate::new(20).expect("allowed")), TickRate::new(20).expect("allowed"))
    };
    let mut room = Room::new(config, 1);
    let joining = || Joining { name: "crowd".into(), plain: false, reliable: false };
    let mut players: Vec<(PlayerId, Input)> =
        (0..PLAYERS).map(|_| (room.join(joining()).expect("there are seats"), Input::default())).collect();
    let mut rng = Rng::new(2);
    let mut view = View::new();
    let mut acks = VecDeque::from([Ack::default(); ACK_TICKS]);
    let mut wrong: BTreeMap<EntityId, u32> = BTreeMap::new();
    let (mut matched, mut most) = (0, 0);
    for tick in 0..TICKS {
        acks.push_back(view.ack());
        let ack = acks.pop_front().expect("one was pushed");
        for (player, input) in &mut players {
            if rng.chance(1, 5) {
                input.aim = rng.below(1_024) as u16;
                input.heading = Heading::from_aim(input.aim);
                input.buttons = if rng.chance(1, 3) { Buttons::FIRE } else { Buttons::NONE };
            }
            room.handle_input(*player, &InputMessage::new(room.now().next(), ack, 4, [*input]), 1_000);
        }
        room.tick();
        while let Some(output) = room.poll_output() {
            if output.member != players[0].0.into() {
                continue;
            }
            if output.channel == Channel::Unreliable {
                let applied = view.apply(output.bytes).expect("every snapshot arrives");
                assert_ne!(applied.check, Check::Mismatched, "tick {tick}");
                matched += u32::from(applied.check == Check::Matched);
                continue;
            }
            match ServerMessage::decode(output.bytes).expect("the room writes what can be read") {
                ServerMessage::Welcome(welcome) => view.set_welcome(&welcome),
                ServerMessage::Map(map) => view.set_map(&map).expect("the room sends a map"),
                _ => {}
            }
        }
        most = most.max(view.len());
        let differ = differences(&room, &view);
        wrong.retain(|id, _| differ.contains(id));
        for id in differ {
            let ticks = wrong.entry(id).or_default();
            *ticks += 1;
            assert!(*ticks <= SHOWN_WRONG_TICKS_MAX, "tick {tick}: {id:?} is shown wrongly for {ticks} ticks");
        }
    }
    assert!(most > CROWD, "{most} entities are not a crowd");
    let seconds = TICKS / 20;
    assert!(matched * 2 > seconds, "{matched} checksums in {seconds} seconds");
}

#[test]
fn everybody_talking_at_once_in_the_largest_room_can_be_read_by_everybody() {
    let map =
        Arc::new(file::parse("pit", shipped().find(|(name, _)| *name == "pit").expect("shipped").1).expect("valid"));
    let config = RoomConfig {
        seats: ROOM_PLAYERS_MAX as u16,
        fill: 600,
        ..RoomConfig::new(Terrain::new(map, TickRate::new(20).expect("allowed")), TickRate::new(20).expect("allowed"))
    };
    let mut room = Room::new(config, 1);
    let drain = |room: &mut Room<World>| {
        let (mut lines, mut refused) = (BTreeMap::<_, u32>::new(), BTreeSet::new());
        while let Some(output) = room.poll_output() {
            let limit = if output.channel == Channel::Reliable { SERVER_MESSAGE_BYTES_MAX } else { DATAGRAM_BYTES_MAX };
            assert!(output.bytes.len() <= limit, "{} bytes of kind {}", output.bytes.len(), output.kind);
            let ServerMessage::Events { events, .. } = ServerMessage::decode(output.bytes).expect("it can be read")
            else {
                continue;
            };
            for event in events {
                match event {
                    Event::Chat { from: Some(_), .. } => *lines.entry(output.member).or_default() += 1,
                    Event::Chat { from: None, .. } => drop(refused.insert(output.member)),
                    _ => {}
                }
            }
        }
        (lines, refused)
    };
    let joining = || Joining { name: "n".repeat(24), plain: false, reliable: true };
    let players: Vec<_> = (0..160).map(|_| room.join(joining()).expect("there are seats")).collect();
    room.tick();
    drain(&mut room);
    for &player in &players {
        (0..5).for_each(|_| room.handle_chat(player, &"c".repeat(CHAT_BYTES_MAX)));
    }
    let (mut heard, mut warned) = (BTreeMap::new(), BTreeSet::new());
    for _ in 0..20 * 3 {
        room.tick();
        let (lines, refused) = drain(&mut room);
        lines.into_iter().for_each(|(member, lines)| *heard.entry(member).or_default() += lines);
        warned.extend(refused);
    }
    assert_eq!(heard.len(), players.len(), "everybody gets the lines");
    let heard: BTreeSet<u32> = heard.into_values().collect();
    assert_eq!(heard.len(), 1, "all of them get the same number of lines");
    assert!(heard.first() > Some(&100) && heard.first() < Some(&800), "{heard:?} of 800 lines");
    assert!(!warned.is_empty(), "authors of refused lines are notified");
    assert_eq!(room.stats().messages_oversized, 0);
}

/// Entities that the view shows with another state than the true one, or that do not exist.
fn differences(room: &Room<World>, view: &View<World>) -> BTreeSet<EntityId> {
    let truth: BTreeMap<_, _> = room.game().entities().collect();
    let is_wrong = |(id, shown): &(EntityId, &_)| {
        !truth.get(id).is_some_and(|state| state == *shown || state.is_cosmetic_change(shown))
    };
    view.entities().filter(is_wrong).map(|(id, _)| id).collect()
}
