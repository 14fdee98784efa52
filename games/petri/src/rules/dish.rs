//! The match: everything in the dish.

use serde::{Deserialize, Serialize};
use shared::{
    EntityId, PlayerId,
    game::{Control, Events, Game, IVec2, NoBot, Profile, Slots, Start, Turn, Viewpoint},
    rng::Rng,
};

use super::{Herd, herd};
use crate::{
    NAME, VERSION,
    board::Board,
    entity::{Cell, Pellet, Thing},
    event::Event,
    input::Wish,
    limits::{CELLS_MAX, CRUMBS_MAX},
    own::OwnCells,
    plate,
    settings::Settings,
};

/// See the module.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Dish {
    rng: Rng,
    start_mass: u32,
    seats: Vec<Seat>,
    pellets: Vec<Pellet>,
}

/// What belongs to a seat.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
struct Seat {
    taken: bool,
    hue: u8,
    cells: Herd,
    own: OwnCells,
}

impl Game for Dish {
    const NAME: &'static str = NAME;
    const VERSION: u16 = VERSION;

    type Entity = Thing;
    type Input = Wish;
    type Own = OwnCells;
    type Event = Event;
    type Board = Board;
    type Settings = Settings;
    type Bot = NoBot;

    fn new(start: &Start<'_, Self>) -> Self {
        let mut rng = Rng::new(start.seed);
        let side = start.map.side();
        let mut anywhere = || IVec2::new(rng.between(0, side), rng.between(0, side));
        let pellets = (0..start.settings.pellets).map(|n| Pellet { position: anywhere(), hue: n as u8 }).collect();
        let seats = vec![Seat::default(); start.seats.into()];
        Self { rng, start_mass: start.settings.start_mass, seats, pellets }
    }

    fn join(&mut self, player: PlayerId, _: &Profile, _: &mut Events<Event>) {
        let hue = self.rng.below(256) as u8;
        if let Some(seat) = self.seats.get_mut(player.index()) {
            *seat = Seat { taken: true, hue, ..Seat::default() };
        }
    }

    fn leave(&mut self, player: PlayerId, _: &mut Events<Event>) {
        self.seats.get_mut(player.index()).into_iter().for_each(|seat| *seat = Seat::default());
    }

    fn step(&mut self, turn: &mut Turn<'_, Self>) {
        let side = turn.map.side();
        for (owner, seat) in (0..).map(PlayerId).zip(&mut self.seats).filter(|(_, seat)| seat.taken) {
            shared::game::Own::step(&mut seat.own);
            if seat.cells.iter().all(Option::is_none) {
                let position = IVec2::new(self.rng.between(0, side), self.rng.between(0, side));
                let (mass, hue) = (self.start_mass, seat.hue);
                seat.cells[0] = Some(Cell { position, impulse: IVec2::ZERO, heading: 0, pace: 0, mass, owner, hue });
            } else {
                herd::live(&mut seat.cells, turn.input(owner), turn.map);
            }
        }
    }

    fn slots(&self) -> Slots {
        let tracked = self.seats.len() * CELLS_MAX;
        Slots { tracked, all: tracked + self.pellets.len() + CRUMBS_MAX }
    }

    fn entities(&self) -> impl Iterator<Item = (EntityId, Thing)> {
        let cells = self.seats.iter().flat_map(|seat| &seat.cells).map(|cell| cell.map(Thing::Cell));
        let pellets = self.pellets.iter().map(|&pellet| Some(Thing::Pellet(pellet)));
        (0..).map(EntityId).zip(cells.chain(pellets)).filter_map(|(id, thing)| Some((id, thing?)))
    }

    fn viewpoint(&self, player: PlayerId) -> Option<Viewpoint> {
        let seat = self.seats.get(player.index())?;
        let position = herd::centre(&seat.cells)?;
        let (slot, _) = seat.cells.iter().enumerate().find(|(_, cell)| cell.is_some())?;
        let entity = EntityId((player.index() * CELLS_MAX + slot) as u16);
        let mass = seat.cells.iter().flatten().map(|cell| cell.mass).sum();
        Some(Viewpoint { entity: Some(entity), position, radius_px: Some(plate::view_px(mass)) })
    }

    fn own(&self, player: PlayerId) -> OwnCells {
        self.seats.get(player.index()).map(|seat| seat.own).unwrap_or_default()
    }

    fn is_steered(player: PlayerId, _: EntityId, thing: &Thing) -> bool {
        matches!(thing, Thing::Cell(cell) if cell.owner == player)
    }

    fn control(control: &mut Control<'_, Self>) {
        let mut cells = Herd::default();
        for (id, thing) in &*control.entities {
            if let Thing::Cell(cell) = thing {
                cells[id.index() % CELLS_MAX] = Some(*cell);
            }
        }
        herd::live(&mut cells, control.input.copied().unwrap_or_default(), control.map);
        for (id, thing) in &mut *control.entities {
            if let Some(cell) = cells[id.index() % CELLS_MAX] {
                *thing = Thing::Cell(cell);
            }
        }
    }
}
