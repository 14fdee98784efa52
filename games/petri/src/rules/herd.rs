//! The cells of one player, and the effects of an input on them. The server and the player's client run the same
//! function.

use shared::{
    PlayerId, Tick,
    game::{Entity, IVec2},
    trig,
};

use crate::{
    entity::{CRUMB_MASS, Cell, Crumb, PACE_MAX},
    input::Wish,
    limits::{CELLS_MAX, MASS_MAX},
    own::OwnCells,
    plate::{self, Plate},
};

/// The cells of one player by slot.
pub(crate) type Herd = [Option<Cell>; CELLS_MAX];

/// The centre of the cells' mass, position units; `None` without cells.
pub(crate) fn centre(herd: &Herd) -> Option<IVec2> {
    let (mut sum, mut mass) = ([0; 2], 0);
    for cell in herd.iter().flatten() {
        let weight = i64::from(cell.mass.max(1));
        sum = [sum[0] + weight * i64::from(cell.position.x), sum[1] + weight * i64::from(cell.position.y)];
        mass += weight;
    }
    (mass > 0).then(|| IVec2::new((sum[0] / mass) as i32, (sum[1] / mass) as i32))
}

/// The mass of all cells together.
pub(crate) fn mass(herd: &Herd) -> u32 {
    herd.iter().flatten().map(|cell| cell.mass).sum()
}

/// True if a player's cells digest in this tick: twice per second, at different ticks for different players.
pub(crate) fn digests(player: PlayerId, tick: Tick, plate: &Plate) -> bool {
    tick.0.wrapping_add(player.0.into()).is_multiple_of(plate.ticks(DIGEST_MS).into())
}

/// Arguments of one player's tick.
pub(crate) struct Life<'a> {
    pub(crate) player: PlayerId,
    pub(crate) tick: Tick,
    pub(crate) plate: &'a Plate,
    pub(crate) wish: Wish,
}

impl Life<'_> {
    /// Runs one tick of the cells. The timers of `own` must have run already. `born` receives ejected crumbs.
    pub(crate) fn step(&self, herd: &mut Herd, own: &mut OwnCells, born: impl FnMut(Crumb)) {
        let Some(centre) = centre(herd) else { return };
        if digests(self.player, self.tick, self.plate) {
            digest(herd, own);
        }
        let point = centre + self.wish.point();
        herd.iter_mut().flatten().for_each(|cell| steer(cell, point));
        if self.wish.split && own.split_ticks == 0 {
            self.split(herd, own);
        }
        if self.wish.eject && own.eject_ticks == 0 {
            self.eject(herd, own, born);
        }
        for cell in herd.iter_mut().flatten() {
            cell.step(self.plate);
        }
        self.meet(herd, own);
    }

    /// Splits every large cell in two halves; one of them gets an impulse.
    fn split(&self, herd: &mut Herd, own: &mut OwnCells) {
        let plate = self.plate;
        own.split_ticks = plate.ticks(SPLIT_PAUSE_MS) as u8;
        let large = std::array::from_fn::<_, CELLS_MAX, _>(|slot| herd[slot].is_some_and(|c| c.mass >= SPLIT_MASS_MIN));
        for slot in (0..CELLS_MAX).filter(|&slot| large[slot]) {
            let (Some(free), Some(cell)) = (herd.iter().position(Option::is_none), &mut herd[slot]) else { return };
            let half = cell.mass / 2;
            cell.mass -= half;
            let speed = plate.per_tick(SPLIT_SPEED) + cell.radius() * SPLIT_SPEED_PER_RADIUS / i32::from(plate.hz());
            let ahead = Cell { mass: half, impulse: plate::along(cell.heading, speed), ..*cell };
            let merges = MERGE_MS + cell.mass * MERGE_MS_PER_MASS;
            herd[free] = Some(ahead);
            (own.merge_ticks[slot], own.merge_ticks[free]) = (plate.ticks(merges), plate.ticks(merges));
            own.digests[free] = 0;
        }
    }

    /// Every large cell ejects a crumb.
    fn eject(&self, herd: &mut Herd, own: &mut OwnCells, mut born: impl FnMut(Crumb)) {
        let plate = self.plate;
        own.eject_ticks = plate.ticks(EJECT_PAUSE_MS) as u8;
        for (slot, cell) in (0..).zip(herd.iter_mut()) {
            let Some(cell) = cell.as_mut().filter(|cell| cell.mass >= EJECT_MASS_MIN) else { continue };
            cell.mass -= EJECT_COST;
            born(Crumb {
                position: plate.clamp(cell.position + plate::along(cell.heading, cell.radius())),
                impulse: plate::along(cell.heading, plate.per_tick(EJECT_SPEED)),
                ticks_left: plate.ticks(CRUMB_MS),
                owner: cell.owner,
                slot,
                hue: cell.hue,
            });
        }
    }

    /// Cells that have just split push each other apart; after a while they merge.
    fn meet(&self, herd: &mut Herd, own: &mut OwnCells) {
        let radii = herd.map(|cell| cell.map_or(0, |cell| cell.radius()));
        for (one, other) in (0..CELLS_MAX).flat_map(|one| (one + 1..CELLS_MAX).map(move |other| (one, other))) {
            let (Some(a), Some(b)) = (herd[one], herd[other]) else { continue };
            let (way, reach) = (b.position - a.position, radii[one] + radii[other]);
            if way.x.abs() >= reach || way.y.abs() >= reach {
                continue;
            }
            let distance = length(way);
            if own.merge_ticks[one] == 0 && own.merge_ticks[other] == 0 {
                if distance < radii[one].max(radii[other]) {
                    herd[one] = Some(merged(&a, &b));
                    herd[other] = None;
                    own.digests[one] = own.digests[one].saturating_add(std::mem::take(&mut own.digests[other]));
                }
                continue;
            }
            let flies = |cell: &Cell| cell.impulse.abs().max_element() > self.plate.per_tick(FLIES_SPEED);
            let overlap = reach - distance;
            if overlap <= 0 || flies(&a) || flies(&b) {
                continue;
            }
            // The lighter cell moves more. Only half of the overlap is removed per tick, so that groups of cells do not
            // tremble.
            let part =
                |mass: u32| (i64::from(overlap / 2) * i64::from(mass) / i64::from((a.mass + b.mass).max(1))) as i32;
            let apart = |part: i32| match distance {
                0 => plate::along(a.heading, part),
                _ => scaled(way, part, distance),
            };
            let (back, ahead) = (apart(part(b.mass)), apart(part(a.mass)));
            herd[one] = Some(Cell { position: self.plate.clamp(a.position - back), ..a });
            herd[other] = Some(Cell { position: self.plate.clamp(b.position + ahead), ..b });
        }
    }
}

/// Adds mass that was swallowed some time ago, and subtracts the decay, a part of the mass.
fn digest(herd: &mut Herd, own: &mut OwnCells) {
    for (cell, eaten) in herd.iter_mut().zip(&mut own.digests) {
        let Some(cell) = cell else { continue };
        cell.mass = (cell.mass - cell.mass / DECAY + u32::from(std::mem::take(eaten))).min(MASS_MAX);
    }
}

/// Turns a cell to a point. It slows down near the point, so that it does not tremble there.
fn steer(cell: &mut Cell, point: IVec2) {
    let way = point - cell.position;
    cell.pace = (length(way) / SLOWS_PER_PACE).min(PACE_MAX.into()) as u8;
    if cell.pace > 0 {
        // Rounds to the nearest of 256 angles.
        cell.heading = ((trig::angle_of(way) + 2) / 4) as u8;
    }
}

fn merged(a: &Cell, b: &Cell) -> Cell {
    let (first, second) = (i64::from(a.mass.max(1)), i64::from(b.mass.max(1)));
    let between = |a: i32, b: i32| ((i64::from(a) * first + i64::from(b) * second) / (first + second)) as i32;
    let position = IVec2::new(between(a.position.x, b.position.x), between(a.position.y, b.position.y));
    Cell { position, mass: (a.mass + b.mass).min(MASS_MAX), ..*a }
}

pub(crate) fn length(way: IVec2) -> i32 {
    (i64::from(way.x).pow(2) + i64::from(way.y).pow(2)).isqrt() as i32
}

/// Scales a vector of this length to the length `part`.
fn scaled(way: IVec2, part: i32, length: i32) -> IVec2 {
    let scaled = |component: i32| (i64::from(component) * i64::from(part) / i64::from(length)) as i32;
    IVec2::new(scaled(way.x), scaled(way.y))
}

/// The tick in which a crumb was ejected.
pub(crate) fn birth_tick(crumb: &Crumb, tick: Tick, plate: &Plate) -> Tick {
    tick.minus(plate.ticks(CRUMB_MS).saturating_sub(crumb.ticks_left).into())
}

/// Distance from the point per step of the pace, position units: full speed at 75 px.
const SLOWS_PER_PACE: i32 = 5 * 16;
/// Time between two digestions: longer than a round trip, see [`OwnCells`].
const DIGEST_MS: u32 = 500;
/// The decay per digestion is one part in this many.
const DECAY: u32 = 800;
/// Smallest mass that splits.
const SPLIT_MASS_MIN: u32 = 40;
const SPLIT_PAUSE_MS: u32 = 200;
/// Speed of the half that shoots ahead, px/s.
const SPLIT_SPEED: i32 = 1_000;
/// Additional speed of a large half, position units per second per unit of its radius, so that it leaves the other
/// half.
const SPLIT_SPEED_PER_RADIUS: i32 = 3;
/// Impulse above which a cell is not pushed, px/s.
const FLIES_SPEED: i32 = 60;
/// Time until halves may merge.
const MERGE_MS: u32 = 12_000;
/// Additional time per unit of a half's mass, ms.
const MERGE_MS_PER_MASS: u32 = 10;
/// Smallest mass that ejects.
const EJECT_MASS_MIN: u32 = 48;
/// Mass that a cell loses with a crumb; the crumb has less, and the rest disappears.
const EJECT_COST: u32 = CRUMB_MASS + 4;
const EJECT_PAUSE_MS: u32 = 120;
/// Speed of an ejected crumb, px/s.
const EJECT_SPEED: i32 = 900;
/// Time until a crumb dissolves.
const CRUMB_MS: u32 = 60_000;
