//! Queries that bots make on their sight of the game.

use shared::{EntityId, PlayerId, game::Sight};

use crate::{
    entity::{CraftState, EntityState, PickupState},
    rules::{Mode, World},
};

/// Craft of a player, also a wreck, if it is visible.
pub(super) fn craft_of(sight: &impl Sight<World>, player: PlayerId) -> Option<CraftState> {
    match sight.entity(crate::craft_of(player))? {
        EntityState::Craft(craft) => Some(craft),
        _ => None,
    }
}

/// True if one player may hurt the other.
pub(super) fn are_enemies(sight: &impl Sight<World>, one: PlayerId, other: PlayerId) -> bool {
    let board = sight.board();
    // A shortcut for rooms without teams, which are the most frequent.
    let everybody = board.flow().is_some_and(|flow| flow.mode == Mode::Deathmatch);
    one != other && (everybody || !board.allied(one, other))
}

/// True if a pickup place is visible and its pickup is available.
pub(super) fn pickup_lies(sight: &impl Sight<World>, place: usize) -> bool {
    // Pickups follow the crafts.
    let id = EntityId(sight.seats() + place as u16);
    matches!(sight.entity(id), Some(EntityState::Pickup(PickupState { available: true, .. })))
}
