//! Checks that no bytes make a game panic, and that a digest covers every field of a checkpoint.

use shared::{
    PlayerId, TickRate,
    game::{Entity, Game, Input, Map, MapOf, PlayerInput, Profile, Record, Replicate},
    rng::Rng,
    wire::Reader,
};

use super::{
    compare,
    finding::{Report, caught},
    layouts::written,
    spoil::spoiled,
    twin::{Call, Twin},
};
use crate::arbitrary;

/// Number of changed checkpoints that are restored.
const CHECKPOINTS: u32 = 400;
/// Ticks for which a restored match is played.
const TICKS: u32 = 4;
/// Number of changed states, inputs and records that are decoded.
const VALUES: u32 = 400;
/// Ticks for which a state is run forward.
const STEPS: u32 = 30;
/// Number of changed maps that are decoded.
const MAPS: u32 = 60;

/// Restores matches from changed checkpoints.
pub(crate) fn checkpoints<G: Game>(kept: &[Twin<'_, G>], seed: u64, report: &mut Report) {
    let mut rng = Rng::new(seed);
    for _ in 0..CHECKPOINTS {
        let Some(origin) = kept.get(rng.below(kept.len().max(1) as u32) as usize) else { return };
        let whole = origin.checkpoint();
        let bytes = spoiled(&whole, &mut rng);
        let start = origin.ground.start(origin.map, origin.tick, 0);
        let game = match caught(|| G::restore(&start, &bytes)) {
            Ok(Ok(game)) => game,
            Ok(Err(_)) => continue,
            Err(panic) => {
                report.find("bytes", format!("`Checkpoint::restore` panicked on bytes that are no match: {panic}"));
                continue;
            }
        };
        // Compared with a match that was restored as well, because neither has data that a checkpoint omits.
        if let Ok(Ok(same)) = caught(|| G::restore(&start, &whole)) {
            digest(&same, &game, report);
        }
        let mut twin = match caught(|| Twin::of(origin.ground, game, origin.map, origin.tick)) {
            Ok(mut twin) => {
                twin.seated.clone_from(&origin.seated);
                twin
            }
            Err(panic) => {
                report.find("bytes", said("Game::board or Game::slots", &panic));
                continue;
            }
        };
        if let Err(panic) = caught(|| play(&mut twin, &mut rng)) {
            report.find("bytes", said(twin.doing, &panic));
        }
    }
}

fn said(doing: &str, panic: &str) -> String {
    format!(
        "`{doing}` panicked in a match that was restored from changed bytes: {panic}. Recordings may come from anybody: refuse in \
         `Checkpoint::restore` or `Game::fits` what later calls cannot bear, and look up by `get`"
    )
}

/// The digest must contain every field in which two matches differ.
fn digest<G: Game>(one: &G, other: &G, report: &mut Report) {
    let same = caught(|| {
        let [mut bytes, mut others] = [Vec::new(), Vec::new()];
        one.checkpoint(&mut bytes);
        other.checkpoint(&mut others);
        bytes == others || one.digest() != other.digest()
    });
    if same == Ok(false) {
        let place = compare::difference(one, other).map_or_else(String::new, |place| {
            format!(": `{}` is {} in one and {} in the other", place.path, place.one, place.other)
        });
        report.find(
            "digest",
            format!("two matches with different checkpoints have the same `Game::digest`{place}. It must cover every field that a checkpoint has"),
        );
    }
}

/// Calls everything that a room may call on a match that does not fit its list of seats.
fn play<G: Game>(twin: &mut Twin<'_, G>, rng: &mut Rng) {
    for _ in 0..TICKS {
        let player = PlayerId(rng.below(twin.ground.seats.into()) as u16);
        let call = match rng.chance(1, 2) {
            true => Call::Leave(player),
            false => Call::Join(player, Profile { name: "somebody".to_owned(), opponent: false }),
        };
        twin.call(&[call]);
        let inputs: Vec<_> = (0..twin.ground.seats)
            .map(|_| rng.chance(3, 4).then(|| PlayerInput { input: arbitrary::input(rng), view_age: 9 }))
            .collect();
        twin.doing = "Game::relevant";
        for (player, input) in (0..).map(PlayerId).zip(&inputs) {
            if let Some(input) = *input {
                twin.game.relevant(player, input);
            }
        }
        twin.step(&inputs);
        twin.doing = "Entity::position or a codec of the entity";
        for (_, entity) in twin.game.entities() {
            entity.position(twin.map());
            written(|out| entity.encode_full(out));
        }
        twin.doing = "Game::viewpoint, own or is_steered";
        for player in (0..twin.ground.seats).map(PlayerId) {
            twin.game.viewpoint(player, twin.map());
            twin.game.own(player);
            for (id, entity) in twin.game.entities() {
                G::is_steered(player, id, &entity);
            }
        }
        twin.doing = "Game::board, summary or digest";
        twin.game.board();
        twin.game.summary();
        twin.game.digest();
    }
    twin.call(&[Call::EndMatch, Call::Restart(rng.next_u64(), twin.map)]);
}

/// Decodes states, inputs and records from changed bytes.
pub(crate) fn values<G: Game>(kept: &[Twin<'_, G>], seed: u64, report: &mut Report) {
    let mut rng = Rng::new(seed);
    for _ in 0..VALUES {
        let Some(twin) = kept.get(rng.below(kept.len().max(1) as u32) as usize) else { return };
        let map = twin.map();
        let entities = twin.entities();
        if let Some((id, entity)) = entities.get(rng.below(entities.len().max(1) as u32) as usize) {
            let bytes = spoiled(&written(|out| entity.encode_full(out)), &mut rng);
            let read = caught(|| {
                let mut input = Reader::new(&bytes);
                let operation = input.u8("operation").ok()?;
                G::Entity::decode_full(operation, &mut input).ok()
            });
            match read {
                Err(panic) => report.find("bytes", format!("reading an entity panicked: {panic}")),
                Ok(Some(state)) => {
                    if state != *entity && state.kind() == entity.kind() && state.hash(id.0) == entity.hash(id.0) {
                        let place = compare::difference(entity, &state)
                            .map_or_else(String::new, |place| format!("`{}`", place.path));
                        report.find(
                            "hash",
                            format!("two states that differ in {place} have the same hash: `Replicate::hash_into` leaves the field out, and no checksum notices it"),
                        );
                    }
                    if let Err(panic) = caught(|| run(state, map)) {
                        report.find(
                            "bytes",
                            format!("`Entity::step`, `position` or `impulse` panicked on a state that a client may be sent: {panic} ({state:?}). Bound the field by `#[replicate(max = …)]`, or compute with saturating arithmetic"),
                        );
                    }
                }
                Ok(None) => {}
            }
        }
        let input = arbitrary::input::<G::Input>(&mut rng);
        let bytes = spoiled(&written(|out| input.encode(&G::Input::default(), out)), &mut rng);
        if let Err(panic) = caught(|| G::Input::decode(&input, &mut Reader::new(&bytes)).is_ok()) {
            report.find("bytes", format!("reading an input panicked: {panic}"));
        }
        let player = PlayerId(rng.below(twin.ground.seats.into()) as u16);
        let bytes = spoiled(&written(|out| twin.game.own(player).encode(out)), &mut rng);
        if let Err(panic) = caught(|| G::Own::decode(&mut Reader::new(&bytes)).is_ok()) {
            report.find("bytes", format!("reading what only the player knows panicked: {panic}"));
        }
        for event in twin.events.iter().map(|(_, event)| event).chain(&twin.game.board()).take(1) {
            let bytes = spoiled(&written(|out| event.encode(out)), &mut rng);
            if let Err(panic) = caught(|| G::Event::decode(&mut Reader::new(&bytes)).is_ok()) {
                report.find("bytes", format!("reading an event panicked: {panic}"));
            }
        }
    }
}

fn run<E: Replicate>(mut state: E, map: &E::Map) {
    for step in 0..STEPS {
        state.position(map);
        if !state.step(map) {
            return;
        }
        if step.is_multiple_of(8) {
            state.impulse((step / 8) as u8, map);
        }
    }
    state.between(&state, 0.5, 1, map);
    state.ahead(1.5, map);
}

/// Decodes maps from changed bytes, and plays a match on each.
pub(crate) fn maps<G: Game>(maps: &[MapOf<G>], tick_rate: TickRate, seed: u64, report: &mut Report) {
    let mut rng = Rng::new(seed);
    for _ in 0..MAPS {
        let Some(map) = maps.get(rng.below(maps.len().max(1) as u32) as usize) else { return };
        let whole = rng.chance(1, 2);
        let bytes = spoiled(&written(|out| if whole { map.encode_whole(out) } else { map.encode(out) }), &mut rng);
        let read = caught(|| {
            let mut input = Reader::new(&bytes);
            let map = match whole {
                true => MapOf::<G>::decode_whole(tick_rate, &mut input),
                false => MapOf::<G>::decode(tick_rate, &mut input),
            };
            map.map(|map| (map.size(), map.interest_px(), map.name().len()))
        });
        if let Err(panic) = read {
            report.find("bytes", format!("reading a map panicked: {panic}"));
        }
    }
    for text in ["", "\u{0}", "[", "name = 1", "size = 99999999999", "lake 4001"] {
        if let Err(panic) = caught(|| MapOf::<G>::parse("a file", text, tick_rate).is_ok()) {
            report.find("bytes", format!("`Map::parse` panicked on {text:?}: {panic}"));
        }
    }
}
