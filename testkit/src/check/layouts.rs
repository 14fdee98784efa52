//! Everything that a game encodes decodes to the same value: entities and their changes, inputs, own records, events,
//! maps, settings.

use shared::{
    EntityId,
    game::{Game, Input, Map, MapOf, Record, Replicate, Settings},
    rng::Rng,
    wire::{DecodeError, Reader, Writer},
};

use super::{compare, finding::Report, twin::Twin};
use crate::arbitrary;

/// Number of inputs that are encoded and decoded.
const INPUTS: usize = 300;

/// The written bytes.
pub(crate) fn written(write: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut Writer::new(&mut bytes));
    bytes
}

/// Decodes all bytes.
fn read<T>(bytes: &[u8], decode: impl FnOnce(&mut Reader<'_>) -> Result<T, DecodeError>) -> Result<T, DecodeError> {
    let mut input = Reader::new(bytes);
    let value = decode(&mut input)?;
    input.finish()?;
    Ok(value)
}

/// Encodes and decodes a change of an entity from one tick to the next, as in a snapshot.
pub(crate) fn delta<G: Game>(id: EntityId, was: &G::Entity, is: &G::Entity, twin: &Twin<'_, G>, report: &mut Report) {
    let mut bytes = Vec::new();
    if !is.encode_delta(was, twin.map(), &mut Writer::new(&mut bytes)) {
        return;
    }
    let mut got = *was;
    let decoded = read(&bytes, |input| {
        let mask = input.u8("mask")?;
        got.decode_delta(mask, twin.map(), input)
    });
    let (id, tick) = (id.0, twin.tick.0);
    if let Err(error) = decoded {
        report.find(
            "layout",
            format!(
                "the change of entity {id} in tick {tick} cannot be read: {error}. A value must be within what its field's attributes allow \
                 (`max`, `turn`)"
            ),
        );
    } else if got != *is {
        let place = compare::difference(is, &got).map_or_else(String::new, |place| format!(" in `{}`", place.path));
        report.find(
            "layout",
            format!(
                "the change of entity {id} in tick {tick} is not read back as it was written{place}. Let `#[derive(Replicate)]` write the \
                 codec, and keep `Entity::step` free of anything but the entity and the map"
            ),
        );
    }
}

/// Checks all values of a tick of a match.
pub(crate) fn tick<G: Game>(twin: &Twin<'_, G>, report: &mut Report) {
    let tick = twin.tick.0;
    for (id, entity) in twin.game.entities() {
        let bytes = written(|out| entity.encode_full(out));
        let back = read(&bytes, |input| {
            let operation = input.u8("operation")?;
            G::Entity::decode_full(operation, input)
        });
        if back != Ok(entity) {
            let reason = match &back {
                Err(error) => error.to_string(),
                Ok(back) => compare::difference(&entity, back).map_or_else(String::new, |place| {
                    format!("`{}` was {} and is read as {}", place.path, place.one, place.other)
                }),
            };
            report.find(
                "layout",
                format!(
                    "entity {} of tick {tick} is not read back as it was written: {reason}. A value must be within what its field's attributes \
                     allow (`max`, `turn`)",
                    id.0
                ),
            );
        }
        let plain = written(|out| entity.encode_plain(twin.map(), out));
        let plain = read(&plain, |input| {
            let operation = input.u8("operation")?;
            G::Entity::decode_plain(operation, input)
        });
        if let Err(error) = plain {
            report.find("layout", format!("entity {} of tick {tick} cannot be read as plain values: {error}", id.0));
        }
    }
    for &player in twin.seated.keys() {
        let own = twin.game.own(player);
        record("`Game::own`", tick, &own, report);
    }
    for (_, event) in &twin.events {
        record("an event", tick, event, report);
    }
}

fn record<R: Record>(what: &str, tick: u32, value: &R, report: &mut Report) {
    let back = read(&written(|out| value.encode(out)), R::decode);
    if back.as_ref() != Ok(value) {
        report.find(
            "layout",
            format!("{what} of tick {tick} is not read back as it was written: {value:?} comes back as {back:?}"),
        );
    }
}

/// Checks random inputs.
pub(crate) fn inputs<G: Game>(seed: u64, report: &mut Report) {
    let mut rng = Rng::new(seed);
    let mut before = G::Input::default();
    let arbitrary = (0..INPUTS).map(|_| arbitrary::input(&mut rng)).collect::<Vec<G::Input>>();
    for input in arbitrary.into_iter().chain(arbitrary::extremes()) {
        let bytes = written(|out| input.encode(&before, out));
        let back = read(&bytes, |reader| G::Input::decode(&before, reader));
        if back != Ok(input) {
            report.find(
                "layout",
                format!(
                    "an input is not read back as it was written: {input:?} after {before:?} comes back as {back:?}"
                ),
            );
        }
        let mask = input.changes(&before);
        let mut changed = before;
        let bytes = written(|out| input.encode_changes(mask, out));
        let recorded = read(&bytes, |reader| changed.decode_changes(mask, reader));
        if recorded.is_err() || changed != input {
            report.find(
                "layout",
                format!(
                    "an input is not read back from a recording: {input:?} after {before:?} comes back as {changed:?}"
                ),
            );
        }
        if let Some(by) = input.turned(&before) {
            let mut turned = before;
            turned.turn(by);
            if turned != input {
                report
                    .find("layout", format!("`Input::turn` by {by} makes {turned:?} of {before:?} and not {input:?}"));
            }
        }
        before = input;
    }
}

/// Checks settings and maps.
pub(crate) fn settings_and_maps<G: Game>(maps: &[MapOf<G>], tick_rate: shared::TickRate, report: &mut Report) {
    for (mode, name) in G::Settings::MODES.iter().enumerate() {
        let settings = G::Settings::default().with_mode(mode);
        if settings.mode() != mode {
            report.find(
                "settings",
                format!(
                    "`Settings::mode` of the settings for mode {name} is {}, not {mode}: `with_mode` must set it",
                    settings.mode()
                ),
            );
        }
        if let Err(reason) = settings.check() {
            report.find("settings", format!("the default settings for mode {name} are refused: {reason}"));
        }
        match rmp_serde::to_vec_named(&settings).map(|bytes| rmp_serde::from_slice::<G::Settings>(&bytes)) {
            Ok(Ok(back)) if back == settings => {}
            other => report
                .find("settings", format!("settings are not read back as they were written: {settings:?}, {other:?}")),
        }
    }
    for map in maps {
        let whole = written(|out| map.encode_whole(out));
        let shown = written(|out| map.encode(out));
        let again = read(&whole, |input| MapOf::<G>::decode_whole(tick_rate, input))
            .map(|map| written(|out| map.encode_whole(out)));
        if again.as_ref() != Ok(&whole) {
            report.find(
                "layout",
                format!(
                    "map {:?} is not read back by `Map::decode_whole` as `encode_whole` wrote it: {:?}",
                    map.name(),
                    again.err()
                ),
            );
        }
        let again =
            read(&shown, |input| MapOf::<G>::decode(tick_rate, input)).map(|map| written(|out| map.encode(out)));
        if again.as_ref() != Ok(&shown) {
            report.find(
                "layout",
                format!(
                    "map {:?} is not read back by `Map::decode` as `encode` wrote it: {:?}",
                    map.name(),
                    again.err()
                ),
            );
        }
    }
}
