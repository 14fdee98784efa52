//! `#[derive(Replicate)]`.

mod bindings;
mod delta;
mod enums;
mod fields;
mod mask;
mod structs;

use proc_macro2::TokenStream;
use syn::{Data, DeriveInput, Error, Result};

use crate::shape;

pub(crate) fn expand(item: &DeriveInput) -> Result<TokenStream> {
    shape::refuse_generics(item, "Replicate")?;
    match &item.data {
        Data::Struct(data) => structs::expand(item, data),
        Data::Enum(_) => enums::expand(item),
        Data::Union(_) => Err(Error::new(item.ident.span(), "Replicate is for structs, and for enums of them")),
    }
}
