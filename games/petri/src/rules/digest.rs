//! Hash of the whole match in each recorded tick, computed by hand: hashing the bytes of a checkpoint would take a
//! hundred times as long.

use shared::{
    EntityId, PlayerId,
    game::{Digest, Part, mix, vector_word},
};

use super::dish::Dish;
use crate::{
    entity::{Crumb, Pellet},
    event::Leader,
};

pub(super) fn of(dish: &Dish) -> Digest {
    let Dish { settings: _, rng, seats, food, leaders, .. } = dish;
    let mut digest = Digest::default();
    for (player, seat) in (0..).map(PlayerId).zip(seats) {
        seat.add_to(player, &mut digest);
    }
    let mut add = |id: usize, hash| digest.add(Part::Entity(EntityId(id as u16)), hash);
    for (id, pellet) in (dish.first_pellet()..).zip(food.pellets()) {
        if let Some(Pellet { position, hue }) = *pellet {
            add(id, mix([vector_word(position), hue.into()]));
        }
    }
    for (id, crumb) in (dish.first_crumb()..).zip(food.crumbs()) {
        if let Some(Crumb { position, impulse, ticks_left, owner, slot, hue }) = *crumb {
            let small = u64::from(ticks_left) << 32 | u64::from(owner.0) << 16 | u64::from(slot) << 8 | u64::from(hue);
            add(id, mix([vector_word(position), vector_word(impulse), small]));
        }
    }
    let leaders = leaders.iter().map(|&Leader { seat, mass }| u64::from(mass) << 16 | u64::from(seat));
    let rest = [rng.state()].into_iter().chain(food.words()).chain(leaders).fold(0, |hash, word| mix([hash, word]));
    digest.add(Part::Rest, rest);
    digest
}
