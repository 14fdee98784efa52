//! Prediction of what the player steers: every input takes effect here as soon as it is made, by the same rules as on the server.
//!
//! In: inputs, tick by tick (`advance`), and the server's states of earlier ticks as they arrive (`reconcile`). Out: the entities and
//! the own record at the newest input, and the entities that they created and that the server may not have sent yet.
//!
//! Reconciliation is exact, because both ends compute with integers. Either the predicted state of a tick equals the server's bit for
//! bit, or the inputs since are applied again to the server's state.

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

/// The steered entities at each tick, from the newest tick known from the server to the newest input.
#[derive(Debug)]
pub struct Prediction<G: Game> {
    /// Oldest first. There is a gap where the clock jumped.
    inputs: VecDeque<(Tick, G::Input)>,
    /// The oldest step is the server's state.
    steps: Steps<G>,
    births: Births<G::Entity>,
    /// How far the last correction moved the newest states, position units.
    moves: Vec<(EntityId, IVec2)>,
    work: Work<G>,
}

/// Scratch buffers for one tick.
#[derive(Debug)]
struct Work<G: Game> {
    entities: Vec<(EntityId, G::Entity)>,
    born: Vec<G::Entity>,
}

/// The arguments of the game's rules other than the steered entities.
#[derive(Debug)]
pub struct Around<'a, G: Game> {
    /// The player who steers.
    pub player: PlayerId,
    /// The game's state that every player knows.
    pub board: &'a G::Board,
    /// The map.
    pub map: &'a MapOf<G>,
}

/// Result of a comparison of the prediction with the server's state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reconciled {
    /// The prediction was right.
    Agreed,
    /// The prediction was wrong. This is the largest move of an entity's newest position, position units.
    Corrected(IVec2),
    /// There was no prediction to compare with: a first state, a new life, a clock that jumped.
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
    /// Applies the input of `tick`. Ticks that were skipped before it are played without input, as the server does
    /// after it has repeated the last input for a while.
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

    /// Compares the prediction with the server's state at the end of `tick`, and corrects it.
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
        // If the set of steered entities has changed, an entity that came or went is no error; the others continue from the truth.
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

    /// Ends the prediction because the server sent no steered entity. The inputs stay: the next steered entity may have been created
    /// some ticks ago.
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

    /// The steered entities and the own record at the newest tick predicted.
    pub fn steered(&self) -> Option<Steered<'_, G>> {
        self.steps.newest().map(|(_, steered)| steered)
    }

    /// The entities one tick after the newest, if `intent` does not change. Drawing interpolates towards them, so that a key press
    /// shows its effect in the next frame.
    pub fn next(&mut self, intent: &G::Input, around: Around<'_, G>) -> Option<&[(EntityId, G::Entity)]> {
        let (tick, Steered { entities, own }) = self.steps.newest()?;
        self.work.begin(entities);
        self.work.play(tick.next(), &mut own.clone(), Some(intent), around);
        Some(&self.work.entities)
    }

    /// Returns true if the entity is steered in the newest tick known from the server and not in the newest predicted one: it has merged
    /// with another one, or ended.
    pub fn has_removed(&self, id: EntityId) -> bool {
        let steers = |step: Option<(Tick, Steered<'_, G>)>| {
            step.is_some_and(|(_, Steered { entities, .. })| entities.iter().any(|&(other, _)| other == id))
        };
        steers(self.steps.oldest()) && !steers(self.steps.newest())
    }

    /// The entities created ahead of the server.
    pub fn births(&self) -> &Births<G::Entity> {
        &self.births
    }

    /// The same, to compare it with what the server sends.
    pub fn births_mut(&mut self) -> &mut Births<G::Entity> {
        &mut self.births
    }

    /// Drops everything; the prediction restarts from the next state of the server.
    pub fn clear(&mut self) {
        self.inputs.clear();
        self.clear_states();
    }

    /// Drops everything but the inputs. Those on their way count after the next state of the server too, so they are played again on it.
    pub fn clear_states(&mut self) {
        self.steps.clear();
        self.births.clear();
    }

    /// Restarts from the server's state of `tick` and plays all inputs after it.
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
            // The last state from the server is so old that a prediction would be wrong.
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

    /// Plays one tick, in the server's order of steps.
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
