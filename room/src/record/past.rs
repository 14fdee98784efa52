//! Encodes the past that the next ticks of a match may look up: the ticks up to a checkpoint, as many as its game asks for.
//!
//! Most entities continue as predicted, so after the oldest tick only mispredictions are written: states that differ from the state
//! before, run forward. Snapshots use the same technique and the same functions.
//!
//! ```text
//! past    row of the oldest tick, …, row of the tick before the checkpoint's, row of the checkpoint's own
//! row     [count, (number of ids skipped since the one before, operation, …)…]
//!
//! operation   0        the entity does not exist
//!             1..=63   a change of its state in the tick before, from `encode_delta`
//!             64..     a complete state, from `encode_full`
//! ```
//!
//! The last row does not refer to the one before it, but to the entities in the checkpoint. Mostly both are the same, and the row is
//! empty. They differ in entities that appeared or left after the end of the tick.

use shared::{
    EntityId, Tick,
    game::{Entity, Game, Past, Replicate, Trail},
    wire::{DecodeError, Reader, Writer, operation},
};

use crate::play::Play;

/// States of the tracked entities, by id.
type Row<E> = Vec<Option<E>>;

/// Appends the ticks of `trail`: the present tick of `play` and those before it.
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

/// Decodes what [`encode_past`] wrote; `play` is the match at that time.
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

/// The earlier ticks of a trail, the oldest first; there is none before tick 1.
fn earlier<E: Copy>(trail: &Trail<E>) -> impl Iterator<Item = Tick> + use<E> {
    let (now, ticks) = (trail.newest(), trail.ticks());
    (1..ticks.min(now.0)).rev().map(move |age| now.minus(age))
}

fn row_of<E: Copy>(trail: &Trail<E>, tick: Tick) -> Row<E> {
    (0..trail.tracked()).map(|index| trail.entity(EntityId(index as u16), tick)).collect()
}

fn remember<E: Copy>(trail: &mut Trail<E>, tick: Tick, row: &Row<E>) {
    for (index, state) in row.iter().enumerate() {
        if let Some(state) = *state {
            trail.set(EntityId(index as u16), tick, state);
        }
    }
}

/// The tracked entities in the present state of the match.
fn present<G: Game>(play: &Play<G>, tracked: usize) -> Row<G::Entity> {
    let mut row = vec![None; tracked];
    for (id, state) in play.game().entities().take_while(|(id, _)| id.index() < tracked) {
        row[id.index()] = Some(state);
    }
    row
}

/// The predicted states of the next tick.
fn run_forward<E: Entity>(row: &Row<E>, map: &E::Map) -> Row<E> {
    let forward = |state: &Option<E>| {
        let mut state = (*state)?;
        state.step(map).then_some(state)
    };
    row.iter().map(forward).collect()
}

/// Appends the differences between `row` and `expected`. Deltas refer to the states in `before`.
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

/// Applies encoded differences to `row`, which holds the expected states.
fn decode_row<E: Replicate>(
    before: &Row<E>,
    row: &mut Row<E>,
    map: &E::Map,
    input: &mut Reader<'_>,
) -> Result<(), DecodeError> {
    let mut next = 0;
    for _ in 0..input.ranged("mispredictions of the past", 0, row.len() as i64)? {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arena::{
        map::{file, shipped},
        rules::{Terrain, World},
    };
    use shared::{PlayerId, TickRate, game::IVec2, rng::Rng};

    use super::*;
    use crate::play::Setup;

    /// An entity that drifts to the edge and ends there, unless it is pushed.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
    struct Leaf {
        #[replicate(position)]
        position: IVec2,
        velocity: IVec2,
    }

    impl Entity for Leaf {
        type Map = ();

        fn step(&mut self, (): &()) -> bool {
            self.position += self.velocity;
            self.position.x < 1_000
        }

        fn position(&self, (): &()) -> IVec2 {
            self.position
        }
    }

    /// The next row: most leaves drift, some are pushed, removed or added.
    fn next_row(before: &Row<Leaf>, rng: &mut Rng) -> Row<Leaf> {
        let mut row = run_forward(before, &());
        for leaf in &mut row {
            match (rng.below(20), leaf.as_mut()) {
                (0, _) => *leaf = None,
                (1, _) => *leaf = Some(Leaf { position: IVec2::new(990, 7), velocity: IVec2::new(3, 0) }),
                (2, Some(leaf)) => leaf.velocity.y += 1,
                _ => {}
            }
        }
        row
    }

    fn written(before: &Row<Leaf>, row: &Row<Leaf>) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode_row(before, &run_forward(before, &()), row, &(), &mut bytes);
        bytes
    }

    fn read(before: &Row<Leaf>, bytes: &[u8]) -> Result<Row<Leaf>, DecodeError> {
        let (mut row, mut input) = (run_forward(before, &()), Reader::new(bytes));
        decode_row(before, &mut row, &(), &mut input)?;
        input.finish()?;
        Ok(row)
    }

    #[test]
    fn rows_come_back_whatever_happened_between_them() {
        let mut rng = Rng::new(1);
        let mut before = vec![None; 40];
        for _ in 0..200 {
            let row = next_row(&before, &mut rng);
            let bytes = written(&before, &row);
            assert_eq!(read(&before, &bytes).as_ref(), Ok(&row));
            assert!((0..bytes.len()).all(|length| read(&before, &bytes[..length]).is_err()));
            before = row;
        }
    }

    #[test]
    fn what_drifts_on_costs_nothing() {
        let leaf = Leaf { position: IVec2::new(10, 10), velocity: IVec2::new(2, 2) };
        let before = vec![Some(leaf); 100];
        assert_eq!(written(&before, &run_forward(&before, &())), [0]);
    }

    #[test]
    fn rows_of_a_file_name_only_what_there_can_be() {
        let before = vec![None, Some(Leaf { position: IVec2::ZERO, velocity: IVec2::ZERO })];
        let removed = |left_out| read(&before, &[1, left_out, operation::GONE]).is_ok();
        assert_eq!([0, 1, 2, 0xff].map(removed), [true, true, false, false]);
        // More entities than there are, and one after the last.
        assert!(read(&before, &[3, 0, 0, 0, 0, 0, 0]).is_err());
        assert!(read(&before, &[2, 1, 0, 0, 0]).is_err());
        // A change of an entity that did not exist, and an unknown kind.
        assert_eq!(read(&before, &[1, 0, 1, 0, 0]), Err(DecodeError::UnknownBaseline { entity: 0 }));
        assert!(read(&before, &[1, 0, operation::FULL + 1, 0, 0, 0, 0]).is_err());
        assert!(read(&before, &[1, 0, operation::FULL, 0, 0, 0, 0]).is_ok());
    }

    #[test]
    fn what_appeared_since_the_end_of_a_tick_is_not_in_its_past() {
        let (name, text) = shipped().find(|(name, _)| *name == "pit").expect("the pit is shipped");
        let rate = TickRate::new(30).expect("allowed");
        let map = Terrain::new(Arc::new(file::parse(name, text).expect("shipped maps are valid")), rate);
        let setup = Setup { settings: Default::default(), tick_rate: rate, seats: 4 };
        let mut play = Play::<World>::new(setup, map, Tick(100), 1);
        play.join(PlayerId(0), shared::game::Profile::default());
        assert!(play.game().entities().count() > 0, "there are entities before the first tick");
        let mut later = play.trail(&());
        later.record(Tick(100), play.game().entities());
        for (trail, length) in [(play.trail(&()), 7..100), (later, 6..7)] {
            let mut bytes = Vec::new();
            encode_past(&play, &trail, &mut bytes);
            assert!(length.contains(&bytes.len()), "{} bytes", bytes.len());
            let mut input = Reader::new(&bytes);
            assert_eq!(decode_past(&play, &mut input), Ok(trail));
            assert!(input.is_empty());
        }
    }
}
