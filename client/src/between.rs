//! The scene of a replay between two ticks of a match. A replay has every state, so nothing is predicted or extrapolated.

use shared::{
    EntityId, PlayerId, Tick,
    game::{Entity, Game, Key, MapOf, Pose, Replicate, Scene, Shown},
};

/// All entities at the end of a tick and of the next tick, each in the order of ids.
#[derive(Debug)]
pub struct Between<'a, G: Game> {
    /// The first of the two ticks.
    pub tick: Tick,
    /// The entities at its end.
    pub before: &'a [(EntityId, G::Entity)],
    /// The entities at the end of the next tick.
    pub after: &'a [(EntityId, G::Entity)],
    /// Part of the time between the two ends that has passed, 0..=1.
    pub part: f32,
    /// The player who is followed and that player's own record. Its entities are drawn as steered.
    pub own: Option<(PlayerId, G::Own)>,
    /// The map.
    pub map: &'a MapOf<G>,
}

impl<G: Game> Between<'_, G> {
    /// Fills a scene for this time.
    pub fn fill(&self, scene: &mut Scene<G>) {
        let Self { tick, part, .. } = *self;
        scene.clear();
        scene.render_tick = f64::from(tick.0) + f64::from(part);
        scene.input_tick = scene.render_tick;
        scene.own = self.own.map(|(_, own)| own).unwrap_or_default();
        for &(id, state) in self.before {
            let Some(pose) = self.pose(id, &state) else { continue };
            let key = G::birth(&state, tick, self.map).map_or(Key::Entity(id), Key::Birth);
            let shown = Shown { key, pose, guessed: 0.0, predicted: false };
            let is_own = self.own.is_some_and(|(player, _)| G::is_steered(player, id, &state));
            if is_own { scene.steered.push(shown) } else { scene.others.push(shown) }
        }
    }

    fn pose(&self, id: EntityId, state: &G::Entity) -> Option<Pose<G::Entity>> {
        let Self { tick, after, part, map, .. } = *self;
        let birth = |state, tick| G::birth(state, tick, map);
        let later = after.binary_search_by_key(&id, |&(id, _)| id).ok().map(|index| &after[index].1);
        match later {
            Some(later) if later.kind() == state.kind() && birth(later, tick.next()) == birth(state, tick) => {
                let pose = state.between(later, part.into(), 1, map);
                // Only the pose is interpolated: all other changes of a tick are shown at its end.
                Some(Pose { state: *state, ..pose })
            }
            // An entity that ends within the tick, because it hit something, moves on until the tick's end.
            _ if state.is_sent_once() => state.ahead(part.into(), map),
            _ => Some(Pose::still(*state, map)),
        }
    }
}

#[cfg(test)]
mod tests {
    use arena::{
        entity::{CraftFlags, CraftState, EntityState, PickupState, ShellState},
        input::Heading,
        own::OwnState,
        rules::World,
    };
    use glam::{IVec2, Vec2};
    use shared::quantize::POSITION_PER_PX;

    use super::*;
    use crate::fixtures::{spawn, terrain};

    fn craft(x: i32, health: u8) -> EntityState {
        aiming(x, health, 0)
    }

    fn aiming(x: i32, health: u8, aim: u8) -> EntityState {
        EntityState::Craft(CraftState {
            position: IVec2::new(x, 100) * POSITION_PER_PX,
            velocity: IVec2::ZERO,
            heading: Heading::NONE,
            aim,
            health,
            flags: CraftFlags(0),
        })
    }

    #[track_caller]
    fn scene(before: &[(EntityId, EntityState)], after: &[(EntityId, EntityState)], part: f32) -> Scene<World> {
        let own = Some((PlayerId(1), OwnState { rail_shots: 2, ..OwnState::default() }));
        drawn(&Between { tick: Tick(9), before, after, part, own, map: &terrain() })
    }

    fn drawn(moment: &Between<'_, World>) -> Scene<World> {
        let mut scene = Scene::default();
        moment.fill(&mut scene);
        scene
    }

    #[track_caller]
    fn craft_of(shown: &Shown<EntityState>) -> CraftState {
        let EntityState::Craft(craft) = shown.pose.state else { panic!("{shown:?} is a craft") };
        craft
    }

    fn turns(state: &EntityState) -> f32 {
        let EntityState::Craft(craft) = state else { return 0.0 };
        f32::from(craft.aim) / 256.0
    }

    #[test]
    fn crafts_are_between_the_ticks_and_the_followed_one_is_the_own() {
        let (a, b) = (EntityId(0), EntityId(1));
        let before = [(a, craft(100, 50)), (b, craft(300, 60))];
        let after = [(a, craft(110, 40)), (b, aiming(300, 60, 64))];
        let scene = scene(&before, &after, 0.25);
        assert_eq!(scene.render_tick, 9.25);
        assert_eq!((scene.others.len(), scene.steered.len()), (1, 1));
        assert_eq!(scene.others[0].pose.position, Vec2::new(102.5, 100.0));
        assert_eq!(craft_of(&scene.others[0]).health, 50, "what happens in a tick is seen at its end");
        assert_eq!((scene.steered[0].key, scene.own.rail_shots), (Key::Entity(b), 2));
        assert_eq!(scene.steered[0].pose.turn(turns), 0.0625);
        assert_eq!(scene.intent, None, "a replay has no intent");
    }

    #[test]
    fn respawn_is_no_flight() {
        let id = EntityId(0);
        let scene = scene(&[(id, craft(100, 0))], &[(id, craft(900, 100))], 0.9);
        assert_eq!((scene.others[0].pose.position.x, craft_of(&scene.others[0]).health), (100.0, 0));
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
            let before = [(EntityId(40), state)];
            drawn(&Between { tick: Tick(tick), before: &before, after: &[], part: 0.5, own: None, map: &terrain })
                .others[0]
                .key
        };
        assert_eq!(key(100, 20), key(101, 19));
        assert_ne!(key(100, 20), key(101, 20));
        let taken = EntityState::Pickup(PickupState { place: 0, available: false });
        assert_eq!(scene(&[(EntityId(9), taken)], &[], 0.0).others[0].pose.state, taken);
    }
}
