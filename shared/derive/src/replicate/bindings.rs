//! Names for the values of fields in generated code.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::fields::EntityField;

/// The name of a field's value in generated code. No other name there begins with `field_`.
pub(super) fn binding(field: &EntityField<'_>) -> Ident {
    format_ident!("field_{}", field.named.ident)
}

/// A pattern that binds every field.
pub(super) fn bindings(fields: &[EntityField<'_>]) -> TokenStream {
    let idents = fields.iter().map(|field| field.named.ident);
    let bindings = fields.iter().map(binding);
    quote!(Self { #(#idents: #bindings),* })
}

/// An expression that reads the field itself, not a difference.
pub(super) fn read(field: &EntityField<'_>) -> TokenStream {
    let (ty, words) = (field.named.ty, field.named.words());
    if field.max.is_some() {
        let bound = field.bound();
        quote!(<#ty as ::shared::game::Number>::decode_within(#words, #bound, input)?)
    } else {
        quote!(<#ty as ::shared::game::Field>::decode(#words, input)?)
    }
}
