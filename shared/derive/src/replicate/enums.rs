//! `#[derive(Replicate)]` on an enum: a kind of entity per variant.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Error, Result};

use crate::shape;

/// Bound of the kinds: operations up to 127 take one byte, and those of full states start at 64.
const KINDS_MAX: usize = 64;

pub(super) fn expand(item: &DeriveInput) -> Result<TokenStream> {
    let name = &item.ident;
    if let Some(attribute) = item.attrs.iter().find(|attribute| attribute.path().is_ident("replicate")) {
        return Err(Error::new_spanned(
            attribute,
            "an enum of kinds has no attributes: put them on the structs in its variants",
        ));
    }
    let variants = shape::variants(item, "Replicate is for structs, and for enums of them")?;
    let kinds = shape::kinds(variants.into_iter(), "Replicate")?;
    if let Some(extra) = kinds.get(KINDS_MAX) {
        return Err(Error::new(
            extra.ident.span(),
            format!("too many kinds: at most {KINDS_MAX} kinds of entities fit one byte"),
        ));
    }
    let count = kinds.len() as u8;
    let idents: Vec<_> = kinds.iter().map(|kind| kind.ident).collect();
    let types: Vec<_> = kinds.iter().map(|kind| kind.ty).collect();
    let numbers: Vec<_> = (0..count).collect();
    let words: Vec<_> = idents.iter().map(ToString::to_string).collect();
    let unknown = quote! {
        ::core::result::Result::Err(::shared::wire::DecodeError::UnknownOperation {
            operation: i64::from(::shared::wire::operation::FULL) + i64::from(kind),
        })
    };
    Ok(quote! {
        #(const _: () = assert!(
            <#types as ::shared::game::Replicate>::KINDS == 1,
            "an enum of kinds cannot hold another one: list all kinds in one enum"
        );)*

        #[automatically_derived]
        impl ::shared::game::Replicate for #name {
            const KINDS: u8 = #count;
            const NAMES: &'static [&'static str] = &[#(#words),*];

            #[inline]
            fn kind(&self) -> u8 {
                match self { #(Self::#idents(_) => #numbers,)* }
            }

            #[inline]
            fn encode_fields(&self, out: &mut ::shared::wire::Writer<'_>) {
                match self { #(Self::#idents(state) => ::shared::game::Replicate::encode_fields(state, out),)* }
            }

            #[inline]
            fn decode_fields(
                kind: u8,
                input: &mut ::shared::wire::Reader<'_>,
            ) -> ::core::result::Result<Self, ::shared::wire::DecodeError> {
                match kind {
                    #(#numbers => <#types as ::shared::game::Replicate>::decode_fields(0, input).map(Self::#idents),)*
                    _ => #unknown,
                }
            }

            #[inline]
            fn encode_plain_fields(&self, out: &mut ::shared::wire::Writer<'_>) {
                match self { #(Self::#idents(state) => ::shared::game::Replicate::encode_plain_fields(state, out),)* }
            }

            #[inline]
            fn decode_plain_fields(
                kind: u8,
                position: ::shared::game::IVec2,
                input: &mut ::shared::wire::Reader<'_>,
            ) -> ::core::result::Result<Self, ::shared::wire::DecodeError> {
                match kind {
                    #(#numbers => {
                        <#types as ::shared::game::Replicate>::decode_plain_fields(0, position, input).map(Self::#idents)
                    })*
                    _ => #unknown,
                }
            }

            #[inline]
            fn encode_delta(
                &self,
                baseline: &Self,
                map: &<Self as ::shared::game::Entity>::Map,
                out: &mut ::shared::wire::Writer<'_>,
            ) -> bool {
                match (self, baseline) {
                    #((Self::#idents(state), Self::#idents(baseline)) => {
                        ::shared::game::Replicate::encode_delta(state, baseline, map, out)
                    })*
                    #[allow(unreachable_patterns)]
                    _ => false,
                }
            }

            #[inline]
            fn decode_delta(
                &mut self,
                mask: u8,
                map: &<Self as ::shared::game::Entity>::Map,
                input: &mut ::shared::wire::Reader<'_>,
            ) -> ::core::result::Result<(), ::shared::wire::DecodeError> {
                match self { #(Self::#idents(state) => ::shared::game::Replicate::decode_delta(state, mask, map, input),)* }
            }

            #[inline]
            fn is_cosmetic_change(&self, predicted: &Self) -> bool {
                match (self, predicted) {
                    #((Self::#idents(state), Self::#idents(predicted)) => {
                        ::shared::game::Replicate::is_cosmetic_change(state, predicted)
                    })*
                    #[allow(unreachable_patterns)]
                    _ => false,
                }
            }

            #[inline]
            fn is_sent_once(&self) -> bool {
                match self { #(Self::#idents(state) => ::shared::game::Replicate::is_sent_once(state),)* }
            }

            #[inline]
            fn hash_into(&self, word: &mut impl ::core::ops::FnMut(u32)) {
                match self { #(Self::#idents(state) => ::shared::game::Replicate::hash_into(state, word),)* }
            }

            fn number_names(kind: u8, names: &mut ::std::vec::Vec<::std::string::String>) {
                match kind {
                    #(#numbers => <#types as ::shared::game::Replicate>::number_names(0, names),)*
                    _ => {}
                }
            }

            fn members(kind: u8) -> ::std::vec::Vec<::shared::game::reflect::Member> {
                match kind {
                    #(#numbers => <#types as ::shared::game::Replicate>::members(0),)*
                    _ => ::std::vec::Vec::new(),
                }
            }

            fn drawn(kind: u8) -> ::std::vec::Vec<::shared::game::draw::DrawnField> {
                match kind {
                    #(#numbers => <#types as ::shared::game::Replicate>::drawn(0),)*
                    _ => ::std::vec::Vec::new(),
                }
            }

            fn reflect(
                &self,
            ) -> ::std::vec::Vec<(::shared::game::Word, ::shared::game::reflect::Reflected)> {
                match self { #(Self::#idents(state) => ::shared::game::Replicate::reflect(state),)* }
            }

            fn set_field(
                &mut self,
                name: &str,
                value: &::shared::game::reflect::Reflected,
            ) -> ::core::result::Result<(), ::std::string::String> {
                match self { #(Self::#idents(state) => ::shared::game::Replicate::set_field(state, name, value),)* }
            }

            fn draw(
                pose: &::shared::game::Pose<Self>,
                around: &::shared::game::Drawing<'_, <Self as ::shared::game::Entity>::Map>,
                out: &mut ::std::vec::Vec<f32>,
            ) {
                match pose.state {
                    #(Self::#idents(state) => {
                        #[allow(unreachable_patterns)]
                        let kind = |entity: &Self| match *entity {
                            Self::#idents(state) => ::core::option::Option::Some(state),
                            _ => ::core::option::Option::None,
                        };
                        ::shared::game::Replicate::draw(&pose.of_kind(state, kind), around, out);
                    })*
                }
            }
        }
    })
}
