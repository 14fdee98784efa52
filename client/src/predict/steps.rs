//! What the player steers, tick by tick, side by side.

use std::collections::VecDeque;

use shared::{
    EntityId, Tick,
    game::{Game, Steered},
};

/// See the module. Without gaps, oldest first.
#[derive(Debug)]
pub(super) struct Steps<G: Game> {
    ticks: VecDeque<Step<G::Own>>,
    /// Those of each tick behind those of the tick before.
    entities: Vec<(EntityId, G::Entity)>,
}

#[derive(Debug)]
struct Step<O> {
    tick: Tick,
    own: O,
    /// Entities in this tick.
    count: usize,
}

impl<G: Game> Default for Steps<G> {
    fn default() -> Self {
        Self { ticks: VecDeque::new(), entities: Vec::new() }
    }
}

impl<G: Game> Steps<G> {
    pub(super) fn clear(&mut self) {
        self.ticks.clear();
        self.entities.clear();
    }

    /// Begins with a tick.
    pub(super) fn begin(&mut self, tick: Tick, first: &Steered<'_, G>) {
        self.clear();
        self.push(tick, first.entities, *first.own);
    }

    /// Adds the next tick.
    pub(super) fn push(&mut self, tick: Tick, entities: &[(EntityId, G::Entity)], own: G::Own) {
        self.ticks.push_back(Step { tick, own, count: entities.len() });
        self.entities.extend_from_slice(entities);
    }

    /// Drops the ticks before this one, but keeps the newest of those if this one is not there.
    pub(super) fn forget_before(&mut self, tick: Tick) {
        let gone = self.ticks.partition_point(|step| step.tick <= tick).saturating_sub(1);
        let entities: usize = self.ticks.drain(..gone).map(|step| step.count).sum();
        self.entities.drain(..entities);
    }

    pub(super) fn oldest(&self) -> Option<(Tick, Steered<'_, G>)> {
        let Step { tick, own, count } = self.ticks.front()?;
        Some((*tick, Steered { entities: &self.entities[..*count], own }))
    }

    pub(super) fn newest(&self) -> Option<(Tick, Steered<'_, G>)> {
        let Step { tick, own, count } = self.ticks.back()?;
        Some((*tick, Steered { entities: &self.entities[self.entities.len() - count..], own }))
    }

    /// Hands out every tick, to be changed.
    pub(super) fn for_each(&mut self, mut change: impl FnMut(&mut [(EntityId, G::Entity)], &mut G::Own)) {
        let mut entities = &mut self.entities[..];
        for Step { own, count, .. } in &mut self.ticks {
            let (these, later) = entities.split_at_mut(*count);
            change(these, own);
            entities = later;
        }
    }
}
