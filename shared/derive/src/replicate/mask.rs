//! The bits of a delta's mask.
//!
//! ```text
//! bit 0, 1, …     one for each intent, in order of declaration
//! then            one for each impulse
//! last            the motion: every motion field follows as a difference
//! ```

use proc_macro2::Span;
use syn::{Error, Result};

use super::fields::{EntityField, Role};

/// Bits of the mask; larger operations carry full states.
const BITS: usize = 6;

/// The bits of one kind of entity.
#[derive(Clone, Copy)]
pub(super) struct Mask {
    pub(super) intents: u8,
    pub(super) impulses: u8,
    pub(super) has_motion: bool,
}

impl Mask {
    /// Assigns the bits. If there are too few, the error names the last intent.
    pub(super) fn new(fields: &[EntityField<'_>], impulses: (u8, Span)) -> Result<Self> {
        let (impulses, impulses_span) = impulses;
        let intents: Vec<_> = fields.iter().filter(|field| field.is_intent()).collect();
        let has_motion = fields.iter().any(|field| field.role == Role::Motion);
        if impulses > 0 && !has_motion {
            return Err(Error::new(impulses_span, "impulses change motion fields, but the struct has none"));
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
                "no bit is left for {culprit}: {} intents, {impulses} impulses and {} for the motion need {wanted} bits of {BITS}. \
                 Combine flags in one field, or remove `intent` from fields that `step` changes",
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

    /// The mask of all bits in use.
    pub(super) fn all(self) -> u8 {
        (1 << (self.intents + self.impulses + u8::from(self.has_motion))) - 1
    }
}
