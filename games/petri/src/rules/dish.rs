//! The match: the whole state of the dish, and the order of a tick.

use serde::{Deserialize, Serialize};
use shared::{
    PlayerId, Tick,
    game::{Events, IVec2, Turn},
    rng::Rng,
};

use super::{
    food::Food,
    grid::Grid,
    herd::{self, Life},
    seat::Seat,
    swallow::{Place, Swallowing},
};
use crate::{
    event::{Event, LEADERS, Leader},
    input::Wish,
    plate::{self, Plate},
    settings::Settings,
};

/// State of a match.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dish {
    pub(super) settings: Settings,
    pub(super) rng: Rng,
    pub(super) seats: Vec<Seat>,
    pub(super) food: Food,
    /// The largest players as they were last sent.
    pub(super) leaders: Vec<Leader>,
    #[serde(skip)]
    cells: Grid<Place>,
}

impl Dish {
    pub(super) fn begin(settings: Settings, seats: u16, plate: &Plate, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let food = Food::new(settings.pellets, plate, &mut rng);
        let seats = vec![Seat::default(); seats.into()];
        Self { settings, rng, seats, food, leaders: Vec::new(), cells: Grid::default() }
    }

    /// Runs a tick: food, each player's cells, swallowing, then respawns.
    pub(super) fn tick(&mut self, turn: &mut Turn<'_, Self>) {
        let (tick, plate) = (turn.tick, turn.map);
        self.food.step(tick, plate, &mut self.rng);
        for (player, seat) in (0..).map(PlayerId).zip(&mut self.seats).filter(|(_, seat)| seat.taken) {
            shared::game::Own::step(&mut seat.own);
            let life = Life { player, tick, plate, wish: turn.input(player) };
            life.step(&mut seat.cells, &mut seat.own, |crumb| self.food.eject(crumb));
            seat.digest(player, tick, plate);
        }
        let Self { settings, seats, food, cells, .. } = self;
        let hz = u32::from(plate.hz());
        let (pellet_ticks, return_ticks) = (u32::from(settings.pellet_secs) * hz, settings.return_secs * plate.hz());
        Swallowing { seats, food, cells, plate, tick, pellet_ticks, return_ticks }.run(turn.events);
        for index in 0..self.seats.len() {
            let player = PlayerId(index as u16);
            if self.seats[index].taken && !self.seats[index].is_alive() {
                self.come_back(player, turn.input(player), tick, plate);
            }
        }
        if tick.0.is_multiple_of(LEADERS_SECS * hz) {
            self.rank(turn.events);
        }
    }

    fn come_back(&mut self, player: PlayerId, wish: Wish, tick: Tick, plate: &Plate) {
        let left = self.seats[player.index()].own.return_ticks;
        let waited = (self.settings.return_secs * plate.hz()).saturating_sub(left);
        let is_asked = (wish.split || wish.eject) && waited >= plate.ticks(RETURN_MS_MIN);
        if left == 0 || is_asked {
            let position = self.free_place(plate);
            let mass = self.settings.start_mass;
            self.seats[player.index()].begin(player, position, mass, tick);
        }
    }

    /// A position far from all cells, if one of a few random ones is.
    fn free_place(&mut self, plate: &Plate) -> IVec2 {
        let mut place = plate.anywhere(&mut self.rng);
        for _ in 0..PLACE_TRIES {
            // Cells that respawned in this tick are not in the grid yet; they are small.
            let is_free = self.cells.near(place, FREE).all(|(position, (owner, slot))| {
                let cell = self.seats[owner.index()].cells[usize::from(slot)];
                cell.is_none_or(|cell| herd::length(position - place) > FREE / 2 + cell.radius())
            });
            if is_free {
                break;
            }
            place = plate.anywhere(&mut self.rng);
        }
        place
    }

    /// Sends the largest players if they changed, and sets the rank of each player.
    fn rank(&mut self, events: &mut Events<Event>) {
        let leader = |(seat, taken): (u16, &Seat)| Leader { seat, mass: herd::mass(&taken.cells) };
        let mut ranked: Vec<_> = (0..).zip(&self.seats).map(leader).filter(|leader| leader.mass > 0).collect();
        ranked.sort_unstable_by_key(|leader| (std::cmp::Reverse(leader.mass), leader.seat));
        self.seats.iter_mut().for_each(|seat| seat.own.place = 0);
        for (place, leader) in (1..).zip(&ranked) {
            self.seats[usize::from(leader.seat)].own.place = place;
        }
        ranked.truncate(LEADERS);
        if self.leaders != ranked {
            self.leaders = ranked;
            events.all(self.leaders());
        }
    }

    /// The largest players as an event.
    pub(super) fn leaders(&self) -> Event {
        let leader = |place: usize| self.leaders.get(place).copied().unwrap_or_default();
        Event::Leaders { count: self.leaders.len().min(LEADERS) as u8, leaders: std::array::from_fn(leader) }
    }

    /// View distance of a player, px: at least to the far edge of its farthest cell.
    pub(super) fn sees_px(seat: &Seat, centre: IVec2) -> u32 {
        let reach = seat.cells.iter().flatten().map(|cell| herd::length(cell.position - centre) + cell.radius()).max();
        let reach_px = reach.unwrap_or(0) / shared::quantize::POSITION_PER_PX;
        // Rounded up to steps, so that it does not change in every tick.
        let reach_px = (reach_px as u32 + REACH_STEP_PX).next_multiple_of(REACH_STEP_PX);
        plate::view_px(herd::mass(&seat.cells)).max(reach_px)
    }
}

/// Seconds between two leaderboards.
const LEADERS_SECS: u32 = 2;
/// Shortest time before a button ends the wait: the player sees how it was swallowed.
const RETURN_MS_MIN: u32 = 400;
/// Number of random positions tried.
const PLACE_TRIES: usize = 8;
/// Radius around a position in which cells are checked, position units: 1,200 px.
const FREE: i32 = 1_200 * 16;
/// Step of the view distance, see [`Dish::sees_px`].
const REACH_STEP_PX: u32 = 128;
