//! What lasts as long as a map: the past of its entities and what snapshots are made with. Shows a world to members.

use arena::{limits::PICKUPS_MAX, rules::world::World};
use shared::{PlayerId, game::Entity};

use crate::{
    config::RoomConfig,
    history::History,
    interest::{Grid, Radius},
    output::Outbox,
    replication::{Checksums, Fragments, Scene},
    seats::{Circle, Seats},
    stats::RoomStats,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) map_index: usize,
    pub(crate) radius: Radius,
    pub(crate) history: History,
    grid: Grid,
    fragments: Fragments,
    checksums: Checksums,
}

/// A prime, so that the order of players visits every rotation.
const ROTATION: usize = 7;

impl Stage {
    pub(crate) fn new(config: &RoomConfig, world: &World, map_index: usize) -> Self {
        let terrain = world.terrain();
        let slots = world.entity_slots();
        let tracked = usize::from(config.seats) + terrain.map.pickups().len().min(PICKUPS_MAX);
        let radius = Radius::new(interest_px(config, world), &terrain.map);
        Self {
            map_index,
            radius,
            history: History::new(slots, tracked, world.tick()),
            grid: Grid::new(&terrain.map, radius.leave()),
            fragments: Fragments::new(slots, tracked),
            checksums: Checksums::new(slots),
        }
    }

    /// Makes the snapshots of the newest tick of `world`, whose stage this is, for everybody in `circle`.
    pub(crate) fn replicate(
        &mut self,
        world: &World,
        seats: &mut Seats,
        circle: Circle,
        reduction: u8,
        outbox: &mut Outbox,
        stats: &mut RoomStats,
    ) {
        let Self { radius, history, grid, fragments, checksums, .. } = self;
        let tick = world.tick();
        let terrain = world.terrain();
        if !radius.covers_map() && seats.humans() + seats.spectators() > 0 {
            let placed = |id| history.current(id).map(|state| (id, state.position(terrain)));
            grid.rebuild(history.alive().iter().copied().filter_map(placed));
        }
        fragments.begin(tick);
        checksums.begin(tick);
        let scene = Scene { history, terrain, radius: *radius, grid, reduction };
        // Nobody is last every tick.
        for (member, player) in seats.humans_from((tick.0 as usize).wrapping_mul(ROTATION)) {
            if !player.is_told() || !circle.holds(member) {
                continue;
            }
            let halved = reduction >= 2 && !tick.0.wrapping_add(member.ordinal().into()).is_multiple_of(2);
            if player.blocked || halved {
                player.replica.skip(*radius);
                stats.snapshots_skipped += 1;
                player.stats.snapshots_skipped += 1;
                continue;
            }
            if member.is_spectator() {
                player.replica.follow_somebody(world);
            }
            let own = member.player().map(|seat| world.own(seat)).unwrap_or_default();
            let feedback = player.take_feedback();
            let contents = player.replica.snapshot(&scene, own, feedback, fragments, checksums, outbox);
            stats.snapshots += 1;
            stats.updates += contents.updates as u64;
            stats.snapshots_full += u64::from(contents.full);
            player.stats.snapshots_full += u32::from(contents.full);
        }
    }
}

/// The radius within which entities become known, px.
pub(crate) fn interest_px(config: &RoomConfig, world: &World) -> u32 {
    config.interest_px.unwrap_or_else(|| world.terrain().map.interest_px())
}

/// Whom a spectator watches who has chosen nobody, or whose choice has left: the next taken seat after `seat`, and after the
/// last one the first. `None` while all are empty.
pub(crate) fn next_to_watch(world: &World, seat: PlayerId) -> Option<PlayerId> {
    world.taken_seats().find(|&taken| taken > seat).or_else(|| world.taken_seats().next())
}
