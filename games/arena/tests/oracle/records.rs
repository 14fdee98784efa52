//! The own record, and the events.

use arena::{event, own::OwnState};
use proptest::prelude::*;
use shared::{
    PlayerId,
    game::{Field, IVec2, Record},
    limits::ROOM_PLAYERS_MAX,
    wire::{DecodeError, Reader},
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

/// The arena's events and codes, but for that of the match.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
enum Event {
    Standing {
        player: PlayerId,
        team: Side,
        score: i32,
        deaths: u32,
    },
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
enum Side {
    None,
    Red,
    Blue,
}

impl From<Side> for event::Team {
    fn from(side: Side) -> Self {
        match side {
            Side::None => Self::None,
            Side::Red => Self::Red,
            Side::Blue => Self::Blue,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
enum Weapon {
    Shell = 0,
    Rail = 1,
}

impl From<Weapon> for event::Weapon {
    fn from(weapon: Weapon) -> Self {
        match weapon {
            Weapon::Shell => Self::Shell,
            Weapon::Rail => Self::Rail,
        }
    }
}

impl From<Event> for event::Event {
    fn from(event: Event) -> Self {
        match event {
            Event::Standing { player, team, score, deaths } => {
                Self::Standing(event::Standing { player, team: team.into(), score, deaths })
            }
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
        (player(), prop_oneof![Just(Side::None), Just(Side::Red), Just(Side::Blue)], any::<i32>(), any::<u32>())
            .prop_map(|(player, team, score, deaths)| Event::Standing { player, team, score, deaths }),
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
        let by_hand = event::Event::from(event);
        let mut bytes = encoded(|out| event.encode(out));
        prop_assert_eq!(&bytes, &encoded(|out| by_hand.encode(out)));
        prop_assert_eq!(read(&bytes), Ok(event));
        spoil(&mut bytes, &spoils);
        let by_hand = read::<event::Event>(&bytes);
        // What the look-alike has no fields for cannot be compared.
        if !matches!(by_hand, Ok(event::Event::Match { .. })) && bytes.get(1) != Some(&4) {
            assert_same(read::<Event>(&bytes).map(event::Event::from), by_hand, true);
        }
    }
}
