//! A player's input of a tick in four bytes: with all seats of a room over many seconds, it counts.
//!
//! ```text
//! bit  31 seat is taken | 27..28 buttons | 18..24 heading | 8..17 aim | 0..7 view age
//! ```

use arena::{
    input::{AIM_TURN, Buttons, Heading, Input},
    rules::world::PlayerInput,
};

/// See the module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Packed(u32);

const TAKEN: u32 = 1 << 31;

impl Packed {
    pub(super) fn new(input: Option<PlayerInput>) -> Self {
        let Some(PlayerInput { input: Input { heading, aim, buttons }, view_age }) = input else { return Self(0) };
        let (heading, buttons) = (u32::from(heading.value()), u32::from(buttons.value()));
        Self(TAKEN | buttons << 27 | heading << 18 | u32::from(aim) << 8 | u32::from(view_age))
    }

    pub(super) fn get(self) -> Option<PlayerInput> {
        let Self(bits) = self;
        (bits & TAKEN != 0).then(|| {
            let heading = Heading::new((bits >> 18 & 0x7f) as u8).expect("it was packed from one");
            let buttons = Buttons::new((bits >> 27 & 0x3) as u8).expect("it was packed from some");
            let input = Input { heading, aim: (bits >> 8 & 0x3ff) as u16, buttons };
            PlayerInput { input, view_age: bits as u8 }
        })
    }
}

const _: () = assert!(AIM_TURN == 1 << 10 && Heading::DIRECTIONS < 1 << 7 && Buttons::ALL < 1 << 2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_comes_back_at_its_edges() {
        assert_eq!(Packed::new(None).get(), None);
        for heading in [0, 1, Heading::DIRECTIONS] {
            for aim in [0, 1, AIM_TURN - 1] {
                for buttons in 0..=Buttons::ALL {
                    for view_age in [0, 1, u8::MAX] {
                        let input = Input {
                            heading: Heading::new(heading).unwrap(),
                            aim,
                            buttons: Buttons::new(buttons).unwrap(),
                        };
                        let input = Some(PlayerInput { input, view_age });
                        assert_eq!(Packed::new(input).get(), input);
                    }
                }
            }
        }
    }
}
