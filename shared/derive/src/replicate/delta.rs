//! Deltas of an entity: the difference between the true state and the baseline run forward.
//!
//! Both ends have the baseline. They set its intents to the true values, run the last tick, and only then write or add the remaining
//! differences. So an intent costs only its own value, although it changes the motion; and an impulse costs only its bit.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    bindings::{binding, bindings, read},
    fields::{EntityField, Role},
    mask::Mask,
};

pub(super) fn none_to_encode() -> TokenStream {
    quote!(false)
}

pub(super) fn none_to_decode() -> TokenStream {
    quote! {
        ::core::result::Result::Err(::shared::wire::DecodeError::UnknownOperation { operation: mask.into() })
    }
}

/// The body of `encode_delta`.
pub(super) fn encode(fields: &[EntityField<'_>], mask: Mask) -> TokenStream {
    let bindings = bindings(fields);
    let idents = || intents(fields).map(|(_, field)| field.named.ident);
    let values = intents(fields).map(|(_, field)| binding(field));
    let set = idents();
    let bits = intents(fields).map(|(bit, field)| {
        let (ident, value) = (field.named.ident, binding(field));
        quote!(bits |= if #value == baseline.#ident { 0 } else { #bit };)
    });
    let written = intents(fields).map(|(bit, field)| {
        let (ident, value) = (field.named.ident, binding(field));
        let write = if matches!(field.role, Role::Intent { turn: true, .. }) {
            // The difference in the shorter direction: most fit one byte.
            quote!(out.int(#value.wrapping_sub(baseline.#ident) as i8))
        } else {
            quote!(::shared::game::Field::encode(&#value, out))
        };
        quote!(if bits & #bit != 0 { #write; })
    });
    let run = if mask.has_motion { run_forward(fields, mask) } else { require_truth() };
    let motion = mask.has_motion.then(|| {
        let bit = mask.motion();
        let differences = motion(fields).map(|field| {
            let (ident, ty, value) = (field.named.ident, field.named.ty, binding(field));
            quote!(<#ty as ::shared::game::Number>::encode_difference(#value, run.#ident, out);)
        });
        quote!(if bits & #bit != 0 { #(#differences)* })
    });
    quote! {
        let #bindings = *self;
        let mut bits = 0u8;
        #(#bits)*
        #[allow(clippy::needless_update)]
        let mut run = Self { #(#set: #values,)* ..*baseline };
        #run
        if bits == 0 {
            return false;
        }
        out.int(bits);
        #(#written)*
        #motion
        true
    }
}

/// The check for an entity without motion fields: only intents can have changed.
fn require_truth() -> TokenStream {
    quote! {
        if run != *self {
            return false;
        }
    }
}

/// Runs the last tick as it is. If that is not the true state, tries each impulse; if none gives it, writes the motion fields.
fn run_forward(fields: &[EntityField<'_>], mask: Mask) -> TokenStream {
    let motion_bit = mask.motion();
    let moved = motion(fields).map(|field| field.named.ident);
    let moved_values = motion(fields).map(binding);
    let take_motion = quote! {
        bits |= #motion_bit;
        // No delta can express that a step changes an intent, or that another entity has this id now.
        #[allow(clippy::needless_update)]
        let with_motion = Self { #(#moved: #moved_values,)* ..run };
        if with_motion != *self {
            return false;
        }
    };
    let tries = (0..mask.impulses).rev().fold(take_motion, |otherwise, impulse| {
        let bit = mask.impulse(impulse);
        quote! {
            let mut pushed = before;
            if ::shared::game::Entity::impulse(&mut pushed, #impulse, map) && {
                ::shared::game::Entity::step(&mut pushed, map);
                pushed == *self
            } {
                bits |= #bit;
            } else {
                #otherwise
            }
        }
    });
    let before = (mask.impulses > 0).then(|| quote!(let before = run;));
    quote! {
        #before
        ::shared::game::Entity::step(&mut run, map);
        if run != *self {
            #tries
        }
    }
}

/// The body of `decode_delta`.
pub(super) fn decode(fields: &[EntityField<'_>], mask: Mask) -> TokenStream {
    let all = mask.all();
    let refuse = none_to_decode();
    let set = intents(fields).map(|(bit, field)| {
        let (ident, words) = (field.named.ident, field.named.words());
        let value = if matches!(field.role, Role::Intent { turn: true, .. }) {
            quote!(self.#ident.wrapping_add(input.i8(#words)? as u8))
        } else {
            read(field)
        };
        quote!(if mask & #bit != 0 { self.#ident = #value; })
    });
    let impulses = (0..mask.impulses).map(|impulse| {
        let bit = mask.impulse(impulse);
        quote!(if mask & #bit != 0 { ::shared::game::Entity::impulse(self, #impulse, map); })
    });
    let motion = mask.has_motion.then(|| {
        let bit = mask.motion();
        let differences = motion(fields).map(|field| {
            let (ident, ty, words, bound) = (field.named.ident, field.named.ty, field.named.words(), field.bound());
            quote! {
                self.#ident = <#ty as ::shared::game::Number>::decode_difference(self.#ident, #words, #bound, input)?;
            }
        });
        quote! {
            ::shared::game::Entity::step(self, map);
            if mask & #bit != 0 { #(#differences)* }
        }
    });
    quote! {
        if mask & !#all != 0 {
            return #refuse;
        }
        #(#set)*
        #(#impulses)*
        #motion
        ::core::result::Result::Ok(())
    }
}

/// The intents with their bits.
fn intents<'a>(fields: &'a [EntityField<'a>]) -> impl Iterator<Item = (u8, &'a EntityField<'a>)> {
    let intents = fields.iter().filter(|field| field.is_intent());
    intents.enumerate().map(|(bit, field)| (1 << bit, field))
}

fn motion<'a>(fields: &'a [EntityField<'a>]) -> impl Iterator<Item = &'a EntityField<'a>> {
    fields.iter().filter(|field| field.role == Role::Motion)
}
