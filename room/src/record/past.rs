//! What the next ticks of a match may look back on, as bytes: the ticks up to a checkpoint, as many as its game asks for.
//!
//! Things mostly do what they did before, so behind the oldest tick only surprises are written: what running an entity
//! forward does not give. It is the trick by which the wire is narrow, and the same functions do it.
//!
//! ```text
//! past    row of the oldest tick, …, row of the tick before the checkpoint's, row of the checkpoint's own
//! row     [count, (ids left out since the one before, operation, …)…]
//!
//! operation   0        it is not there
//!             1..=63   a change of the tick before, run forward: what `encode_delta` wrote
//!             64..     a whole state: what `encode_full` wrote
//! ```
//!
//! The last row is not made from the one before it, but from what is in the checkpoint. The two mostly are the same, and the
//! row is empty: only what appeared or left between two ticks was otherwise at the end of the first.

use shared::{
    EntityId, Tick,
    game::{Entity, Game, Past, Replicate, Trail},
    wire::{DecodeError, Reader, Writer, operation},
};

use crate::play::Play;

/// States of the tracked entities, by id.
type Row<E> = Vec<Option<E>>;

/// Appends what `trail` remembers, which is of the present tick of `play` and those before.
pub(super) fn encode_past<G: Game>(play: &Play<G>, trail: &Trail<G::Entity>, bytes: &mut Vec<u8>) {
    let mut before = vec![None; trail.tracked()];
    for tick in earlier(trail) {
        let row = row_of(trail, tick);
        encode_row(&before, &run_forward(&before, play.map()), &row, play.map(), bytes);
        before = row;
    }
    let nothing = vec![None; trail.tracked()];
    encode_row(&nothing, &present(play, trail.tracked()), &row_of(trail, play.tick()), play.map(), bytes);
}

/// Reads what [`encode_past`] wrote for a match that has come as far as `play`.
pub(super) fn decode_past<G: Game>(play: &Play<G>, input: &mut Reader<'_>) -> Result<Trail<G::Entity>, DecodeError> {
    let mut trail = play.trail(&());
    let mut before = vec![None; trail.tracked()];
    for tick in earlier(&trail) {
        let mut row = run_forward(&before, play.map());
        decode_row(&before, &mut row, play.map(), input)?;
        remember(&mut trail, tick, &row);
        before = row;
    }
    let mut row = present(play, trail.tracked());
    decode_row(&vec![None; trail.tracked()], &mut row, play.map(), input)?;
    remember(&mut trail, play.tick(), &row);
    Ok(trail)
}

/// The ticks before the newest one that a trail remembers, the oldest first; there is none before tick 1.
fn earlier<E: Copy>(trail: &Trail<E>) -> impl Iterator<Item = Tick> + use<E> {
    let (now, ticks) = (trail.newest(), trail.ticks());
    (1..ticks.min(now.0)).rev().map(move |age| now.minus(age))
}

fn row_of<E: Copy>(trail: &Trail<E>, tick: Tick) -> Row<E> {
    (0..trail.tracked()).map(|index| trail.entity(EntityId(index as u16), tick)).collect()
}

fn remember<E: Copy>(trail: &mut Trail<E>, tick: Tick, row: &Row<E>) {
    for (index, state) in row.iter().enumerate() {
        state.into_iter().for_each(|&state| trail.set(EntityId(index as u16), tick, state));
    }
}

/// The tracked entities as they are in the match.
fn present<G: Game>(play: &Play<G>, tracked: usize) -> Row<G::Entity> {
    let mut row = vec![None; tracked];
    for (id, state) in play.game().entities().take_while(|(id, _)| id.index() < tracked) {
        row[id.index()] = Some(state);
    }
    row
}

/// What becomes of entities in a tick in which nobody interferes.
fn run_forward<E: Entity>(row: &Row<E>, map: &E::Map) -> Row<E> {
    let forward = |state: &Option<E>| {
        let mut state = (*state)?;
        state.step(map).then_some(state)
    };
    row.iter().map(forward).collect()
}

/// Appends in what `row` is another one than was expected. `before` are the states that changes refer to.
fn encode_row<E: Replicate>(before: &Row<E>, expected: &Row<E>, row: &Row<E>, map: &E::Map, bytes: &mut Vec<u8>) {
    let surprises = || (0..row.len()).filter(|&index| row[index] != expected[index]);
    let mut out = Writer::new(bytes);
    out.int(surprises().count() as u32);
    let mut next = 0;
    for index in surprises() {
        out.int((index - next) as u32);
        next = index + 1;
        let Some(truth) = row[index] else {
            out.int(operation::GONE);
            continue;
        };
        if before[index].is_none_or(|before| !truth.encode_delta(&before, map, &mut out)) {
            truth.encode_full(&mut out);
        }
    }
}

/// Turns what was expected into `row`.
fn decode_row<E: Replicate>(
    before: &Row<E>,
    row: &mut Row<E>,
    map: &E::Map,
    input: &mut Reader<'_>,
) -> Result<(), DecodeError> {
    let mut next = 0;
    for _ in 0..input.ranged("surprises of the past", 0, row.len() as i64)? {
        let left_out = input.ranged("entity of the past", 0, row.len() as i64 - 1 - next as i64)?;
        let index = next + left_out as usize;
        next = index + 1;
        row[index] = match input.u8("operation")? {
            operation::GONE => None,
            mask if mask < operation::FULL => {
                let mut state = before[index].ok_or(DecodeError::UnknownBaseline { entity: index as u16 })?;
                state.decode_delta(mask, map, input)?;
                Some(state)
            }
            operation => Some(E::decode_full(operation, input)?),
        };
    }
    Ok(())
}
