//! The states of the steered entities for a run of ticks, in one array. The number of entities may differ between ticks.

use std::collections::VecDeque;

use shared::{
    EntityId, Tick,
    game::{Game, Steered},
};

/// See the module. The ticks have no gaps; the oldest is first.
#[derive(Debug)]
pub(super) struct Steps<G: Game> {
    ticks: VecDeque<Step<G::Own>>,
    /// The entities of all ticks, in the order of ticks.
    entities: Vec<(EntityId, G::Entity)>,
}

#[derive(Debug)]
struct Step<O> {
    tick: Tick,
    own: O,
    /// Number of entities in this tick.
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

    /// Drops all ticks and starts with this one.
    pub(super) fn begin(&mut self, tick: Tick, first: &Steered<'_, G>) {
        self.clear();
        self.push(tick, first.entities, *first.own);
    }

    /// Adds the next tick.
    pub(super) fn push(&mut self, tick: Tick, entities: &[(EntityId, G::Entity)], own: G::Own) {
        self.ticks.push_back(Step { tick, own, count: entities.len() });
        self.entities.extend_from_slice(entities);
    }

    /// Drops the ticks before `tick`. If `tick` itself is missing, the newest tick before it stays.
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

    /// Calls `change` for every tick, oldest first.
    pub(super) fn for_each(&mut self, mut change: impl FnMut(&mut [(EntityId, G::Entity)], &mut G::Own)) {
        let mut entities = &mut self.entities[..];
        for Step { own, count, .. } in &mut self.ticks {
            let (these, later) = entities.split_at_mut(*count);
            change(these, own);
            entities = later;
        }
    }
}
