//! The screen of a player of the arena.

use arena::{entity::EntityState, rules::World};
use glam::Vec2;
use shared::{
    EntityId, PlayerId,
    game::{Key, Pose, Shown},
};

/// A frame that was drawn.
pub type Frame<G = World> = testkit::watcher::Frame<G>;

/// Queries on a frame of the arena.
pub trait ArenaFrame {
    /// Where the own craft was drawn, px.
    fn own_craft(&self) -> Option<Vec2>;

    /// Where the others' living crafts were drawn, px.
    fn crafts(&self) -> impl Iterator<Item = (PlayerId, Vec2)>;

    /// Where shells were drawn, px, with what tells one from the others.
    fn shells(&self) -> impl Iterator<Item = (Key, Vec2)>;
}

impl ArenaFrame for Frame {
    fn own_craft(&self) -> Option<Vec2> {
        self.steered.first().map(|shown| shown.pose.position)
    }

    fn crafts(&self) -> impl Iterator<Item = (PlayerId, Vec2)> {
        self.others.iter().filter_map(|Shown { key, pose, .. }| match (key, pose.state) {
            (Key::Entity(EntityId(seat)), EntityState::Craft(craft)) if craft.is_alive() => {
                Some((PlayerId(*seat), pose.position))
            }
            _ => None,
        })
    }

    fn shells(&self) -> impl Iterator<Item = (Key, Vec2)> {
        let is_shell = |pose: &Pose<EntityState>| matches!(pose.state, EntityState::Shell(_));
        self.others.iter().filter(move |shown| is_shell(&shown.pose)).map(|shown| (shown.key, shown.pose.position))
    }
}
