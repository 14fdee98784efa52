//! Bots for rooms and load tests: they swallow pellets, flee from larger cells and chase smaller ones.

use shared::{
    game::{Behavior, Bot, IVec2, Sight},
    quantize::POSITION_PER_PX,
    rng::Rng,
};

use crate::{
    entity::{CRUMB_MASS, Cell, PELLET_MASS, Thing},
    entity_id,
    input::Wish,
    limits::CELLS_MAX,
    plate::{self, Plate},
    rules::{Dish, length, outweighs},
};

/// A bot and its memory.
#[derive(Clone, Debug)]
pub struct Microbe {
    hunts: bool,
    rng: Rng,
    /// Its input until it thinks again; buttons are pressed for one tick only.
    wish: Wish,
    thinks_in: u32,
    /// Point to swim to while there is nothing else to do.
    goal: IVec2,
}

/// Summary of the bot's own cells.
struct Body {
    centre: IVec2,
    largest: Cell,
    smallest_mass: u32,
    mass: u32,
    cells: usize,
}

impl Bot<Dish> for Microbe {
    const BEHAVIORS: &'static [Behavior] = &[
        Behavior {
            name: "hunt",
            about: "grazes, flees from larger cells, chases smaller ones and splits to catch them",
        },
        Behavior { name: "graze", about: "swallows pellets and flees from larger cells" },
    ];
    const NAMES: &'static [&'static str] = &[
        "Amoeba",
        "Bacillus",
        "Ciliate",
        "Diatom",
        "Euglena",
        "Flagella",
        "Gonium",
        "Hydra",
        "Ichthy",
        "Julida",
        "Kelp",
        "Laminar",
        "Monad",
        "Nostoc",
        "Opalina",
        "Pandorina",
        "Quorum",
        "Rotifer",
        "Spirillum",
        "Tardigrade",
        "Ulva",
        "Volvox",
        "Wolffia",
        "Xanthid",
        "Yeast",
        "Zygote",
    ];

    fn new(behavior: usize, seed: u64) -> Self {
        Self { hunts: behavior == 0, rng: Rng::new(seed), wish: Wish::default(), thinks_in: 0, goal: IVec2::ZERO }
    }

    fn input(&mut self, sight: &impl Sight<Dish>) -> Wish {
        let buttons = Wish { split: false, eject: false, ..self.wish };
        if self.thinks_in > 0 {
            self.thinks_in -= 1;
            self.wish = buttons;
            return self.wish;
        }
        // A random pause, so that not all bots of a room think in the same tick.
        self.thinks_in = THINKS_TICKS - 1 + self.rng.below(3);
        self.wish = body(sight).map_or_else(Wish::default, |body| self.think(sight, &body));
        self.wish
    }
}

impl Microbe {
    fn think(&mut self, sight: &impl Sight<Dish>, body: &Body) -> Wish {
        let own_radius = body.largest.radius();
        let looks = (plate::view_px(body.mass).min(LOOKS_PX_MAX) as i32) * POSITION_PER_PX;
        let (mut away, mut prey, mut food) = (IVec2::ZERO, None, None);
        // Sums and minima do not depend on the order, which differs between the server's sight and a client's.
        for (id, thing) in sight.near(body.centre, looks) {
            let (position, mass) = match thing {
                Thing::Pellet(pellet) => (pellet.position, PELLET_MASS),
                Thing::Crumb(crumb) => (crumb.position, CRUMB_MASS),
                Thing::Cell(cell) if cell.owner == sight.player() => continue,
                Thing::Cell(cell) => {
                    let way = cell.position - body.centre;
                    let gap = (length(way) - cell.radius() - own_radius).max(1);
                    if outweighs(cell.mass, body.smallest_mass) && gap < FLEES {
                        away -= way * (FLEES / POSITION_PER_PX) / (gap + FLEES / 8);
                    } else if self.hunts && outweighs(body.largest.mass, cell.mass) && gap < CHASES {
                        let rank = (gap / cell.mass.isqrt().max(1) as i32, id);
                        prey = prey.filter(|&(best, _)| best < rank).or(Some((rank, cell)));
                    }
                    continue;
                }
            };
            let rank = (length(position - body.centre) * 4 / mass.isqrt().max(1) as i32, id);
            food = food.filter(|&(best, _)| best < rank).or(Some((rank, position)));
        }
        if away != IVec2::ZERO {
            return Wish::to(along_edge(body.centre, away, sight.map()) * 64);
        }
        if let Some((_, cell)) = prey {
            let ahead = cell.position + plate::along(cell.heading, sight.map().speed(cell.mass) * 8);
            let reach = own_radius + SPLIT_REACH;
            let split = outweighs(body.largest.mass / 2, cell.mass)
                && body.cells < SPLIT_CELLS_MAX
                && length(cell.position - body.largest.position) < reach
                && self.rng.chance(1, 3);
            return Wish { split, ..Wish::to(ahead - body.centre) };
        }
        if let Some((_, position)) = food {
            // A large bot sometimes ejects a crumb, which feeds others.
            let eject = body.mass > EJECTS_MASS && self.rng.chance(1, 40);
            return Wish { eject, ..Wish::to((position - body.centre) * 4) };
        }
        if length(self.goal - body.centre) < own_radius + 16 * POSITION_PER_PX || self.rng.chance(1, 60) {
            self.goal = sight.map().anywhere(&mut self.rng);
        }
        Wish::to(self.goal - body.centre)
    }
}

/// Turns a direction along the edge of the plate if it would lead into the edge.
fn along_edge(centre: IVec2, away: IVec2, plate: &Plate) -> IVec2 {
    let blocked = |at: i32, way: i32| at <= EDGE && way < 0 || at >= plate.side() - EDGE && way > 0;
    let (x, y) = (blocked(centre.x, away.x), blocked(centre.y, away.y));
    let slide = away.x.abs() + away.y.abs() + 1;
    match (x, y) {
        (false, false) => away,
        (true, false) => IVec2::new(0, if away.y < 0 { -slide } else { slide }),
        (false, true) => IVec2::new(if away.x < 0 { -slide } else { slide }, 0),
        // In a corner it swims to the centre, past what it flees from.
        (true, true) => IVec2::splat(plate.side() / 2) - centre,
    }
}

fn body(sight: &impl Sight<Dish>) -> Option<Body> {
    let cell = |slot| match sight.entity(entity_id(sight.player(), slot)) {
        Some(Thing::Cell(cell)) => Some(cell),
        _ => None,
    };
    let cells: [Option<Cell>; CELLS_MAX] = std::array::from_fn(cell);
    let largest = *cells.iter().flatten().max_by_key(|cell| cell.mass)?;
    Some(Body {
        centre: crate::rules::centre(&cells)?,
        largest,
        smallest_mass: cells.iter().flatten().map(|cell| cell.mass).min()?,
        mass: cells.iter().flatten().map(|cell| cell.mass).sum(),
        cells: cells.iter().flatten().count(),
    })
}

/// Ticks between two decisions.
const THINKS_TICKS: u32 = 5;
/// Largest distance that a bot looks at, px: farther cells would not change its decision.
const LOOKS_PX_MAX: u32 = 1_600;
/// Gap to a larger cell below which it flees, position units.
const FLEES: i32 = 320 * POSITION_PER_PX;
/// Gap to a smaller cell below which it chases it, position units.
const CHASES: i32 = 600 * POSITION_PER_PX;
/// Distance that a half reaches after a split, position units.
const SPLIT_REACH: i32 = 200 * POSITION_PER_PX;
/// Number of cells from which it does not split.
const SPLIT_CELLS_MAX: usize = 4;
/// Mass above which it ejects crumbs now and then.
const EJECTS_MASS: u32 = 300;
/// Distance to the edge below which it does not flee toward the edge, position units.
const EDGE: i32 = 40 * POSITION_PER_PX;
