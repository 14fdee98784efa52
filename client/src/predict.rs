//! What the player steers, ahead of the server: every input acts here the moment it is made, by the server's own rules.
//!
//! In: inputs, tick by tick (`advance`), and the truth of earlier ticks as it arrives (`reconcile`). Out: the entities and what only the
//! player knows at the newest input, and what they brought into being that the server may not have sent yet.
//!
//! Reconciliation is exact: integers on both ends, so the state predicted for a tick and the server's either are the
//! same bits or the inputs since are played again upon the truth.

mod births;
mod steps;

use std::collections::VecDeque;

use shared::{
    EntityId, PlayerId, Tick,
    game::{Control, Entity, Game, IVec2, MapOf, Own, Steered},
    limits::PREDICTED_TICKS_MAX,
};

pub use births::{Births, Born};
use steps::Steps;

/// Ticks of what the player steers, from the newest that is surely known to the newest input.
#[derive(Debug)]
pub struct Prediction<G: Game> {
    /// Oldest first. A clock that jumped left a gap.
    inputs: VecDeque<(Tick, G::Input)>,
    /// The oldest is the server's.
    steps: Steps<G>,
    births: Births<G::Entity>,
    /// How far the last correction moved the newest states, position units.
    moves: Vec<(EntityId, IVec2)>,
    work: Work<G>,
}

/// Scratch of one tick.
#[derive(Debug)]
struct Work<G: Game> {
    entities: Vec<(EntityId, G::Entity)>,
    born: Vec<G::Entity>,
}

/// What the rules ask for beside what the player steers.
#[derive(Debug)]
pub struct Around<'a, G: Game> {
    /// Whose prediction it is.
    pub player: PlayerId,
    /// What everybody knows.
    pub board: &'a G::Board,
    /// The map.
    pub map: &'a MapOf<G>,
}

/// What the truth of a tick did to the prediction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reconciled {
    /// It had been predicted to the bit.
    Agreed,
    /// It had not: the newest position of what moved farthest moved by this much, position units.
    Corrected(IVec2),
    /// There was nothing to compare with: a first state, another life, a clock that jumped.
    Began,
}

impl<G: Game> Clone for Around<'_, G> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<G: Game> Copy for Around<'_, G> {}

impl<G: Game> Default for Prediction<G> {
    fn default() -> Self {
        let work = Work { entities: Vec::new(), born: Vec::new() };
        Self { inputs: VecDeque::new(), steps: Steps::default(), births: Births::default(), moves: Vec::new(), work }
    }
}

impl<G: Game> Prediction<G> {
    /// Applies the input of `tick`. Ticks left out since the one before are played without any, as the server does
    /// once it has repeated the last input for a while.
    pub fn advance(&mut self, tick: Tick, input: G::Input, around: Around<'_, G>) {
        if self.inputs.back().is_some_and(|&(newest, _)| tick <= newest) {
            self.clear();
        }
        if self.inputs.len() == PREDICTED_TICKS_MAX {
            self.inputs.pop_front();
        }
        self.inputs.push_back((tick, input));
        self.catch_up(around);
    }

    /// Takes in what the server says was true at the end of `tick`.
    pub fn reconcile(&mut self, tick: Tick, truth: Steered<'_, G>, around: Around<'_, G>) -> Reconciled {
        self.steps.forget_before(tick);
        let Some((_, predicted)) = self.steps.oldest().filter(|(oldest, _)| *oldest == tick) else {
            self.begin(tick, &truth, around);
            return Reconciled::Began;
        };
        let same_entities = predicted.entities.iter().map(|(id, _)| id).eq(truth.entities.iter().map(|(id, _)| id));
        if same_entities && G::agrees(&predicted, &truth) {
            self.steps.for_each(|entities, own| G::adopt(entities, own, &truth));
            return Reconciled::Agreed;
        }
        // Something else is steered now: what has gone or has come is no error, and what is left goes on from the truth.
        let begins_anew = same_entities && G::begins_anew(&predicted, &truth);
        let mut moves = std::mem::take(&mut self.moves);
        moves.clear();
        moves.extend(self.newest_positions(around.map));
        self.begin(tick, &truth, around);
        moves.retain_mut(|(id, moved)| {
            let now = self.newest_positions(around.map).find(|(other, _)| other == id);
            *moved = now.map_or(IVec2::ZERO, |(_, position)| position - *moved);
            now.is_some()
        });
        let farthest = moves
            .iter()
            .map(|&(_, moved)| moved)
            .max_by(|one, other| one.as_vec2().length_squared().total_cmp(&other.as_vec2().length_squared()));
        self.moves = moves;
        if begins_anew { Reconciled::Began } else { Reconciled::Corrected(farthest.unwrap_or_default()) }
    }

    /// The server says that the player steers nothing. Its inputs stay: what it steers next may have been born some ticks ago.
    pub fn end(&mut self) {
        self.steps.clear();
    }

    /// How far the last [`Reconciled::Corrected`] moved each entity, position units.
    pub fn moves(&self) -> &[(EntityId, IVec2)] {
        &self.moves
    }

    /// The newest tick predicted.
    pub fn newest(&self) -> Option<Tick> {
        self.steps.newest().map(|(tick, _)| tick)
    }

    /// What the player steers at the newest tick predicted.
    pub fn steered(&self) -> Option<Steered<'_, G>> {
        self.steps.newest().map(|(_, steered)| steered)
    }

    /// The entities a tick after the newest, if `intent` stays what it is: what is drawn lies on the way there, so that a
    /// key shows its effect in the next frame.
    pub fn next(&mut self, intent: &G::Input, around: Around<'_, G>) -> Option<&[(EntityId, G::Entity)]> {
        let (tick, Steered { entities, own }) = self.steps.newest()?;
        self.work.begin(entities);
        self.work.play(tick.next(), &mut own.clone(), Some(intent), around);
        Some(&self.work.entities)
    }

    /// Whether the player steered this entity in the newest tick that is surely known, and steers it no more in the newest one predicted: it
    /// has merged with another one, or ended.
    pub fn has_removed(&self, id: EntityId) -> bool {
        let steers = |step: Option<(Tick, Steered<'_, G>)>| {
            step.is_some_and(|(_, Steered { entities, .. })| entities.iter().any(|&(other, _)| other == id))
        };
        steers(self.steps.oldest()) && !steers(self.steps.newest())
    }

    /// What was brought into being ahead of the server.
    pub fn births(&self) -> &Births<G::Entity> {
        &self.births
    }

    /// The same, to compare it with what the server sends.
    pub fn births_mut(&mut self) -> &mut Births<G::Entity> {
        &mut self.births
    }

    /// Forgets everything; the next truth begins anew.
    pub fn clear(&mut self) {
        self.inputs.clear();
        self.steps.clear();
        self.births.clear();
    }

    /// Starts at the truth of `tick` and plays all inputs after it.
    fn begin(&mut self, tick: Tick, truth: &Steered<'_, G>, around: Around<'_, G>) {
        self.births.forget_after(tick);
        self.steps.begin(tick, truth);
        self.catch_up(around);
    }

    /// Plays on to the newest input.
    fn catch_up(&mut self, around: Around<'_, G>) {
        let Some((newest, (oldest, _))) = self.inputs.back().map(|&(tick, _)| tick).zip(self.steps.oldest()) else {
            return;
        };
        if newest.since(oldest) as usize >= PREDICTED_TICKS_MAX {
            // Nothing has been heard of it for so long that a guess would only mislead.
            return self.steps.clear();
        }
        let Self { inputs, steps, births, work, .. } = self;
        let Some((tick, Steered { entities, own })) = steps.newest() else { return };
        let mut own = *own;
        work.begin(entities);
        let from = inputs.partition_point(|&(input, _)| input <= tick);
        let mut inputs = inputs.range(from..).peekable();
        for tick in (tick.next().0..=newest.0).map(Tick) {
            let input = inputs.next_if(|(input, _)| *input == tick).map(|(_, input)| input);
            work.play(tick, &mut own, input, around);
            for first in work.born.drain(..) {
                births.push::<G>(tick, first, around.map);
            }
            steps.push(tick, &work.entities, own);
        }
    }

    fn newest_positions(&self, map: &MapOf<G>) -> impl Iterator<Item = (EntityId, IVec2)> {
        let entities = self.steps.newest().map_or(&[][..], |(_, steered)| steered.entities);
        entities.iter().map(|(id, entity)| (*id, entity.position(map)))
    }
}

impl<G: Game> Work<G> {
    fn begin(&mut self, entities: &[(EntityId, G::Entity)]) {
        self.entities.clear();
        self.entities.extend_from_slice(entities);
    }

    /// One tick, in the order of the server's.
    fn play(&mut self, tick: Tick, own: &mut G::Own, input: Option<&G::Input>, around: Around<'_, G>) {
        let Self { entities, born } = self;
        let Around { player, board, map } = around;
        born.clear();
        own.step();
        G::control(&mut Control { player, tick, entities, own, input, board, map, born });
    }
}

#[cfg(test)]
mod tests;
