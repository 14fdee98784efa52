//! The own record, and those events that are the game's.

use proptest::prelude::*;
use shared::{
    PlayerId,
    game::{Field, IVec2, Record},
    limits::ROOM_PLAYERS_MAX,
    wire::{self, DecodeError, OwnState, Reader, ServerMessage, Writer},
};

use crate::{assert_same, encoded, spoil, spoils};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Record)]
#[record(sparse)]
struct Own {
    fire_ticks: u8,
    dash_ticks: u8,
    rail_shots: u8,
    shield: u8,
    rapid_ticks: u16,
    protection_ticks: u16,
    respawn_ticks: u16,
}

impl From<Own> for OwnState {
    fn from(own: Own) -> Self {
        let Own { fire_ticks, dash_ticks, rail_shots, shield, rapid_ticks, protection_ticks, respawn_ticks } = own;
        Self { fire_ticks, dash_ticks, rail_shots, shield, rapid_ticks, protection_ticks, respawn_ticks }
    }
}

fn own() -> impl Strategy<Value = Own> {
    let byte = || prop_oneof![Just(0u8), any::<u8>()];
    let word = || prop_oneof![Just(0u16), any::<u16>()];
    (byte(), byte(), byte(), byte(), word(), word(), word()).prop_map(
        |(fire_ticks, dash_ticks, rail_shots, shield, rapid_ticks, protection_ticks, respawn_ticks)| Own {
            fire_ticks,
            dash_ticks,
            rail_shots,
            shield,
            rapid_ticks,
            protection_ticks,
            respawn_ticks,
        },
    )
}

/// The arena's events and codes; `Joined` takes the place of an event with text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
enum Event {
    Joined,
    Left(PlayerId),
    Killed {
        killer: PlayerId,
        victim: PlayerId,
        weapon: Weapon,
    },
    Hit {
        shooter: PlayerId,
        victim: PlayerId,
        damage: u8,
        weapon: Weapon,
    },
    Rail {
        shooter: PlayerId,
        #[record(max = 1 << 20)]
        from: IVec2,
        #[record(max = 1 << 20)]
        to: IVec2,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
enum Weapon {
    Shell = 0,
    Rail = 1,
}

impl From<Weapon> for wire::Weapon {
    fn from(weapon: Weapon) -> Self {
        match weapon {
            Weapon::Shell => Self::Shell,
            Weapon::Rail => Self::Rail,
        }
    }
}

impl From<Event> for wire::Event {
    fn from(event: Event) -> Self {
        match event {
            Event::Joined => panic!("the arena's has fields"),
            Event::Left(player) => Self::Left(player),
            Event::Killed { killer, victim, weapon } => Self::Killed { killer, victim, weapon: weapon.into() },
            Event::Hit { shooter, victim, damage, weapon } => {
                Self::Hit { shooter, victim, damage, weapon: weapon.into() }
            }
            Event::Rail { shooter, from, to } => Self::Rail { shooter, from, to },
        }
    }
}

fn event() -> impl Strategy<Value = Event> {
    let player = || (0..ROOM_PLAYERS_MAX as u16).prop_map(PlayerId);
    let weapon = || prop_oneof![Just(Weapon::Shell), Just(Weapon::Rail)];
    let place = || (-(1 << 20)..=1 << 20, -(1 << 20)..=1 << 20).prop_map(|(x, y)| IVec2::new(x, y));
    prop_oneof![
        player().prop_map(Event::Left),
        (player(), player(), weapon()).prop_map(|(killer, victim, weapon)| Event::Killed { killer, victim, weapon }),
        (player(), player(), any::<u8>(), weapon()).prop_map(|(shooter, victim, damage, weapon)| Event::Hit {
            shooter,
            victim,
            damage,
            weapon
        }),
        (player(), place(), place()).prop_map(|(shooter, from, to)| Event::Rail { shooter, from, to }),
    ]
}

fn read<R: Record>(bytes: &[u8]) -> Result<R, DecodeError> {
    let mut input = Reader::new(bytes);
    let record = R::decode(&mut input)?;
    input.finish()?;
    Ok(record)
}

/// The one event of a message whose events are `bytes`.
fn read_event_by_hand(bytes: &[u8]) -> Result<wire::Event, DecodeError> {
    let mut message = Vec::new();
    let mut out = Writer::new(&mut message);
    out.array(3);
    out.int(wire::kind::EVENTS);
    out.int(0u8);
    message.extend(bytes);
    match ServerMessage::decode(&message)? {
        ServerMessage::Events { mut events, .. } => Ok(events.remove(0)),
        other => panic!("no events: {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn own_records_are_the_same(own in own(), spoils in spoils()) {
        let by_hand = OwnState::from(own);
        let mut bytes = encoded(|out| own.encode(out));
        prop_assert_eq!(&bytes, &encoded(|out| by_hand.encode(out)));
        prop_assert_eq!(read(&bytes), Ok(own));
        spoil(&mut bytes, &spoils);
        let mut input = Reader::new(&bytes);
        let by_hand = OwnState::decode(&mut input).and_then(|own| input.finish().map(|()| own));
        assert_same(read::<Own>(&bytes).map(OwnState::from), by_hand, true);
    }

    #[test]
    fn events_are_the_same(event in event(), spoils in spoils()) {
        let by_hand = wire::Event::from(event);
        let mut bytes = encoded(|out| event.encode(out));
        prop_assert_eq!(&bytes, &encoded(|out| by_hand.encode(out)));
        prop_assert_eq!(read(&bytes), Ok(event));
        spoil(&mut bytes, &spoils);
        let by_hand = read_event_by_hand(&bytes);
        // What the look-alike has no fields for cannot be compared.
        if let Err(_) | Ok(wire::Event::Left(_) | wire::Event::Killed { .. } | wire::Event::Hit { .. } | wire::Event::Rail { .. }) = by_hand
            && !matches!(read(&bytes), Ok(Event::Joined))
        {
            assert_same(read::<Event>(&bytes).map(wire::Event::from), by_hand, true);
        }
    }
}
