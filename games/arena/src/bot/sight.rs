//! What bots ask of their sight, in the words of the game.

use shared::{EntityId, PlayerId, game::Sight};

use crate::{
    entity::{CraftState, EntityState, PickupState},
    rules::{Mode, World},
};

/// A player's craft, a wreck too, if it is visible.
pub(super) fn craft_of(sight: &impl Sight<World>, player: PlayerId) -> Option<CraftState> {
    match sight.entity(crate::craft_of(player))? {
        EntityState::Craft(craft) => Some(craft),
        _ => None,
    }
}

/// Whether one player may hurt the other.
pub(super) fn are_enemies(sight: &impl Sight<World>, one: PlayerId, other: PlayerId) -> bool {
    let board = sight.board();
    // Most rooms have no sides to look up.
    let everybody = board.flow().is_some_and(|flow| flow.mode == Mode::Deathmatch);
    one != other && (everybody || !board.allied(one, other))
}

/// Whether a pickup place is visible and has something to take.
pub(super) fn pickup_lies(sight: &impl Sight<World>, place: usize) -> bool {
    // Pickups follow the crafts.
    let id = EntityId(sight.seats() + place as u16);
    matches!(sight.entity(id), Some(EntityState::Pickup(PickupState { available: true, .. })))
}
