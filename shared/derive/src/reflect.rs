//! Code for reflection, which the inspector and events of pages use: `members`, `reflect`, `set_field`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::shape::{self, Named};

/// An expression for the `Vec<Member>` of these fields.
pub(crate) fn members(fields: &[Named<'_>]) -> TokenStream {
    let members = fields.iter().map(|Named { ident, ty, attributes }| {
        let (name, about) = (shape::plain(ident), shape::docs(attributes));
        quote!(::shared::game::reflect::Member {
            name: ::core::convert::From::from(#name),
            about: #about,
            shape: <#ty as ::shared::game::Field>::shape(),
        })
    });
    quote!(::std::vec![#(#members),*])
}

/// An expression for the fields of `self` with their names.
pub(crate) fn values(fields: &[Named<'_>]) -> TokenStream {
    let values = fields.iter().map(|Named { ident, .. }| {
        let name = shape::plain(ident);
        quote!((::core::convert::From::from(#name), ::shared::game::Field::reflect(&self.#ident)))
    });
    quote!(::std::vec![#(#values),*])
}

/// The body of `set_field`.
pub(crate) fn set(fields: &[Named<'_>]) -> TokenStream {
    let idents = fields.iter().map(|field| field.ident);
    let types = fields.iter().map(|field| field.ty);
    let names: Vec<LitStr> = fields.iter().map(|field| shape::plain(field.ident)).collect();
    let all = names.iter().map(LitStr::value).collect::<Vec<_>>().join(", ");
    quote! {
        match name {
            #(#names => {
                self.#idents = <#types as ::shared::game::Field>::from_reflected(value)
                    .map_err(|error| ::std::format!("{name} {error}"))?;
                ::core::result::Result::Ok(())
            })*
            _ => ::core::result::Result::Err(::std::format!("there is no field `{name}`; the fields are {}", #all)),
        }
    }
}

/// An expression for the `DrawnField` of a field.
pub(crate) fn drawn(names: &TokenStream, about: &LitStr, scale: &TokenStream, shape: &TokenStream) -> TokenStream {
    quote! {
        ::shared::game::draw::DrawnField {
            names: { let mut all = ::std::vec::Vec::new(); let names = &mut all; #names all },
            about: #about,
            scale: #scale,
            shape: #shape,
        }
    }
}
