//! The arena's scene as one flat array of floats, see `layout.rs`.

use std::f32::consts::TAU;

use arena::scene::{CraftShown, OwnShown, PickupShown, Scene, ShellShown};

use crate::layout::{Craft, Head, Own, Pickup, Shell};

/// Appends what is to be seen.
pub(crate) fn write(scene: &Scene, values: &mut Vec<f32>) {
    let Scene { render_tick: _, input_tick: _, own, crafts, shells, pickups } = scene;
    let count = |length: usize| length as f32;
    Head {
        own: f32::from(own.is_some()),
        crafts: count(crafts.len()),
        shells: count(shells.len()),
        pickups: count(pickups.len()),
    }
    .write(values);
    if let Some(own) = own {
        own_record(own).write(values);
    }
    for craft in crafts {
        craft_record(craft).write(values);
    }
    for shell in shells {
        shell_record(shell).write(values);
    }
    for pickup in pickups {
        pickup_record(pickup).write(values);
    }
}

fn craft_record(shown: &CraftShown) -> Craft {
    let CraftShown { player, position, velocity, aim, health, flags, guessed } = *shown;
    Craft {
        player: player.0.into(),
        x: position.x,
        y: position.y,
        vx: velocity.x,
        vy: velocity.y,
        aim: aim * TAU,
        health: health.into(),
        flags: flags.into(),
        guessed,
    }
}

fn own_record(shown: &OwnShown) -> Own {
    let OwnShown { ref craft, gun, dash, rail_shots, shield, rapid, protection, respawn } = *shown;
    let Craft { player, x, y, vx, vy, aim, health, flags, guessed: _ } = craft_record(craft);
    let (rail_shots, shield) = (rail_shots.into(), shield.into());
    Own { player, x, y, vx, vy, aim, health, flags, gun, dash, rail_shots, shield, rapid, protection, respawn }
}

fn shell_record(shown: &ShellShown) -> Shell {
    let ShellShown { key, owner, position, velocity, bounces_left, predicted } = *shown;
    Shell {
        // A float holds 24 bits; the two halves hold all of them.
        key_high: ((key >> 16) as u16).into(),
        key_low: (key as u16).into(),
        owner: owner.0.into(),
        x: position.x,
        y: position.y,
        vx: velocity.x,
        vy: velocity.y,
        bounces_left: bounces_left.into(),
        predicted: predicted.into(),
    }
}

fn pickup_record(shown: &PickupShown) -> Pickup {
    let PickupShown { place, position, kind, available } = *shown;
    let kind = f32::from(kind as u8);
    Pickup { place: place.into(), x: position.x, y: position.y, kind, available: available.into() }
}

#[cfg(test)]
mod tests {
    use shared::PlayerId;

    use super::*;

    fn shell(key: u32) -> ShellShown {
        let (position, velocity) = Default::default();
        ShellShown { key, owner: PlayerId(7), position, velocity, bounces_left: 2, predicted: true }
    }

    #[test]
    fn frame_is_its_head_and_the_records_behind_it() {
        let scene = Scene { shells: vec![shell(1), shell(2)], ..Scene::default() };
        let mut values = Vec::new();
        write(&scene, &mut values);
        assert_eq!(values[..Head::FIELDS.len()], [0.0, 0.0, 2.0, 0.0]);
        assert_eq!(values.len(), Head::FIELDS.len() + 2 * Shell::FIELDS.len());
    }

    #[test]
    fn whole_keys_pass() {
        for key in [0, 1, 0x0001_0000, 0x1234_5678, u32::MAX] {
            let Shell { key_high, key_low, .. } = shell_record(&shell(key));
            assert_eq!(key_high as u32 * 65_536 + key_low as u32, key);
        }
    }
}
