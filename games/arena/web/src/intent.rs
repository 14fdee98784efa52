//! The input that the page's controls make.

use arena::input::{AIM_TURN, Buttons, Heading, Input};
use shared::game::turn;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::Player;

#[wasm_bindgen]
impl Player {
    /// Sets the input from now on. Angles are radians clockwise from the right; a heading that is no number is
    /// no thrust. `buttons` is a sum of 1 fire and 2 dash.
    pub fn set_intent(&mut self, heading: f64, aim: f64, buttons: u8) {
        let heading = if heading.is_finite() { Heading::from_aim(aim_units(heading)) } else { Heading::NONE };
        let buttons = Buttons::new(buttons & Buttons::ALL).unwrap_or_default();
        self.session.set_intent(Input { heading, aim: aim_units(aim), buttons });
    }
}

fn aim_units(radians: f64) -> u16 {
    turn::from_radians(radians, AIM_TURN.into()) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn player_says_hello_first_and_reliably() {
        let mut player = Player::new("ticket".into(), "Ada".into(), false, 0.0);
        let hello = player.poll_output().unwrap();
        assert_eq!(hello[1], shared::wire::kind::HELLO);
        assert!(player.output_is_reliable());
        assert_eq!(player.poll_output(), None);
        assert_eq!((player.frame_length(), player.map()), (0, None));
    }
}
