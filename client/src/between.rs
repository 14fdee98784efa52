//! The scene of a whole world between two of its ticks: what a replay draws, which knows everything and waits for
//! nothing.

use arena::{
    entity::{CraftState, EntityState},
    own::OwnState,
    rules::Terrain,
};
use shared::{EntityId, PlayerId, Tick, game::Entity};

use crate::{
    interpolate::{between, shell_pose},
    predict::born,
    scene::{CraftShown, OwnShown, PickupShown, Scene, craft_player},
    screen::shell_shown,
};

/// Everything at the end of a tick and of the next, each in the order of ids.
#[derive(Clone, Copy, Debug)]
pub struct Between<'a> {
    /// The first of the two ticks.
    pub tick: Tick,
    /// What there was at its end.
    pub before: &'a [(EntityId, EntityState)],
    /// What there was at the end of the next.
    pub after: &'a [(EntityId, EntityState)],
    /// Where between them, 0..=1.
    pub part: f32,
    /// Whose craft is shown as the own one, with what only its player knew.
    pub own: Option<(PlayerId, OwnState)>,
    /// The map and the numbers.
    pub terrain: &'a Terrain,
}

impl Scene {
    /// Fills it with the moment.
    pub fn fill_between(&mut self, moment: &Between<'_>) {
        let Between { tick, before, after, part, own, terrain } = *moment;
        self.clear();
        self.render_tick = f64::from(tick.0) + f64::from(part);
        self.input_tick = self.render_tick;
        let hz = f32::from(terrain.rules.tick_rate.hz());
        for &(id, state) in before {
            let later = after.binary_search_by_key(&id, |&(id, _)| id).ok().map(|index| &after[index].1);
            match state {
                EntityState::Craft(craft) => {
                    let Some(player) = craft_player(id, &state) else { continue };
                    let later = later.filter(|later| matches!(later, EntityState::Craft(_))).unwrap_or(&state);
                    let shown = craft_shown(player, &craft, later, part, hz, terrain);
                    match own.filter(|(followed, _)| *followed == player) {
                        Some((_, timers)) => self.own = Some(OwnShown::new(shown, &timers, &terrain.rules)),
                        None => self.crafts.push(shown),
                    }
                }
                // One that hits somebody within the tick flies on to its end: that is inside of whom it hit.
                EntityState::Shell(shell) => {
                    let Some(pose) = shell_pose(shell, part.into(), terrain) else { continue };
                    let born = born(tick, &shell, terrain);
                    self.shells.extend(shell_shown(&pose, shell.owner, born, false, terrain));
                }
                EntityState::Pickup(pickup) => {
                    let kind = terrain.map.pickups()[usize::from(pickup.place)].kind;
                    let position = shared::quantize::position_to_px(state.position(terrain));
                    self.pickups.push(PickupShown { place: pickup.place, position, kind, available: pickup.available });
                }
            }
        }
    }
}

fn craft_shown(
    player: PlayerId,
    craft: &CraftState,
    later: &EntityState,
    part: f32,
    hz: f32,
    terrain: &Terrain,
) -> CraftShown {
    let pose = between(&EntityState::Craft(*craft), later, part.into(), 1, terrain);
    CraftShown::new(player, craft, pose.position, pose.velocity * hz, pose.angle)
}

#[cfg(test)]
mod tests {
    use arena::{
        entity::{CraftFlags, PickupState, ShellState},
        input::Heading,
    };
    use glam::{IVec2, Vec2};
    use shared::quantize::POSITION_PER_PX;

    use super::*;
    use crate::fixtures::{spawn, terrain};

    fn craft(x: i32, health: u8) -> EntityState {
        EntityState::Craft(CraftState {
            position: IVec2::new(x, 100) * POSITION_PER_PX,
            velocity: IVec2::ZERO,
            heading: Heading::NONE,
            aim: 0,
            health,
            flags: CraftFlags(0),
        })
    }

    #[track_caller]
    fn scene(before: &[(EntityId, EntityState)], after: &[(EntityId, EntityState)], part: f32) -> Scene {
        let mut scene = Scene::default();
        let own = Some((PlayerId(1), OwnState { rail_shots: 2, ..OwnState::default() }));
        scene.fill_between(&Between { tick: Tick(9), before, after, part, own, terrain: &terrain() });
        scene
    }

    #[test]
    fn crafts_are_between_the_ticks_and_the_followed_one_is_the_own() {
        let (a, b) = (EntityId(0), EntityId(1));
        let before = [(a, craft(100, 50)), (b, craft(300, 60))];
        let after = [(a, craft(110, 40)), (b, craft(300, 60))];
        let scene = scene(&before, &after, 0.25);
        assert_eq!(scene.render_tick, 9.25);
        assert_eq!(scene.crafts.len(), 1);
        assert_eq!(scene.crafts[0].position, Vec2::new(102.5, 100.0));
        assert_eq!(scene.crafts[0].health, 50, "what happens in a tick is seen at its end");
        let own = scene.own.unwrap();
        assert_eq!((own.craft.player, own.rail_shots), (PlayerId(1), 2));
    }

    #[test]
    fn respawn_is_no_flight() {
        let id = EntityId(0);
        let scene = scene(&[(id, craft(100, 0))], &[(id, craft(900, 100))], 0.9);
        assert_eq!((scene.crafts[0].position.x, scene.crafts[0].health), (100.0, 0));
    }

    #[test]
    fn shells_keep_their_key_while_they_fly_and_pickups_their_place() {
        let terrain = terrain();
        let shell = ShellState {
            position: spawn(&terrain, 0),
            velocity: IVec2::ZERO,
            owner: PlayerId(3),
            bounces_left: 2,
            ticks_left: 20,
        };
        let key = |tick: u32, ticks_left: u16| {
            let state = EntityState::Shell(ShellState { ticks_left, ..shell });
            let mut scene = Scene::default();
            let before = [(EntityId(40), state)];
            scene.fill_between(&Between {
                tick: Tick(tick),
                before: &before,
                after: &[],
                part: 0.5,
                own: None,
                terrain: &terrain,
            });
            scene.shells[0].key
        };
        assert_eq!(key(100, 20), key(101, 19));
        assert_ne!(key(100, 20), key(101, 20));
        let taken = EntityState::Pickup(PickupState { place: 0, available: false });
        assert!(!scene(&[(EntityId(9), taken)], &[], 0.0).pickups[0].available);
    }
}
