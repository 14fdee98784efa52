//! Pellets and crumbs.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use shared::{
    Tick,
    game::{Entity, IVec2},
    rng::Rng,
};

use super::grid::Grid;
use crate::{
    entity::{CRUMB_MASS, Crumb, PELLET_MASS, Pellet},
    limits::CRUMBS_MAX,
    plate::Plate,
};

/// All food. Ids of pellets follow those of cells, ids of crumbs follow those of pellets.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Food {
    /// By id; `None` is a pellet that was swallowed.
    pellets: Vec<Option<Pellet>>,
    /// Pellets that come back, with their ticks; the earliest first.
    resting: VecDeque<(Tick, u16)>,
    /// By id. A new crumb takes the id after the last one, so that an id stays unused for a while.
    crumbs: Vec<Option<Crumb>>,
    next_crumb: u16,
    #[serde(skip)]
    grid: Grid<Bite>,
}

/// Index of a pellet, or number of pellets plus index of a crumb.
type Bite = u16;

impl Food {
    pub(super) fn new(pellets: u16, plate: &Plate, rng: &mut Rng) -> Self {
        let pellets = (0..pellets).map(|_| Some(pellet(plate, rng))).collect();
        Self { pellets, ..Self::default() }
    }

    /// One tick: crumbs glide and dissolve, swallowed pellets come back elsewhere.
    pub(super) fn step(&mut self, tick: Tick, plate: &Plate, rng: &mut Rng) {
        for crumb in &mut self.crumbs {
            *crumb = crumb.take().and_then(|mut crumb| crumb.step(plate).then_some(crumb));
        }
        while self.resting.front().is_some_and(|&(due, _)| due <= tick) {
            let Some((_, place)) = self.resting.pop_front() else { break };
            if let Some(place) = self.pellets.get_mut(usize::from(place)) {
                *place = Some(pellet(plate, rng));
            }
        }
    }

    /// Adds a crumb; it is lost if its slot is still used.
    pub(super) fn eject(&mut self, crumb: Crumb) {
        let place = usize::from(self.next_crumb);
        if place >= self.crumbs.len() {
            self.crumbs.resize(place + 1, None);
        }
        if self.crumbs[place].is_none() {
            self.crumbs[place] = Some(crumb);
            self.next_crumb = (self.next_crumb + 1) % CRUMBS_MAX as u16;
        }
    }

    /// Rebuilds the grid for [`Food::near`].
    pub(super) fn look_up(&mut self, plate: &Plate) {
        let pellets = self.pellets.iter().map(|pellet| pellet.map(|pellet| pellet.position));
        let crumbs = self.crumbs.iter().map(|crumb| crumb.map(|crumb| crumb.position));
        self.grid
            .rebuild(plate, (0..).zip(pellets.chain(crumbs)).filter_map(|(bite, position)| Some((position?, bite))));
    }

    /// Food near a position at the last [`Food::look_up`]; some of it may have been swallowed since.
    pub(super) fn near(&self, centre: IVec2, radius: i32) -> impl Iterator<Item = (IVec2, Bite)> {
        self.grid.near(centre, radius)
    }

    /// Removes a pellet or crumb and returns its mass, 0 if it is gone already.
    pub(super) fn swallow(&mut self, bite: Bite, comes_back: Tick) -> u32 {
        let bite_index = usize::from(bite);
        if let Some(place) = self.pellets.get_mut(bite_index) {
            let is_there = place.take().is_some();
            if is_there {
                self.resting.push_back((comes_back, bite));
            }
            return if is_there { PELLET_MASS } else { 0 };
        }
        let crumb = self.crumbs.get_mut(bite_index - self.pellets.len());
        crumb.and_then(Option::take).map_or(0, |_| CRUMB_MASS)
    }

    /// All pellets, in the order of their ids.
    pub(super) fn pellets(&self) -> &[Option<Pellet>] {
        &self.pellets
    }

    /// All crumbs, in the order of their ids.
    pub(super) fn crumbs(&self) -> &[Option<Crumb>] {
        &self.crumbs
    }

    /// The other values that the next steps depend on, as words for a hash.
    pub(super) fn words(&self) -> impl Iterator<Item = u64> {
        let Self { pellets: _, resting, crumbs, next_crumb, grid: _ } = self;
        let resting = resting.iter().map(|&(tick, place)| u64::from(tick.0) << 16 | u64::from(place));
        [u64::from(*next_crumb), crumbs.len() as u64].into_iter().chain(resting)
    }

    /// True if the rules could have produced this food; checks a checkpoint.
    pub(super) fn fits(&self, pellets: u16, plate: &Plate) -> bool {
        let is_on = |position: IVec2| position == plate.clamp(position);
        self.pellets.len() == usize::from(pellets)
            && self.crumbs.len() <= CRUMBS_MAX
            && usize::from(self.next_crumb) < CRUMBS_MAX
            && self.resting.len() == self.pellets.iter().filter(|pellet| pellet.is_none()).count()
            && self.pellets.iter().flatten().all(|pellet| is_on(pellet.position))
            && self.crumbs.iter().flatten().all(|crumb| is_on(crumb.position) && crumb.is_sane())
    }
}

fn pellet(plate: &Plate, rng: &mut Rng) -> Pellet {
    Pellet { position: plate.anywhere(rng), hue: rng.below(256) as u8 }
}
