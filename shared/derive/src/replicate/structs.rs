//! `#[derive(Replicate)]` on a struct: one kind of entity.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{DataStruct, DeriveInput, Error, Ident, LitInt, Result};

use super::{
    bindings::{binding, bindings, read},
    delta,
    fields::{EntityField, Role},
    mask::Mask,
};
use crate::{
    draw::{Drawn, Made, Whole},
    reflect, shape,
};

pub(super) fn expand(item: &DeriveInput, data: &DataStruct) -> Result<TokenStream> {
    let name = &item.ident;
    let options = Options::parse(item)?;
    let fields: Vec<_> = shape::named_fields(&data.fields, "Replicate", name.span())?
        .into_iter()
        .map(EntityField::parse)
        .collect::<Result<_>>()?;
    refuse_second_position(&fields)?;
    let (is_sent_once, encode_delta, decode_delta) = if options.once {
        refuse_changes(name, &fields, &options)?;
        (true, delta::none_to_encode(), delta::none_to_decode())
    } else {
        let mask = Mask::new(&fields, options.impulses)?;
        (false, delta::encode(&fields, mask), delta::decode(&fields, mask))
    };
    let encode_fields = encode(&fields, fields.iter());
    let encode_plain_fields = encode(&fields, fields.iter().filter(|field| is_in_plain(field)));
    let decode_fields = fields.iter().map(|field| (field, read(field)));
    let decode_fields = build(decode_fields);
    let decode_plain_fields = build(fields.iter().map(|field| {
        let value = match (&field.unseen, field.is_position) {
            (Some(neutral), _) => neutral.clone(),
            (None, true) => quote!(position),
            (None, false) => read(field),
        };
        (field, value)
    }));
    let is_cosmetic_change = cosmetic_change(&fields);
    let bindings = bindings(&fields);
    let (number_names, draw, described) = drawing(item, &fields)?;
    let named: Vec<_> = fields.iter().map(|field| field.named).collect();
    let (members, reflected, set_field) = (reflect::members(&named), reflect::values(&named), reflect::set(&named));
    let word = name.to_string();
    let hashed = fields.iter().map(|field| {
        let binding = binding(field);
        quote!(::shared::game::Field::hash_into(&#binding, word);)
    });
    Ok(quote! {
        #[automatically_derived]
        #[allow(unused_variables)]
        impl ::shared::game::Replicate for #name {
            const KINDS: u8 = 1;
            const NAMES: &'static [&'static str] = &[#word];

            #[inline]
            fn kind(&self) -> u8 {
                0
            }

            #[inline]
            fn encode_fields(&self, out: &mut ::shared::wire::Writer<'_>) {
                #encode_fields
            }

            #[inline]
            fn decode_fields(
                kind: u8,
                input: &mut ::shared::wire::Reader<'_>,
            ) -> ::core::result::Result<Self, ::shared::wire::DecodeError> {
                ::core::result::Result::Ok(#decode_fields)
            }

            #[inline]
            fn encode_plain_fields(&self, out: &mut ::shared::wire::Writer<'_>) {
                #encode_plain_fields
            }

            #[inline]
            fn decode_plain_fields(
                kind: u8,
                position: ::shared::game::IVec2,
                input: &mut ::shared::wire::Reader<'_>,
            ) -> ::core::result::Result<Self, ::shared::wire::DecodeError> {
                ::core::result::Result::Ok(#decode_plain_fields)
            }

            fn encode_delta(
                &self,
                baseline: &Self,
                map: &<Self as ::shared::game::Entity>::Map,
                out: &mut ::shared::wire::Writer<'_>,
            ) -> bool {
                #encode_delta
            }

            fn decode_delta(
                &mut self,
                mask: u8,
                map: &<Self as ::shared::game::Entity>::Map,
                input: &mut ::shared::wire::Reader<'_>,
            ) -> ::core::result::Result<(), ::shared::wire::DecodeError> {
                #decode_delta
            }

            #[inline]
            fn is_cosmetic_change(&self, predicted: &Self) -> bool {
                #is_cosmetic_change
            }

            #[inline]
            fn is_sent_once(&self) -> bool {
                #is_sent_once
            }

            #[inline]
            fn hash_into(&self, word: &mut impl ::core::ops::FnMut(u32)) {
                let #bindings = *self;
                #(#hashed)*
            }

            fn number_names(kind: u8, names: &mut ::std::vec::Vec<::std::string::String>) {
                #number_names
            }

            fn draw(
                pose: &::shared::game::Pose<Self>,
                around: &::shared::game::Drawing<'_, <Self as ::shared::game::Entity>::Map>,
                out: &mut ::std::vec::Vec<f32>,
            ) {
                #draw
            }

            fn members(kind: u8) -> ::std::vec::Vec<::shared::game::reflect::Member> {
                #members
            }

            fn drawn(kind: u8) -> ::std::vec::Vec<::shared::game::draw::DrawnField> {
                ::std::vec![#(#described),*]
            }

            fn reflect(
                &self,
            ) -> ::std::vec::Vec<(::shared::game::Word, ::shared::game::reflect::Reflected)> {
                #reflected
            }

            fn set_field(
                &mut self,
                name: &str,
                value: &::shared::game::reflect::Reflected,
            ) -> ::core::result::Result<(), ::std::string::String> {
                #set_field
            }
        }
    })
}

/// The bodies of `number_names` and `draw`, and the expressions for the `DrawnField`s.
fn drawing(item: &DeriveInput, fields: &[EntityField<'_>]) -> Result<(TokenStream, TokenStream, Vec<TokenStream>)> {
    let whole = Whole::parse(&item.attrs)?;
    if whole.map.is_some() {
        return Err(Error::new(item.ident.span(), "an entity has a map already, `Entity::Map`: remove `map`"));
    }
    let drawn = fields.iter().map(|field| Ok((field.named.ident, field.drawn()?)));
    let (idents, drawn): (Vec<_>, Vec<_>) = drawn
        .filter_map(|field: Result<_>| match field {
            Ok((ident, drawn)) => Some(Ok((ident, drawn?))),
            Err(error) => Some(Err(error)),
        })
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .unzip();
    whole.refuse_clashes(&drawn, true)?;
    let names = drawn.iter().map(Drawn::names).chain(whole.made.iter().map(Made::names));
    let numbers = idents.iter().zip(&drawn).map(|(ident, Drawn { scale, is_blended, .. })| {
        if *is_blended {
            quote!(::shared::game::draw::blended(pose, |state| state.#ident, #scale, around.hz, out);)
        } else {
            quote!(::shared::game::draw::field(&pose.state.#ident, #scale, around.hz, out);)
        }
    });
    let map = quote!(<Self as ::shared::game::Entity>::Map);
    let made = whole.made.iter().map(|made| made.number(&quote!(&pose.state), &map));
    let numbers = numbers.chain(made);
    let described = drawn.iter().map(Drawn::described).chain(whole.made.iter().map(Made::described)).collect();
    Ok((quote!(#(#names)*), quote!(#(#numbers)*), described))
}

/// The attributes of the struct.
struct Options {
    once: bool,
    impulses: (u8, Span),
}

impl Options {
    fn parse(item: &DeriveInput) -> Result<Self> {
        let mut options = Self { once: false, impulses: (0, Span::call_site()) };
        for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident("replicate")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("once") {
                    options.once = true;
                } else if meta.path.is_ident("impulses") {
                    let number: LitInt = meta.value()?.parse()?;
                    options.impulses = (number.base10_parse()?, number.span());
                } else {
                    return Err(meta.error("unknown attribute of a struct: allowed are `once` and `impulses = …`"));
                }
                Ok(())
            })?;
        }
        Ok(options)
    }
}

fn refuse_second_position(fields: &[EntityField<'_>]) -> Result<()> {
    match fields.iter().filter(|field| field.is_position).nth(1) {
        Some(second) => {
            let ident = second.named.ident;
            Err(Error::new(ident.span(), format!("`{ident}` is a second `position`: an entity can have only one")))
        }
        None => Ok(()),
    }
}

fn refuse_changes(name: &Ident, fields: &[EntityField<'_>], options: &Options) -> Result<()> {
    if let Some(field) = fields.iter().find(|field| field.role != Role::Motion) {
        let ident = field.named.ident;
        return Err(Error::new(
            ident.span(),
            format!(
                "`{name}` is sent `once`, so no field of it changes: for `{ident}` only `position`, `max` and `unseen` are allowed"
            ),
        ));
    }
    match options.impulses {
        (0, _) => Ok(()),
        (_, span) => Err(Error::new(span, format!("`{name}` is sent `once`: it cannot have impulses"))),
    }
}

fn encode<'a>(all: &[EntityField<'_>], written: impl Iterator<Item = &'a EntityField<'a>>) -> TokenStream {
    let bindings = bindings(all);
    let written = written.map(|field| {
        let binding = binding(field);
        quote!(::shared::game::Field::encode(&#binding, out);)
    });
    quote! {
        let #bindings = *self;
        #(#written)*
    }
}

fn is_in_plain(field: &EntityField<'_>) -> bool {
    field.unseen.is_none() && !field.is_position
}

fn build<'a>(fields: impl Iterator<Item = (&'a EntityField<'a>, TokenStream)>) -> TokenStream {
    let fields = fields.map(|(field, value)| {
        let ident = field.named.ident;
        quote!(#ident: #value)
    });
    quote!(Self { #(#fields),* })
}

fn cosmetic_change(fields: &[EntityField<'_>]) -> TokenStream {
    let cosmetic = fields.iter().filter(|field| matches!(field.role, Role::Intent { cosmetic: true, .. }));
    let idents: Vec<_> = cosmetic.map(|field| field.named.ident).collect();
    if idents.is_empty() {
        return quote!(false);
    }
    quote! {
        #[allow(clippy::needless_update)]
        let but_for_looks = Self { #(#idents: self.#idents,)* ..*predicted };
        but_for_looks == *self
    }
}
