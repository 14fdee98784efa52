//! `#[derive(Record)]`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, Data, DeriveInput, Error, Expr, Fields, LitStr, Member, Result, Type};

use crate::{
    draw::{Drawn, Made, Whole},
    shape,
};

/// Bound of an enum's codes: in MessagePack 0..=127 take one byte.
const CODES_MAX: usize = 128;
/// Bits of a mask that takes one byte.
const SPARSE_MAX: usize = 7;

pub(crate) fn expand(item: &DeriveInput) -> Result<TokenStream> {
    shape::refuse_generics(item, "Record")?;
    let (encode, decode) = match (form(item)?, &item.data) {
        (Form::Serde, _) => serde(item),
        (Form::Sparse, Data::Struct(data)) => sparse(item, &data.fields)?,
        (Form::Sparse, _) => {
            return Err(Error::new(item.ident.span(), "`sparse` is for structs: the mask names their fields"));
        }
        (Form::Fields, Data::Struct(data)) => structure(item, &data.fields)?,
        (Form::Fields, Data::Enum(_)) => enumeration(item)?,
        (Form::Fields, Data::Union(_)) => return Err(Error::new(item.ident.span(), "Record is for structs and enums")),
    };
    let name = &item.ident;
    let (shape, reflect) = match (form(item)?, &item.data) {
        (Form::Serde, _) | (_, Data::Union(_)) => {
            (quote!(::shared::game::reflect::Shape::Any), quote!(::shared::game::reflect::Reflected::of_serde(self)))
        }
        (_, Data::Struct(data)) => {
            let fields = told_fields(&item.ident, &data.fields, false)?;
            let (members, pattern, values) = told(&fields);
            (
                quote!({
                    let mut members = ::std::vec::Vec::new();
                    #members
                    ::shared::game::reflect::Shape::Fields(members)
                }),
                quote!({
                    let Self { #pattern } = self;
                    let mut fields = ::std::vec::Vec::new();
                    #values
                    ::shared::game::reflect::Reflected::Fields(fields)
                }),
            )
        }
        (_, Data::Enum(_)) => told_kinds(item)?,
    };
    let draw = match (form(item)?, &item.data) {
        (Form::Fields | Form::Sparse, Data::Struct(data)) => drawing(item, &data.fields)?,
        // These have no fields with unique names.
        _ => refuse_draw(item)?,
    };
    Ok(quote! {
        #draw

        #[automatically_derived]
        #[allow(unused_variables)]
        impl ::shared::game::Record for #name {
            fn encode(&self, out: &mut ::shared::wire::Writer<'_>) {
                #encode
            }

            fn decode(
                input: &mut ::shared::wire::Reader<'_>,
            ) -> ::core::result::Result<Self, ::shared::wire::DecodeError> {
                #decode
            }

            fn shape() -> ::shared::game::reflect::Shape {
                #shape
            }

            fn reflect(&self) -> ::shared::game::reflect::Reflected {
                #reflect
            }
        }
    })
}

enum Form {
    Fields,
    Sparse,
    Serde,
}

fn form(item: &DeriveInput) -> Result<Form> {
    let mut form = Form::Fields;
    for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident("record")) {
        attribute.parse_nested_meta(|meta| {
            form = if meta.path.is_ident("sparse") {
                Form::Sparse
            } else if meta.path.is_ident("serde") {
                Form::Serde
            } else {
                return Err(meta.error("unknown attribute of a record: allowed are `sparse` and `serde`"));
            };
            Ok(())
        })?;
    }
    Ok(form)
}

/// The bodies of `encode` and `decode`.
type Bodies = (TokenStream, TokenStream);

fn serde(item: &DeriveInput) -> Bodies {
    let words = shape::words(&item.ident);
    (
        quote!(::shared::game::record::encode_serde(self, out);),
        quote!(::shared::game::record::decode_serde(#words, input)),
    )
}

/// The bodies for a struct: `[field…]`.
fn structure(item: &DeriveInput, fields: &Fields) -> Result<Bodies> {
    let fields = record_fields(&item.ident, fields)?;
    let words = shape::words(&item.ident);
    let (bindings, values) = (bindings(&fields), values(&fields));
    let (write, read) = (fields.iter().map(RecordField::write), fields.iter().map(RecordField::read));
    let members = fields.iter().map(|field| &field.member);
    let encode = quote! {
        let Self { #bindings } = self;
        out.nested(#values, |out| { #(#write)* });
    };
    let decode = quote! {
        let found = input.array(#words, usize::MAX)?;
        let expected = #values;
        if found != expected {
            return ::core::result::Result::Err(::shared::wire::DecodeError::WrongLength { found, expected });
        }
        ::core::result::Result::Ok(Self { #(#members: #read),* })
    };
    Ok((encode, decode))
}

/// The bodies for a sparse struct: `mask, field…` without an array.
fn sparse(item: &DeriveInput, fields: &Fields) -> Result<Bodies> {
    let fields = record_fields(&item.ident, fields)?;
    if let Some(extra) = fields.get(SPARSE_MAX) {
        return Err(Error::new(
            extra.words.span(),
            format!(
                "`{}` is one field too many: the mask of a sparse record has {SPARSE_MAX} bits",
                extra.words.value()
            ),
        ));
    }
    let words = LitStr::new(&format!("{} mask", shape::words(&item.ident).value()), item.ident.span());
    let bits: Vec<_> = (0..fields.len()).map(|bit| 1u8 << bit).collect();
    let all = bits.iter().fold(0i64, |all, &bit| all | i64::from(bit));
    let (patterns, bindings): (_, Vec<_>) = (bindings(&fields), fields.iter().map(|field| &field.binding).collect());
    let (write, read) = (fields.iter().map(RecordField::write), fields.iter().map(RecordField::read));
    let members = fields.iter().map(|field| &field.member);
    let types = fields.iter().map(|field| field.ty);
    let encode = quote! {
        fn is_zero<T: ::core::default::Default + ::core::cmp::PartialEq>(value: &T) -> bool {
            *value == T::default()
        }
        let Self { #patterns } = self;
        let mask: u8 = 0 #(| if is_zero(#bindings) { 0 } else { #bits })*;
        out.int(mask);
        #(if mask & #bits != 0 { #write })*
    };
    let decode = quote! {
        let mask = input.ranged(#words, 0, #all)? as u8;
        ::core::result::Result::Ok(Self {
            #(#members: if mask & #bits == 0 { <#types as ::core::default::Default>::default() } else { #read }),*
        })
    };
    Ok((encode, decode))
}

/// The bodies for an enum: `[code, field…]`.
fn enumeration(item: &DeriveInput) -> Result<Bodies> {
    let variants = shape::variants(item, "Record is for structs and enums")?;
    if let Some(extra) = variants.get(CODES_MAX) {
        return Err(Error::new(
            extra.ident.span(),
            format!("too many variants: at most {CODES_MAX} codes fit one byte"),
        ));
    }
    let count = variants.len();
    let what = shape::words(&item.ident);
    let code_words = LitStr::new(&format!("{} code", what.value()), what.span());
    let (mut encode, mut lengths, mut codes, mut values_read) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (code, variant) in (0u8..).zip(variants) {
        let ident = &variant.ident;
        if let Some((_, number)) = &variant.discriminant {
            return Err(Error::new_spanned(
                number,
                format!("`{ident}` has the code {code}, its place in the enum: remove its number"),
            ));
        }
        let fields = record_fields(ident, &variant.fields)?;
        let (bindings, values) = (bindings(&fields), values(&fields));
        let (write, read) = (fields.iter().map(RecordField::write), fields.iter().map(RecordField::read));
        let members = fields.iter().map(|field| &field.member);
        encode.push(quote! {
            Self::#ident { #bindings } => out.nested(1 + #values, |out| {
                out.int(#code);
                #(#write)*
            }),
        });
        lengths.push(quote!(#code => 1 + #values,));
        if usize::from(code) + 1 < count {
            codes.push(code);
        }
        values_read.push(quote!(Self::#ident { #(#members: #read),* }));
    }
    // Unknown codes were refused above, where the length is chosen, so `_` can stand for the last code.
    let last = values_read.pop();
    let encode = quote!(match self { #(#encode)* });
    let decode = quote! {
        let found = input.array(#what, usize::MAX)?;
        let code = input.u8(#code_words)?;
        let expected = match code {
            #(#lengths)*
            _ => return ::core::result::Result::Err(::shared::wire::DecodeError::UnknownKind { kind: code.into() }),
        };
        if found != expected {
            return ::core::result::Result::Err(::shared::wire::DecodeError::WrongLength { found, expected });
        }
        ::core::result::Result::Ok(match code {
            #(#codes => #values_read,)*
            _ => #last,
        })
    };
    Ok((encode, decode))
}

/// A field in the reflected form of a record, which pages get for events.
struct ToldField<'a> {
    member: Member,
    binding: Ident,
    ty: &'a Type,
    name: LitStr,
    about: LitStr,
    /// False for a field in parentheses.
    is_named: bool,
    /// The factor for its numbers.
    factor: Option<TokenStream>,
}

/// The fields of the reflected form. With `is_scaled`, numbers are converted as the `draw` attributes say.
fn told_fields<'a>(owner: &Ident, fields: &'a Fields, is_scaled: bool) -> Result<Vec<ToldField<'a>>> {
    let several = fields.len() > 1;
    let mut told = Vec::new();
    for (index, (field, member)) in fields.iter().zip(fields.members()).enumerate() {
        let owner = shape::snake(owner).value();
        let (word, span, binding) = match &member {
            Member::Named(ident) => {
                (shape::plain(ident).value(), ident.span(), format_ident!("field_{}", shape::plain(ident).value()))
            }
            Member::Unnamed(place) => {
                let word = if several { format!("{owner}_{index}") } else { owner };
                (word, place.span, format_ident!("field_{index}"))
            }
        };
        let (name, factor) = if is_scaled {
            let Some(drawn) = Drawn::parse(&word, span, &field.ty, &field.attrs)? else { continue };
            if drawn.is_lerp || drawn.is_seconds {
                return Err(Error::new(
                    span,
                    format!("`{word}` is a field of an event: allowed are `skip`, `name = \"…\"`, `px` and `turn = …`"),
                ));
            }
            let scale = &drawn.scale;
            (drawn.name, drawn.is_scaled.then(|| quote!(#scale.factor_of_event())))
        } else {
            (LitStr::new(&word, span), None)
        };
        let (about, is_named) = (shape::docs(&field.attrs), matches!(member, Member::Named(_)));
        told.push(ToldField { member, binding, ty: &field.ty, name, about, is_named, factor });
    }
    Ok(told)
}

/// Three pieces of code: it pushes to `members`, the inside of a pattern, and it pushes to `fields`.
fn told(fields: &[ToldField<'_>]) -> (TokenStream, TokenStream, TokenStream) {
    let (mut members, mut values) = (TokenStream::new(), TokenStream::new());
    for ToldField { binding, ty, name, about, is_named, factor, .. } in fields {
        let (mut shape, mut value) =
            (quote!(<#ty as ::shared::game::Field>::shape()), quote!(::shared::game::Field::reflect(#binding)));
        if let Some(factor) = factor {
            shape = quote!(::shared::game::reflect::scaled(#shape));
            value = quote!(#value.scaled(#factor));
        }
        if *is_named || factor.is_some() {
            members.extend(quote!(members.push(::shared::game::reflect::Member {
                name: ::core::convert::From::from(#name),
                about: #about,
                shape: #shape,
            });));
            values.extend(quote!(fields.push((::core::convert::From::from(#name), #value));));
        } else {
            members.extend(quote!(::shared::game::reflect::unnamed(#name, #about, #shape, &mut members);));
            values.extend(quote!(::shared::game::reflect::unnamed_value(#name, #binding, &mut fields);));
        }
    }
    let (places, bindings) = (fields.iter().map(|field| &field.member), fields.iter().map(|field| &field.binding));
    (members, quote!(#(#places: #bindings,)* ..), values)
}

/// The bodies of `shape` and `reflect` of an enum.
fn told_kinds(item: &DeriveInput) -> Result<Bodies> {
    let (mut kinds, mut arms) = (Vec::new(), Vec::new());
    for variant in shape::variants(item, "Record is for structs and enums")? {
        let ident = &variant.ident;
        let (name, about) = (shape::snake(ident), shape::docs(&variant.attrs));
        let fields = told_fields(ident, &variant.fields, true)?;
        if let Some(field) = fields.iter().find(|field| ["kind", "tick"].contains(&field.name.value().as_str())) {
            return Err(Error::new(
                field.name.span(),
                format!(
                    "every event has a `{0}` on its page already: give this field another name with `#[draw(name = \"…\")]`",
                    field.name.value()
                ),
            ));
        }
        let (members, pattern, values) = told(&fields);
        kinds.push(quote!({
            #[allow(unused_mut)]
            let mut members = ::std::vec::Vec::new();
            #members
            ::shared::game::reflect::Kind { name: #name, about: #about, fields: members }
        }));
        arms.push(quote!(Self::#ident { #pattern } => {
            let mut fields = ::std::vec![(
                ::core::convert::From::from("kind"),
                ::core::convert::From::from(#name),
            )];
            #values
            ::shared::game::reflect::Reflected::Fields(fields)
        }));
    }
    Ok((quote!(::shared::game::reflect::Shape::Kinds(::std::vec![#(#kinds),*])), quote!(match self { #(#arms)* })))
}

/// The implementation of `Draw`, which gives a page the fields by name.
fn drawing(item: &DeriveInput, fields: &Fields) -> Result<TokenStream> {
    let name = &item.ident;
    let whole = Whole::parse(&item.attrs)?;
    if whole.map.is_none() && !whole.made.is_empty() {
        return Err(Error::new(name.span(), "`with` also needs `map = …`, the type of the game's map"));
    }
    let owner = shape::words(name).value().replace(' ', "_");
    let mut drawn = Vec::new();
    let mut members = Vec::new();
    for (field, member) in fields.iter().zip(fields.members()) {
        // As in errors, the value in `struct Points(u16)` has the name `points`.
        let (word, span) = match &member {
            Member::Named(ident) => (ident.to_string(), ident.span()),
            Member::Unnamed(_) if fields.len() == 1 => (owner.clone(), name.span()),
            Member::Unnamed(index) => (format!("{owner}_{}", index.index), name.span()),
        };
        let Some(field) = Drawn::parse(&word, span, &field.ty, &field.attrs)? else { continue };
        if field.is_lerp {
            return Err(Error::new(
                span,
                format!("`{word}` is not interpolated: `lerp` is only for the fields of entities"),
            ));
        }
        drawn.push(field);
        members.push(member);
    }
    whole.refuse_clashes(&drawn, false)?;
    let names = drawn.iter().map(Drawn::names).chain(whole.made.iter().map(Made::names));
    let numbers = members.iter().zip(&drawn).map(
        |(member, Drawn { scale, .. })| quote!(::shared::game::draw::field(&self.#member, #scale, around.hz, out);),
    );
    let described = drawn.iter().map(Drawn::described).chain(whole.made.iter().map(Made::described));
    let described: Vec<_> = described.collect();
    let (parameter, map) = match &whole.map {
        Some(map) => (quote!(), map.clone()),
        None => (quote!(<M>), quote!(M)),
    };
    let numbers = numbers.chain(whole.made.iter().map(|made| made.number(&quote!(self), &map)));
    Ok(quote! {
        #[automatically_derived]
        #[allow(unused_variables)]
        impl #parameter ::shared::game::Draw<#map> for #name {
            fn number_names(names: &mut ::std::vec::Vec<::std::string::String>) {
                #(#names)*
            }

            fn draw(&self, around: &::shared::game::Drawing<'_, #map>, out: &mut ::std::vec::Vec<f32>) {
                #(#numbers)*
            }

            fn drawn() -> ::std::vec::Vec<::shared::game::draw::DrawnField> {
                ::std::vec![#(#described),*]
            }
        }
    })
}

/// Refuses `draw` on a type whose fields have no names.
fn refuse_draw(item: &DeriveInput) -> Result<TokenStream> {
    match item.attrs.iter().find(|attribute| attribute.path().is_ident("draw")) {
        Some(said) => Err(Error::new_spanned(said, "`draw` is for structs of fields: a page gets them by name")),
        None => Ok(TokenStream::new()),
    }
}

struct RecordField<'a> {
    member: Member,
    binding: Ident,
    ty: &'a Type,
    words: LitStr,
    max: Option<TokenStream>,
}

impl RecordField<'_> {
    fn write(&self) -> TokenStream {
        let binding = &self.binding;
        quote!(::shared::game::Field::encode(#binding, out);)
    }

    fn read(&self) -> TokenStream {
        let Self { ty, words, .. } = self;
        match &self.max {
            Some(max) => quote!(<#ty as ::shared::game::Number>::decode_within(#words, (#max) as i64, input)?),
            None => quote!(<#ty as ::shared::game::Field>::decode(#words, input)?),
        }
    }
}

fn record_fields<'a>(owner: &Ident, fields: &'a Fields) -> Result<Vec<RecordField<'a>>> {
    fields
        .iter()
        .zip(fields.members())
        .map(|(field, member)| {
            let binding = match &member {
                Member::Named(ident) => format_ident!("field_{}", ident),
                Member::Unnamed(index) => format_ident!("field_{}", index.index),
            };
            // A field of `Left(PlayerId)` has no name, so the variant's name is used.
            let words = shape::words(field.ident.as_ref().unwrap_or(owner));
            Ok(RecordField { member, binding, ty: &field.ty, words, max: max(&field.attrs)? })
        })
        .collect()
}

fn max(attributes: &[Attribute]) -> Result<Option<TokenStream>> {
    let mut max = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("record")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("max") {
                return Err(meta.error("unknown attribute of a record's field: allowed is `max = …`"));
            }
            max = Some(meta.value()?.parse::<Expr>()?.into_token_stream());
            Ok(())
        })?;
    }
    Ok(max)
}

/// The inside of a pattern that binds every field.
fn bindings(fields: &[RecordField<'_>]) -> TokenStream {
    let (members, bindings) = (fields.iter().map(|field| &field.member), fields.iter().map(|field| &field.binding));
    quote!(#(#members: #bindings),*)
}

/// An expression for the number of values of the fields.
fn values(fields: &[RecordField<'_>]) -> TokenStream {
    let types = fields.iter().map(|field| field.ty);
    quote!((#(<#types as ::shared::game::Field>::VALUES as usize +)* 0))
}
