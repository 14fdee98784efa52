//! Which bit of a change's mask says what.
//!
//! ```text
//! bit 0, 1, …     an intent each, in order of declaration
//! then            an impulse each
//! last            the motion: every motion field follows as a difference
//! ```

use proc_macro2::Span;
use syn::{Error, Result};

use super::fields::{EntityField, Role};

/// Above are the operations that carry whole states.
const BITS: usize = 6;

/// The bits of one kind of entity.
#[derive(Clone, Copy)]
pub(super) struct Mask {
    pub(super) intents: u8,
    pub(super) impulses: u8,
    pub(super) has_motion: bool,
}

impl Mask {
    /// Fails for more bits than there are, naming the last field that wants one.
    pub(super) fn new(fields: &[EntityField<'_>], impulses: (u8, Span)) -> Result<Self> {
        let (impulses, impulses_span) = impulses;
        let intents: Vec<_> = fields.iter().filter(|field| field.is_intent()).collect();
        let has_motion = fields.iter().any(|field| field.role == Role::Motion);
        if impulses > 0 && !has_motion {
            return Err(Error::new(impulses_span, "an impulse changes motion fields, and there is none"));
        }
        let wanted = intents.len() + usize::from(impulses) + usize::from(has_motion);
        if wanted <= BITS {
            return Ok(Self { intents: intents.len() as u8, impulses, has_motion });
        }
        let (span, culprit) = match intents.last() {
            Some(field) => (field.named.ident.span(), format!("`{}`", field.named.ident)),
            None => (impulses_span, "the impulses".to_owned()),
        };
        Err(Error::new(
            span,
            format!(
                "no bit is left for {culprit}: {} intents, {impulses} impulses and {} for the motion want {wanted} of {BITS}. \
                 Put flags together into one field, or drop `intent` where the field changes by itself",
                intents.len(),
                u8::from(has_motion),
            ),
        ))
    }

    pub(super) fn impulse(self, impulse: u8) -> u8 {
        1 << (self.intents + impulse)
    }

    pub(super) fn motion(self) -> u8 {
        1 << (self.intents + self.impulses)
    }

    /// Every bit that means something.
    pub(super) fn all(self) -> u8 {
        (1 << (self.intents + self.impulses + u8::from(self.has_motion))) - 1
    }
}
