//! The head of a snapshot, and the own record in it.

use arena::own::OwnState;
use proptest::prelude::*;
use shared::{
    Tick,
    game::Own,
    wire::{Checksum, DecodeError, NO_BASELINE, Reader, SHORT_TICK_AGE_MAX, SnapshotHeader, Writer},
};

pub(crate) fn own() -> impl Strategy<Value = OwnState> {
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

/// A header, and a newest applied tick that its receiver may have.
pub(crate) fn header() -> impl Strategy<Value = (SnapshotHeader<OwnState>, Tick)> {
    let checksum = (any::<u32>(), any::<u8>()).prop_map(|(sum, since)| Checksum { sum, since });
    let baseline_age = prop::option::of(0..u32::from(NO_BASELINE));
    let flags = (any::<bool>(), 0..4u8, any::<bool>());
    let records = (prop::option::of(own()), prop::option::of(checksum));
    (200u32.., -63..=63i32, flags, baseline_age, 0..=127u8, any::<i8>(), records).prop_map(
        |(tick, distance, (full_tick, epoch, reduced), baseline_age, input_age, margin, (own, checksum))| {
            let newest = tick.saturating_add_signed(distance);
            let baseline = baseline_age.map(|age| Tick(tick - age));
            let tick = Tick(tick);
            let header = SnapshotHeader { tick, full_tick, epoch, reduced, baseline, input_age, margin, own, checksum };
            (header, if full_tick { Tick(newest ^ 0x5a5a) } else { Tick(newest) })
        },
    )
}

fn plain_header(tick: Tick) -> SnapshotHeader<OwnState> {
    SnapshotHeader {
        tick,
        full_tick: false,
        epoch: 0,
        reduced: false,
        baseline: None,
        input_age: 0,
        margin: 0,
        own: None,
        checksum: None,
    }
}

fn encoded(header: SnapshotHeader<OwnState>) -> Vec<u8> {
    let mut bytes = Vec::new();
    header.encode(&mut Writer::new(&mut bytes));
    bytes
}

fn decoded(bytes: &[u8], newest: Tick) -> Result<SnapshotHeader<OwnState>, DecodeError> {
    let mut input = Reader::new(bytes);
    let header = SnapshotHeader::decode(newest, &mut input)?;
    input.finish()?;
    Ok(header)
}

#[test]
fn a_quiet_header_is_five_bytes() {
    let header = SnapshotHeader { baseline: Some(Tick(69_998)), ..plain_header(Tick(70_000)) };
    assert_eq!(encoded(header), [0, 70_000u32 as u8 & 0x7f, 2, 0, 0]);
}

#[test]
fn a_short_tick_is_understood_while_the_server_may_use_it() {
    let header = plain_header(Tick(1_000));
    for newest in 1_000 - SHORT_TICK_AGE_MAX..=1_000 + SHORT_TICK_AGE_MAX {
        assert_eq!(decoded(&encoded(header), Tick(newest)), Ok(header));
    }
}

#[test]
fn a_baseline_too_old_for_its_field_is_none() {
    let with_age = |age: u32| SnapshotHeader { baseline: Some(Tick(1_000 - age)), ..plain_header(Tick(1_000)) };
    assert_eq!(decoded(&encoded(with_age(126)), Tick(1_000)), Ok(with_age(126)));
    assert_eq!(decoded(&encoded(with_age(127)), Tick(1_000)), Ok(plain_header(Tick(1_000))));
}

#[test]
fn numbers_beyond_their_range_are_refused() {
    // flags, tick, baseline age, input age, margin
    let edges: [([i64; 5], [i64; 5]); 5] = [
        ([1, u32::MAX.into(), 127, 0, 0], [1, i64::from(u32::MAX) + 1, 127, 0, 0]),
        ([127 - 6, 0, 127, 0, 0], [128, 0, 127, 0, 0]),
        ([0, 127, 127, 0, 0], [0, 128, 127, 0, 0]),
        ([0, 0, 127, 127, 127], [0, 0, 128, 0, 0]),
        ([0, 0, 127, 127, -128], [0, 0, 0, 0, -129]),
    ];
    let bytes = |values: [i64; 5]| {
        let mut bytes = Vec::new();
        let mut out = Writer::new(&mut bytes);
        values.into_iter().for_each(|value| out.int(value));
        bytes
    };
    for (allowed, refused) in edges {
        assert!(decoded(&bytes(allowed), Tick(0)).is_ok(), "{allowed:?}");
        assert_eq!(
            decoded(&bytes(refused), Tick(0)).map_err(|error| error.label()),
            Err("out_of_range"),
            "{refused:?}"
        );
    }
}

proptest! {
    #[test]
    fn headers_are_read_back((header, newest) in header()) {
        prop_assert_eq!(decoded(&encoded(header), newest), Ok(header));
    }

    #[test]
    fn a_header_cut_short_is_truncated((header, newest) in header()) {
        let bytes = encoded(header);
        for length in 0..bytes.len() {
            let error = decoded(&bytes[..length], newest).expect_err("cut short");
            prop_assert_eq!(error.label(), "truncated");
        }
    }

    #[test]
    fn no_header_can_panic(bytes in prop::collection::vec(any::<u8>(), 0..40), newest: u32) {
        let _ = decoded(&bytes, Tick(newest));
    }

    #[test]
    fn timers_count_down_to_zero(own in own()) {
        let mut after = own;
        (0..=u16::MAX).for_each(|_| after.step());
        let OwnState { rail_shots, shield, .. } = own;
        prop_assert_eq!(after, OwnState { rail_shots, shield, ..OwnState::default() });
    }
}
