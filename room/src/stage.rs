//! What lasts as long as a map: the past of its entities and what snapshots are made with. Shows a match to members.

use shared::{
    PlayerId,
    game::{Entity, Game, Map},
    quantize::POSITION_PER_PX,
};

use crate::{
    config::RoomConfig,
    history::History,
    interest::{Grid, Radius},
    output::Outbox,
    play::Play,
    replication::{Checksums, Fragments, Scene},
    roster::Roster,
    seats::{Circle, Seats},
    stats::RoomStats,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Stage<G: Game> {
    pub(crate) map_index: usize,
    pub(crate) radius: Radius,
    pub(crate) history: History<G::Entity>,
    grid: Grid,
    /// Where everything is, for computer opponents to look around in.
    pub(crate) opponents_grid: Grid,
    fragments: Fragments,
    checksums: Checksums,
}

/// How far computer opponents mostly look, position units.
const OPPONENTS_LOOK: i32 = 512 * POSITION_PER_PX;
/// A prime, so that the order of players visits every rotation.
const ROTATION: usize = 7;

impl<G: Game> Stage<G> {
    pub(crate) fn new(config: &RoomConfig<G>, play: &Play<G>, map_index: usize) -> Self {
        let (slots, size) = (play.game().slots(), play.map().size());
        let radius = Radius::new(interest_px(config, play), size);
        Self {
            map_index,
            radius,
            history: History::new(slots, play.tick()),
            grid: Grid::new(size, radius.leave()),
            opponents_grid: Grid::new(size, OPPONENTS_LOOK),
            fragments: Fragments::new(slots),
            checksums: Checksums::new(slots.all),
        }
    }

    /// Takes in the tick that was just made, unless the game breaks its contract in it: see [`History::breach`].
    pub(crate) fn record(&mut self, play: &Play<G>) {
        self.history.record(play.tick(), play.map(), play.game().slots(), play.game().entities());
    }

    /// Prepares for computer opponents to look around in the newest tick.
    pub(crate) fn look_for_opponents(&mut self, play: &Play<G>) {
        let Self { history, opponents_grid, .. } = self;
        let placed = |id| history.current(id).map(|state| (id, state.position(play.map())));
        opponents_grid.rebuild(history.alive().iter().copied().filter_map(placed));
    }

    /// Makes the snapshots of the newest tick of `play`, whose stage this is, for everybody in `circle`.
    pub(crate) fn replicate(
        &mut self,
        play: &Play<G>,
        seats: &mut Seats<G>,
        circle: Circle,
        reduction: u8,
        outbox: &mut Outbox,
        stats: &mut RoomStats,
    ) {
        let Self { radius, history, grid, fragments, checksums, .. } = self;
        let (tick, map) = (play.tick(), play.map());
        if (!radius.covers_map() || sees_otherwise(play)) && seats.humans() + seats.spectators() > 0 {
            let placed = |id| history.current(id).map(|state| (id, state.position(map)));
            grid.rebuild(history.alive().iter().copied().filter_map(placed));
        }
        let extents = history.alive().iter().filter_map(|&id| Some(history.current(id)?.extent(map)));
        let extent_max = extents.max().unwrap_or(0);
        fragments.begin(tick);
        checksums.begin(tick);
        let scene = Scene { play, history, radius: *radius, grid, extent_max, reduction };
        // Nobody is last every tick.
        for (member, player) in seats.humans_from((tick.0 as usize).wrapping_mul(ROTATION)) {
            if !player.is_told() || !circle.holds(member) {
                continue;
            }
            let halved = reduction >= 2 && !tick.0.wrapping_add(member.ordinal().into()).is_multiple_of(2);
            if player.blocked || halved {
                player.replica.skip(radius);
                stats.snapshots_skipped += 1;
                player.stats.snapshots_skipped += 1;
                continue;
            }
            if member.is_spectator() {
                player.replica.follow_somebody(play);
            }
            let own = member.player().map(|seat| play.game().own(seat)).unwrap_or_default();
            let feedback = player.take_feedback();
            let contents = player.replica.snapshot(&scene, own, feedback, fragments, checksums, outbox);
            stats.snapshots += 1;
            stats.updates += contents.updates as u64;
            stats.snapshots_full += u64::from(contents.full);
            player.stats.snapshots_full += u32::from(contents.full);
        }
    }
}

/// The radius within which entities become known where the game says nothing else, px.
pub(crate) fn interest_px<G: Game>(config: &RoomConfig<G>, play: &Play<G>) -> u32 {
    config.interest_px.unwrap_or_else(|| play.map().interest_px())
}

/// Whether the game says itself how far its players see.
fn sees_otherwise<G: Game>(play: &Play<G>) -> bool {
    let mut views = play.roster().players().filter_map(|player| play.game().viewpoint(player, play.map()));
    views.next().is_some_and(|view| view.radius_px.is_some())
}

/// Whom a spectator watches who has chosen nobody, or whose choice has left: the next taken seat after `seat`, and after the
/// last one the first. `None` while all are empty.
pub(crate) fn next_to_watch(roster: &Roster, seat: PlayerId) -> Option<PlayerId> {
    roster.players().find(|&taken| taken > seat).or_else(|| roster.players().next())
}
