//! What the player steers, tick by tick, side by side: the same entities in every tick.

use std::collections::VecDeque;

use shared::{
    EntityId, Tick,
    game::{Game, Steered},
};

/// See the module. Without gaps, oldest first.
#[derive(Debug)]
pub(super) struct Steps<G: Game> {
    ticks: VecDeque<(Tick, G::Own)>,
    /// `width` of each tick.
    entities: Vec<(EntityId, G::Entity)>,
    width: usize,
}

impl<G: Game> Default for Steps<G> {
    fn default() -> Self {
        Self { ticks: VecDeque::new(), entities: Vec::new(), width: 0 }
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
        self.width = first.entities.len();
        self.push(tick, first.entities, *first.own);
    }

    /// Adds the next tick.
    pub(super) fn push(&mut self, tick: Tick, entities: &[(EntityId, G::Entity)], own: G::Own) {
        debug_assert_eq!(entities.len(), self.width, "the same entities in every tick");
        self.ticks.push_back((tick, own));
        self.entities.extend_from_slice(entities);
    }

    /// Drops the ticks before this one, but keeps the newest of those if this one is not there.
    pub(super) fn forget_before(&mut self, tick: Tick) {
        let gone = self.ticks.partition_point(|&(step, _)| step <= tick).saturating_sub(1);
        self.ticks.drain(..gone);
        self.entities.drain(..gone * self.width);
    }

    pub(super) fn oldest(&self) -> Option<(Tick, Steered<'_, G>)> {
        let (tick, own) = self.ticks.front()?;
        Some((*tick, Steered { entities: &self.entities[..self.width], own }))
    }

    pub(super) fn newest(&self) -> Option<(Tick, Steered<'_, G>)> {
        let (tick, own) = self.ticks.back()?;
        Some((*tick, Steered { entities: &self.entities[self.entities.len() - self.width..], own }))
    }

    /// Hands out every tick, to be changed.
    pub(super) fn for_each(&mut self, mut change: impl FnMut(&mut [(EntityId, G::Entity)], &mut G::Own)) {
        // Nothing is steered only while there are no steps.
        for (entities, (_, own)) in self.entities.chunks_exact_mut(self.width.max(1)).zip(&mut self.ticks) {
            change(entities, own);
        }
    }
}
