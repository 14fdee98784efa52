//! The own record and the events.

use arena::{
    event::{Event, MatchPhase, Standing, Team, Weapon},
    own::OwnState,
    rules::Mode,
};
use glam::IVec2;
use proptest::prelude::*;
use shared::{
    PlayerId, Tick,
    game::Record,
    limits::ROOM_PLAYERS_MAX,
    wire::{DecodeError, POSITION_MAX, Reader},
};

use crate::{assert_same, encoded, record_codec::RecordByHand, spoil, spoils};

fn own() -> impl Strategy<Value = OwnState> {
    let byte = || prop_oneof![Just(0u8), any::<u8>()];
    let word = || prop_oneof![Just(0u16), any::<u16>()];
    (byte(), byte(), byte(), byte(), word(), word(), word()).prop_map(
        |(fire_ticks, dash_ticks, rail_shots, shield, rapid_ticks, protection_ticks, respawn_ticks)| OwnState {
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

fn event() -> impl Strategy<Value = Event> {
    let player = || (0..ROOM_PLAYERS_MAX as u16).prop_map(PlayerId);
    let weapon = || prop_oneof![Just(Weapon::Shell), Just(Weapon::Rail)];
    let team = prop_oneof![Just(Team::None), Just(Team::Red), Just(Team::Blue)];
    let mode = prop_oneof![Just(Mode::Deathmatch), Just(Mode::TeamDeathmatch)];
    let phase = prop_oneof![Just(MatchPhase::WarmUp), Just(MatchPhase::Running), Just(MatchPhase::Results)];
    let reach = || -POSITION_MAX..=POSITION_MAX;
    let place = || (reach(), reach()).prop_map(|(x, y)| IVec2::new(x, y));
    prop_oneof![
        (player(), team, any::<i32>(), any::<u32>())
            .prop_map(|(player, team, score, deaths)| Event::Standing(Standing { player, team, score, deaths })),
        (player(), player(), weapon()).prop_map(|(killer, victim, weapon)| Event::Killed { killer, victim, weapon }),
        (player(), player(), any::<u8>(), weapon()).prop_map(|(shooter, victim, damage, weapon)| Event::Hit {
            shooter,
            victim,
            damage,
            weapon
        }),
        (player(), place(), place()).prop_map(|(shooter, from, to)| Event::Rail { shooter, from, to }),
        (mode, phase, any::<u32>(), any::<u16>(), any::<[i32; 2]>()).prop_map(
            |(mode, phase, ends, score_limit, team_scores)| {
                Event::Match { mode, phase, ends: Tick(ends), score_limit, team_scores }
            }
        ),
    ]
}

fn read<R>(bytes: &[u8], decode: fn(&mut Reader<'_>) -> Result<R, DecodeError>) -> Result<R, DecodeError> {
    let mut input = Reader::new(bytes);
    let record = decode(&mut input)?;
    input.finish()?;
    Ok(record)
}

fn check<R: Record + RecordByHand>(record: &R, spoils: &(Vec<(prop::sample::Index, u8)>, prop::sample::Index)) {
    let mut bytes = encoded(|out| record.encode(out));
    assert_eq!(bytes, encoded(|out| record.encode_by_hand(out)));
    assert_eq!(read(&bytes, R::decode).as_ref(), Ok(record));
    spoil(&mut bytes, spoils);
    assert_same(read(&bytes, R::decode), read(&bytes, R::decode_by_hand), true);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn own_records_are_the_same(own in own(), spoils in spoils()) {
        check(&own, &spoils);
    }

    #[test]
    fn events_are_the_same(event in event(), spoils in spoils()) {
        check(&event, &spoils);
    }
}
