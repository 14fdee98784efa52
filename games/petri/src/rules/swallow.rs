//! Swallowing: a cell swallows food inside of it, and much smaller cells of other players.

use shared::{
    PlayerId, Tick,
    game::{Audience, Events, IVec2},
};

use super::{food::Food, grid::Grid, herd::length, seat::Seat};
use crate::{entity::Cell, entity_id, event::Event, plate::Plate};

/// A cell in the grid: its owner and slot.
pub(super) type Place = (PlayerId, u8);

/// Arguments of a tick of swallowing.
pub(super) struct Swallowing<'a> {
    pub(super) seats: &'a mut [Seat],
    pub(super) food: &'a mut Food,
    pub(super) cells: &'a mut Grid<Place>,
    pub(super) plate: &'a Plate,
    pub(super) tick: Tick,
    pub(super) pellet_ticks: u32,
    pub(super) return_ticks: u16,
}

impl Swallowing<'_> {
    /// Lets every cell swallow, in the order of ids.
    pub(super) fn run(&mut self, events: &mut Events<Event>) {
        self.food.look_up(self.plate);
        let places = (0..).map(PlayerId).zip(&*self.seats).flat_map(|(player, seat)| {
            let cells = (0..).zip(&seat.cells);
            cells.filter_map(move |(slot, cell)| Some((cell.as_ref()?.position, (player, slot))))
        });
        self.cells.rebuild(self.plate, places);
        for player in 0..self.seats.len() {
            for slot in 0..self.seats[player].cells.len() {
                // Read again each time, because the cell may have been swallowed in this tick.
                if let Some(cell) = self.seats[player].cells[slot] {
                    self.graze(player, slot, &cell);
                    self.hunt(player, slot, &cell, events);
                }
            }
        }
    }

    fn graze(&mut self, player: usize, slot: usize, cell: &Cell) {
        let (radius, comes_back) = (cell.radius(), self.tick.plus(self.pellet_ticks));
        let mut eaten = 0;
        let mut found = Found::default();
        for (position, bite) in self.food.near(cell.position, radius) {
            if is_within(position - cell.position, radius) {
                found.push(bite);
            }
        }
        for &bite in found.as_slice() {
            eaten += self.food.swallow(bite, comes_back);
        }
        if eaten > 0 {
            self.seats[player].eat(slot, eaten);
        }
    }

    fn hunt(&mut self, player: usize, slot: usize, cell: &Cell, events: &mut Events<Event>) {
        let Self { seats, cells, .. } = self;
        let radius = cell.radius();
        for (position, (owner, prey_slot)) in cells.near(cell.position, radius) {
            if owner.index() == player || !is_within(position - cell.position, radius) {
                continue;
            }
            let seat = &mut seats[owner.index()];
            let prey_slot = usize::from(prey_slot);
            let Some(prey) = seat.cells[prey_slot] else { continue };
            if !swallows(cell, &prey) {
                continue;
            }
            let gained = seat.lose(prey_slot);
            let by = PlayerId(player as u16);
            let happened = Event::Swallowed { by, owner, position, mass: prey.mass };
            events.tell(Audience::Seeing(entity_id(by, slot)), happened);
            if !seat.is_alive() {
                seat.own.return_ticks = self.return_ticks;
                let (best_mass, ticks) = seat.life(self.tick);
                let secs = (ticks / u32::from(self.plate.hz())).min(u16::MAX.into()) as u16;
                events.tell(Audience::Players([Some(owner), None]), Event::Ended { by, best_mass, secs });
            }
            seats[player].eat(slot, gained);
        }
    }
}

/// True if one cell swallows another one: it is a quarter heavier, and most of the other lies inside of it.
pub fn swallows(one: &Cell, other: &Cell) -> bool {
    outweighs(one.mass, other.mass) && length(other.position - one.position) < one.radius() - other.radius() * 2 / 5
}

/// True if a mass is large enough to swallow another one.
pub(crate) fn outweighs(one: u32, other: u32) -> bool {
    u64::from(one) * 4 >= u64::from(other) * 5
}

fn is_within(way: IVec2, radius: i32) -> bool {
    i64::from(way.x).pow(2) + i64::from(way.y).pow(2) < i64::from(radius).pow(2)
}

/// Food that one cell swallows in one tick; more waits for the next tick.
#[derive(Default)]
struct Found {
    bites: [u16; 32],
    count: usize,
}

impl Found {
    fn push(&mut self, bite: u16) {
        if let Some(place) = self.bites.get_mut(self.count) {
            *place = bite;
            self.count += 1;
        }
    }

    fn as_slice(&self) -> &[u16] {
        &self.bites[..self.count]
    }
}
