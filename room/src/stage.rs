//! State that lasts as long as a map: the history of the entities and everything that snapshots are made with.

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

/// The map state of one world: the room's own, or the delayed copy for spectators.
#[derive(Debug)]
pub(crate) struct Stage<G: Game> {
    pub(crate) map_index: usize,
    pub(crate) radius: Radius,
    pub(crate) history: History<G::Entity>,
    grid: Grid,
    /// The entities by position, for computer opponents to search.
    pub(crate) opponents_grid: Grid,
    fragments: Fragments,
    checksums: Checksums,
}

/// The usual radius of a search by a computer opponent, position units. It sets the size of the grid's cells.
const OPPONENTS_LOOK: i32 = 512 * POSITION_PER_PX;
/// Step of the seat that comes first, per tick. A prime, so that every seat comes first in turn, unless the number of seats is a multiple
/// of it.
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

    /// Records the newest tick, unless the game breaks its contract in it: see [`History::breach`].
    pub(crate) fn record(&mut self, play: &Play<G>) {
        self.history.record(play.tick(), play.map(), play.game().slots(), play.game().entities());
    }

    /// Sorts the entities of the newest tick by position, for the searches of computer opponents.
    pub(crate) fn look_for_opponents(&mut self, play: &Play<G>) {
        let Self { history, opponents_grid, .. } = self;
        let placed = |id| history.current(id).map(|state| (id, state.position(play.map())));
        opponents_grid.rebuild(history.alive().iter().copied().filter_map(placed));
    }

    /// Makes the snapshots of the newest tick of `play` for everybody in `circle`. This must be the map state of `play`.
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
        // The first seat changes from tick to tick, so that no player is always last; for the exception see `ROTATION`.
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

/// Radius within which players know entities, px, unless the game sets another one.
pub(crate) fn interest_px<G: Game>(config: &RoomConfig<G>, play: &Play<G>) -> u32 {
    config.interest_px.unwrap_or_else(|| play.map().interest_px())
}

/// True if the game itself sets the view radius of its players.
fn sees_otherwise<G: Game>(play: &Play<G>) -> bool {
    let mut views = play.roster().players().filter_map(|player| play.game().viewpoint(player, play.map()));
    views.next().is_some_and(|view| view.radius_px.is_some())
}

/// The player that a spectator watches who has chosen nobody, or whose player has left: the next taken seat after `seat`, and after the
/// last one the first. `None` while all seats are empty.
pub(crate) fn next_to_watch(roster: &Roster, seat: PlayerId) -> Option<PlayerId> {
    roster.players().find(|&taken| taken > seat).or_else(|| roster.players().next())
}
