//! Always moves, in a new direction with probability 0.1 per tick: the load of the comparison with other servers.

use shared::rng::Rng;

use crate::input::{Buttons, Heading, Input};

/// Behaviour of a bot that moves without a goal.
#[derive(Clone, Debug)]
pub(super) struct Wander {
    rng: Rng,
    heading: Heading,
}

impl Wander {
    pub(super) fn new(mut rng: Rng) -> Self {
        let heading = some_heading(&mut rng);
        Self { rng, heading }
    }

    pub(super) fn input(&mut self) -> Input {
        if self.rng.chance(1, 10) {
            self.heading = some_heading(&mut self.rng);
        }
        let aim = self.heading.angle().unwrap_or(0);
        Input { heading: self.heading, aim, buttons: Buttons::NONE }
    }
}

fn some_heading(rng: &mut Rng) -> Heading {
    let value = 1 + rng.below(Heading::DIRECTIONS.into()) as u8;
    Heading::new(value).expect("1 to 64 are headings")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heading_changes_in_a_tenth_of_the_ticks_and_aim_follows() {
        let mut wander = Wander::new(Rng::new(5));
        let inputs: Vec<_> = (0..10_000).map(|_| wander.input()).collect();
        let changes = inputs.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert!((880..1_080).contains(&changes), "{changes} changes");
        assert!(inputs.iter().all(|input| input.heading.angle() == Some(input.aim)));
    }
}
