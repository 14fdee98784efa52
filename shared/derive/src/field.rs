//! `#[derive(Field)]`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, Data, DeriveInput, Error, Expr, ExprLit, Fields, Lit, Result, Type, Variant, spanned::Spanned};

use crate::{
    reflect,
    shape::{self, Named},
};

/// Bound of an enum's values: in MessagePack 0..=127 take one byte.
const VALUES_MAX: usize = 128;

pub(crate) fn expand(item: &DeriveInput) -> Result<TokenStream> {
    const FORMS: &str = "Field is for enums without fields, structs around one number like `struct Direction(u8)`, and structs whose \
                         fields have names";
    shape::refuse_generics(item, "Field")?;
    let max = max(&item.attrs)?;
    match &item.data {
        Data::Enum(_) => {
            if let Some((span, _)) = max {
                return Err(Error::new(span, "an enum is bounded by its variants: remove `max`"));
            }
            values(item, &shape::variants(item, FORMS)?)
        }
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                Ok(around(item, &fields.unnamed[0].ty, max.map(|(_, max)| max)))
            }
            Fields::Named(_) => {
                if let Some((span, _)) = max {
                    return Err(Error::new(span, "a struct of fields cannot have a bound: put `max` on its fields"));
                }
                several(item, &shape::named_fields(&data.fields, "Field", item.ident.span())?)
            }
            _ => Err(Error::new(item.ident.span(), FORMS)),
        },
        Data::Union(_) => Err(Error::new(item.ident.span(), FORMS)),
    }
}

fn max(attributes: &[Attribute]) -> Result<Option<(Span, TokenStream)>> {
    let mut max = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("field")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("max") {
                return Err(meta.error("unknown attribute of a field's type: allowed is `max = …`"));
            }
            max = Some((meta.path.span(), meta.value()?.parse::<Expr>()?.into_token_stream()));
            Ok(())
        })?;
    }
    Ok(max)
}

/// The code for an enum, whose variants are encoded as 0, 1, ….
fn values(item: &DeriveInput, variants: &[&Variant]) -> Result<TokenStream> {
    if let Some(extra) = variants.get(VALUES_MAX) {
        return Err(Error::new(
            extra.ident.span(),
            format!("too many variants: at most {VALUES_MAX} values fit one byte"),
        ));
    }
    for (value, variant) in variants.iter().enumerate() {
        let ident = &variant.ident;
        if !matches!(variant.fields, Fields::Unit) {
            return Err(Error::new(
                ident.span(),
                format!("`{ident}` has fields, but a `Field` is one value: derive `Record` for an enum with fields"),
            ));
        }
        if let Some((_, said)) = &variant.discriminant
            && !is_literally(said, value)
        {
            return Err(Error::new(
                said.span(),
                format!(
                    "`{ident}` is encoded as {value}, its place in the enum: remove its number, or set it to {value}"
                ),
            ));
        }
    }
    let name = &item.ident;
    let idents: Vec<_> = variants.iter().map(|variant| &variant.ident).collect();
    let numbers = 0..idents.len() as u8;
    let (others, last) = (&idents[..idents.len() - 1], idents[idents.len() - 1]);
    let other_numbers = 0..others.len() as i64;
    let other_numbers_again = other_numbers.clone();
    let high = others.len() as i64;
    let words: Vec<_> = idents.iter().map(|ident| shape::snake(ident)).collect();
    Ok(quote! {
        #[automatically_derived]
        impl ::shared::game::Field for #name {
            const VALUES: u32 = 1;

            #[inline]
            fn encode(&self, out: &mut ::shared::wire::Writer<'_>) {
                let number: u8 = match self { #(Self::#idents => #numbers,)* };
                out.int(number);
            }

            #[inline]
            fn decode(
                name: &'static str,
                input: &mut ::shared::wire::Reader<'_>,
            ) -> ::core::result::Result<Self, ::shared::wire::DecodeError> {
                ::core::result::Result::Ok(match input.ranged(name, 0, #high)? {
                    #(#other_numbers => Self::#others,)*
                    _ => Self::#last,
                })
            }

            #[inline]
            fn hash_into(&self, word: &mut impl ::core::ops::FnMut(u32)) {
                word(*self as u32);
            }

            #[inline]
            fn numbers(&self, number: &mut impl ::core::ops::FnMut(f32)) {
                number(*self as u32 as f32);
            }

            fn from_numbers(numbers: &mut impl ::core::iter::Iterator<Item = f64>) -> Self {
                match <i64 as ::core::convert::From<u8>>::from(<u8 as ::shared::game::Field>::from_numbers(numbers)) {
                    #(#other_numbers_again => Self::#others,)*
                    _ => Self::#last,
                }
            }

            fn shape() -> ::shared::game::reflect::Shape {
                ::shared::game::reflect::Shape::Word(&[#(#words),*])
            }

            fn reflect(&self) -> ::shared::game::reflect::Reflected {
                ::shared::game::reflect::Reflected::Text(::core::convert::From::from(match self {
                    #(Self::#idents => #words,)*
                }))
            }

            fn from_reflected(
                value: &::shared::game::reflect::Reflected,
            ) -> ::core::result::Result<Self, ::std::string::String> {
                const ALL: &[#name] = &[#(#name::#idents),*];
                value.word_of(&[#(#words),*]).map(|place| ALL[place])
            }
        }
    })
}

fn is_literally(expression: &Expr, value: usize) -> bool {
    matches!(expression, Expr::Lit(ExprLit { lit: Lit::Int(said), .. }) if said.base10_parse::<usize>().is_ok_and(|said| said == value))
}

/// The code for a struct of fields, which are encoded in order.
fn several(item: &DeriveInput, fields: &[Named<'_>]) -> Result<TokenStream> {
    let name = &item.ident;
    let idents: Vec<_> = fields.iter().map(|field| field.ident).collect();
    let types: Vec<_> = fields.iter().map(|field| field.ty).collect();
    let read = fields.iter().map(|field| {
        let (ty, words) = (field.ty, field.words());
        Ok(match max(field.attributes)? {
            Some((_, max)) => quote!(<#ty as ::shared::game::Number>::decode_within(#words, (#max) as i64, input)?),
            None => quote!(<#ty as ::shared::game::Field>::decode(#words, input)?),
        })
    });
    let read: Vec<_> = read.collect::<Result<_>>()?;
    let plain: Vec<_> = idents.iter().map(|ident| ident.to_string().trim_start_matches("r#").to_owned()).collect();
    let from_numbers = fields.iter().map(|field| {
        let ty = field.ty;
        let read = quote!(<#ty as ::shared::game::Field>::from_numbers(numbers));
        Ok(match max(field.attributes)? {
            Some((_, max)) => quote!(::shared::game::Number::clamped(#read, (#max) as i64)),
            None => read,
        })
    });
    let from_numbers: Vec<_> = from_numbers.collect::<Result<_>>()?;
    let (members, reflected) = (reflect::members(fields), reflect::values(fields));
    let bindings: Vec<_> = plain.iter().map(|plain| format_ident!("field_{}", plain)).collect();
    Ok(quote! {
        #[automatically_derived]
        impl ::shared::game::Field for #name {
            const VALUES: u32 = #(<#types as ::shared::game::Field>::VALUES +)* 0;

            #[inline]
            fn encode(&self, out: &mut ::shared::wire::Writer<'_>) {
                #(::shared::game::Field::encode(&self.#idents, out);)*
            }

            #[inline]
            fn decode(
                _: &'static str,
                input: &mut ::shared::wire::Reader<'_>,
            ) -> ::core::result::Result<Self, ::shared::wire::DecodeError> {
                ::core::result::Result::Ok(Self { #(#idents: #read),* })
            }

            #[inline]
            fn hash_into(&self, word: &mut impl ::core::ops::FnMut(u32)) {
                #(::shared::game::Field::hash_into(&self.#idents, word);)*
            }

            fn number_names(name: &str, names: &mut ::std::vec::Vec<::std::string::String>) {
                #(<#types as ::shared::game::Field>::number_names(&::std::format!("{name}_{}", #plain), names);)*
            }

            #[inline]
            fn numbers(&self, number: &mut impl ::core::ops::FnMut(f32)) {
                #(::shared::game::Field::numbers(&self.#idents, number);)*
            }

            fn from_numbers(numbers: &mut impl ::core::iter::Iterator<Item = f64>) -> Self {
                Self { #(#idents: #from_numbers),* }
            }

            fn shape() -> ::shared::game::reflect::Shape {
                ::shared::game::reflect::Shape::Fields(#members)
            }

            fn reflect(&self) -> ::shared::game::reflect::Reflected {
                ::shared::game::reflect::Reflected::Fields(#reflected)
            }

            fn from_reflected(
                value: &::shared::game::reflect::Reflected,
            ) -> ::core::result::Result<Self, ::std::string::String> {
                let [#(#bindings),*] = value.fields_of([#(#plain),*])?;
                ::core::result::Result::Ok(Self {
                    #(#idents: <#types as ::shared::game::Field>::from_reflected(#bindings)
                        .map_err(|error| ::std::format!("{} {error}", #plain))?),*
                })
            }
        }
    })
}

/// The code for a struct around one number.
fn around(item: &DeriveInput, ty: &Type, max: Option<TokenStream>) -> TokenStream {
    let name = &item.ident;
    let number = quote!(<#ty as ::shared::game::Number>);
    let own_max = max.map_or_else(|| quote!(::core::primitive::i64::MAX), |max| quote!((#max) as i64));
    quote! {
        #[automatically_derived]
        impl ::shared::game::Field for #name {
            const VALUES: u32 = <#ty as ::shared::game::Field>::VALUES;

            #[inline]
            fn encode(&self, out: &mut ::shared::wire::Writer<'_>) {
                ::shared::game::Field::encode(&self.0, out);
            }

            #[inline]
            fn decode(
                name: &'static str,
                input: &mut ::shared::wire::Reader<'_>,
            ) -> ::core::result::Result<Self, ::shared::wire::DecodeError> {
                #number::decode_within(name, #own_max, input).map(Self)
            }

            #[inline]
            fn hash_into(&self, word: &mut impl ::core::ops::FnMut(u32)) {
                ::shared::game::Field::hash_into(&self.0, word);
            }

            fn number_names(name: &str, names: &mut ::std::vec::Vec<::std::string::String>) {
                <#ty as ::shared::game::Field>::number_names(name, names);
            }

            #[inline]
            fn numbers(&self, number: &mut impl ::core::ops::FnMut(f32)) {
                ::shared::game::Field::numbers(&self.0, number);
            }

            fn from_numbers(numbers: &mut impl ::core::iter::Iterator<Item = f64>) -> Self {
                Self(#number::clamped(::shared::game::Field::from_numbers(numbers), #own_max))
            }

            fn shape() -> ::shared::game::reflect::Shape {
                ::shared::game::reflect::bounded(<#ty as ::shared::game::Field>::shape(), #own_max)
            }

            fn reflect(&self) -> ::shared::game::reflect::Reflected {
                ::shared::game::Field::reflect(&self.0)
            }

            fn from_reflected(
                value: &::shared::game::reflect::Reflected,
            ) -> ::core::result::Result<Self, ::std::string::String> {
                let number = <#ty as ::shared::game::Field>::from_reflected(value)?;
                if #number::clamped(number, #own_max) != number {
                    let max = #own_max;
                    return ::core::result::Result::Err(::std::format!("must be at most {max} from 0"));
                }
                ::core::result::Result::Ok(Self(number))
            }
        }

        #[automatically_derived]
        impl ::shared::game::Number for #name {
            #[inline]
            fn decode_within(
                name: &'static str,
                max: i64,
                input: &mut ::shared::wire::Reader<'_>,
            ) -> ::core::result::Result<Self, ::shared::wire::DecodeError> {
                #number::decode_within(name, max.min(#own_max), input).map(Self)
            }

            #[inline]
            fn encode_difference(self, from: Self, out: &mut ::shared::wire::Writer<'_>) {
                #number::encode_difference(self.0, from.0, out);
            }

            #[inline]
            fn decode_difference(
                from: Self,
                name: &'static str,
                max: i64,
                input: &mut ::shared::wire::Reader<'_>,
            ) -> ::core::result::Result<Self, ::shared::wire::DecodeError> {
                #number::decode_difference(from.0, name, max.min(#own_max), input).map(Self)
            }

            fn clamped(self, max: i64) -> Self {
                Self(#number::clamped(self.0, max.min(#own_max)))
            }
        }
    }
}
