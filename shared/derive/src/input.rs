//! `#[derive(Input)]`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, Error, Expr, LitStr, Result};

use crate::{
    reflect,
    shape::{self, Named, is_word},
};

/// Bits of the mask with which a recording names the fields that changed.
const FIELDS_MAX: usize = 7;
const INTEGERS: [&str; 6] = ["u8", "u16", "u32", "i8", "i16", "i32"];

pub(crate) fn expand(item: &DeriveInput) -> Result<TokenStream> {
    let name = &item.ident;
    shape::refuse_generics(item, "Input")?;
    let Data::Struct(data) = &item.data else {
        return Err(Error::new(
            name.span(),
            "Input is for structs: a field for everything that a player can press or turn",
        ));
    };
    let fields: Vec<_> = shape::named_fields(&data.fields, "Input", name.span())?
        .into_iter()
        .map(InputField::parse)
        .collect::<Result<_>>()?;
    if let Some(extra) = fields.get(FIELDS_MAX) {
        let ident = extra.named.ident;
        return Err(Error::new(
            ident.span(),
            format!("`{ident}` is one field too many: an input has at most {FIELDS_MAX}. Combine buttons in one field"),
        ));
    }
    if fields.is_empty() {
        return Err(Error::new(name.span(), "an input needs at least one field"));
    }
    let types: Vec<_> = fields.iter().map(|field| field.named.ty).collect();
    let idents: Vec<_> = fields.iter().map(|field| field.named.ident).collect();
    let bits: Vec<_> = (0..fields.len()).map(|bit| 1u8 << bit).collect();
    let all = bits.iter().fold(0, |all, bit| all | bit);
    let encode = fields.iter().map(InputField::encode);
    let decode = fields.iter().map(InputField::decode);
    let repeated = fields.iter().map(InputField::repeated);
    let decode_whole = fields.iter().map(InputField::decode_whole);
    let from_numbers = fields.iter().map(InputField::made_of_numbers);
    let words: Vec<_> = idents.iter().map(|ident| ident.to_string().trim_start_matches("r#").to_owned()).collect();
    let drawn = fields.iter().map(InputField::described);
    let named: Vec<_> = fields.iter().map(|field| field.named).collect();
    let reflected = reflect::values(&named);
    let (turned, turn) = turning(&fields);
    Ok(quote! {
        #[automatically_derived]
        #[allow(unused_variables, clippy::needless_update)]
        impl ::shared::game::Input for #name {
            const VALUES: usize = #(<#types as ::shared::game::Field>::VALUES as usize +)* 0;

            #[inline]
            fn encode(&self, before: &Self, out: &mut ::shared::wire::Writer<'_>) {
                #(#encode)*
            }

            #[inline]
            fn decode(
                before: &Self,
                input: &mut ::shared::wire::Reader<'_>,
            ) -> ::core::result::Result<Self, ::shared::wire::DecodeError> {
                ::core::result::Result::Ok(Self { #(#idents: #decode),* })
            }

            #[inline]
            fn repeated(&self, missing: u32) -> Self {
                let neutral = <Self as ::core::default::Default>::default();
                Self { #(#idents: #repeated),* }
            }

            #[inline]
            fn changes(&self, before: &Self) -> u8 {
                0 #(| if self.#idents == before.#idents { 0 } else { #bits })*
            }

            #[inline]
            fn encode_changes(&self, mask: u8, out: &mut ::shared::wire::Writer<'_>) {
                #(if mask & #bits != 0 {
                    ::shared::game::Field::encode(&self.#idents, out);
                })*
            }

            #[inline]
            fn decode_changes(
                &mut self,
                mask: u8,
                input: &mut ::shared::wire::Reader<'_>,
            ) -> ::core::result::Result<(), ::shared::wire::DecodeError> {
                if mask & !#all != 0 {
                    return ::core::result::Result::Err(::shared::wire::DecodeError::UnknownOperation {
                        operation: mask.into(),
                    });
                }
                #(if mask & #bits != 0 {
                    self.#idents = #decode_whole;
                })*
                ::core::result::Result::Ok(())
            }

            #[inline]
            fn turned(&self, before: &Self) -> ::core::option::Option<i8> {
                #turned
            }

            #[inline]
            fn turn(&mut self, by: i8) {
                #turn
            }

            fn number_names(names: &mut ::std::vec::Vec<::std::string::String>) {
                #(<#types as ::shared::game::Field>::number_names(#words, names);)*
            }

            fn from_numbers(numbers: &mut impl ::core::iter::Iterator<Item = f64>) -> Self {
                Self { #(#idents: #from_numbers),* }
            }

            fn drawn() -> ::std::vec::Vec<::shared::game::draw::DrawnField> {
                ::std::vec![#(#drawn),*]
            }

            fn reflect(&self) -> ::shared::game::reflect::Reflected {
                ::shared::game::reflect::Reflected::Fields(#reflected)
            }
        }
    })
}

struct InputField<'a> {
    named: Named<'a>,
    max: Option<TokenStream>,
    /// Number of units in a full turn, for an angle.
    turn: Option<TokenStream>,
    missing: Missing,
}

/// The value of a field in a tick without an input.
enum Missing {
    Neutral,
    Repeat,
    Keep,
}

impl<'a> InputField<'a> {
    fn parse(named: Named<'a>) -> Result<Self> {
        let (mut max, mut turn, mut missing) = (None, None, Missing::Neutral);
        let mut turn_span = Span::call_site();
        for attribute in named.attributes.iter().filter(|attribute| attribute.path().is_ident("input")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("max") {
                    max = Some(meta.value()?.parse::<Expr>()?.into_token_stream());
                } else if meta.path.is_ident("turn") {
                    turn_span = meta.path.get_ident().map_or(turn_span, syn::Ident::span);
                    turn = Some(meta.value()?.parse::<Expr>()?.into_token_stream());
                } else if meta.path.is_ident("missing") {
                    let what: LitStr = meta.value()?.parse()?;
                    missing = match what.value().as_str() {
                        "repeat" => Missing::Repeat,
                        "keep" => Missing::Keep,
                        _ => {
                            return Err(Error::new(
                                what.span(),
                                "allowed are `missing = \"repeat\"` and `missing = \"keep\"`",
                            ));
                        }
                    };
                } else {
                    return Err(
                        meta.error("unknown attribute of a field: allowed are `max = …`, `turn = …` and `missing = …`")
                    );
                }
                Ok(())
            })?;
        }
        let ident = named.ident;
        if turn.is_some() && max.is_some() {
            return Err(Error::new(turn_span, format!("`{ident}` has `turn`, which bounds it already: remove `max`")));
        }
        if turn.is_some() && !INTEGERS.iter().any(|integer| is_word(named.ty, integer)) {
            return Err(Error::new(
                turn_span,
                format!("`{ident}` is not a plain integer: `turn` needs one of {}", INTEGERS.join(", ")),
            ));
        }
        Ok(Self { named, max, turn, missing })
    }

    fn encode(&self) -> TokenStream {
        let ident = self.named.ident;
        match &self.turn {
            Some(turn) => {
                quote!(::shared::game::turn::encode(before.#ident.into(), self.#ident.into(), (#turn) as i64, out);)
            }
            None => quote!(::shared::game::Field::encode(&self.#ident, out);),
        }
    }

    fn decode(&self) -> TokenStream {
        let (ident, ty, words) = (self.named.ident, self.named.ty, self.named.words());
        match &self.turn {
            Some(turn) => {
                quote!(::shared::game::turn::decode(#words, before.#ident.into(), (#turn) as i64, input)? as #ty)
            }
            None => self.decode_whole(),
        }
    }

    /// Code that reads the field itself, not a difference from the last input.
    fn decode_whole(&self) -> TokenStream {
        let (ty, words) = (self.named.ty, self.named.words());
        match (&self.turn, &self.max) {
            (Some(turn), _) => quote!(input.ranged(#words, 0, (#turn) as i64 - 1)? as #ty),
            (None, Some(max)) => {
                quote!(<#ty as ::shared::game::Number>::decode_within(#words, (#max) as i64, input)?)
            }
            (None, None) => quote!(<#ty as ::shared::game::Field>::decode(#words, input)?),
        }
    }

    /// Code that makes the field from the numbers of a page.
    fn made_of_numbers(&self) -> TokenStream {
        let ty = self.named.ty;
        let read = quote!(<#ty as ::shared::game::Field>::from_numbers(numbers));
        match (&self.turn, &self.max) {
            (Some(turn), _) => quote! {
                ::shared::game::turn::from_radians(numbers.next().unwrap_or_default(), (#turn) as i64) as #ty
            },
            (None, Some(max)) => quote!(::shared::game::Number::clamped(#read, (#max) as i64)),
            (None, None) => read,
        }
    }

    /// Code for the field's `DrawnField`.
    fn described(&self) -> TokenStream {
        let (ty, word) = (self.named.ty, shape::plain(self.named.ident));
        let scale = match &self.turn {
            Some(turn) => quote!(::shared::game::draw::Scale::Turn((#turn) as i64)),
            None => quote!(::shared::game::draw::Scale::Plain),
        };
        let names = quote!(<#ty as ::shared::game::Field>::number_names(#word, names););
        let shape = quote!(<#ty as ::shared::game::Field>::shape());
        reflect::drawn(&names, &shape::docs(self.named.attributes), &scale, &shape)
    }

    fn repeated(&self) -> TokenStream {
        let ident = self.named.ident;
        match self.missing {
            Missing::Neutral => quote!(neutral.#ident),
            Missing::Keep => quote!(self.#ident),
            Missing::Repeat => quote! {
                if missing <= ::shared::limits::INPUT_REPEAT_TICKS { self.#ident } else { neutral.#ident }
            },
        }
    }
}

/// The bodies of `turned` and `turn`.
fn turning(fields: &[InputField<'_>]) -> (TokenStream, TokenStream) {
    let Some((field, turn)) = fields.iter().find_map(|field| Some((field, field.turn.as_ref()?))) else {
        return (quote!(::core::option::Option::None), quote!());
    };
    let (ident, ty) = (field.named.ident, field.named.ty);
    let turned = quote! {
        if (Self { #ident: self.#ident, ..*before }) != *self {
            return ::core::option::Option::None;
        }
        let way = ::shared::game::turn::short_way(before.#ident.into(), self.#ident.into(), (#turn) as i64);
        if matches!(way, -64..=63) { ::core::option::Option::Some(way as i8) } else { ::core::option::Option::None }
    };
    let turn = quote! {
        self.#ident = ::shared::game::turn::turned(self.#ident.into(), by.into(), (#turn) as i64) as #ty;
    };
    (turned, turn)
}
