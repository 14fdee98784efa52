//! The attribute `#[draw(…)]`: the numbers that a page gets for a field, and their names.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Error, Expr, Ident, LitStr, Result, Type};

use crate::{
    reflect,
    shape::{docs, is_word},
};

/// Names of numbers that every entity has, which the engine adds.
const TAKEN: [&str; 8] = ["key_high", "key_low", "x", "y", "vx", "vy", "guessed", "predicted"];
const INTEGERS: [&str; 6] = ["u8", "u16", "u32", "i8", "i16", "i32"];
const ALLOWED: &str = "allowed are `skip`, `name = \"…\"`, `lerp`, `px`, `seconds` and `turn = …`";

/// A field that a page gets.
pub(crate) struct Drawn<'a> {
    pub(crate) name: LitStr,
    pub(crate) about: LitStr,
    pub(crate) ty: &'a Type,
    /// One of `::shared::game::draw::Scale`.
    pub(crate) scale: TokenStream,
    /// The field is interpolated between two states.
    pub(crate) is_blended: bool,
    /// The field has the attribute `lerp`.
    pub(crate) is_lerp: bool,
    pub(crate) is_seconds: bool,
    /// The field has a unit, and is converted.
    pub(crate) is_scaled: bool,
}

impl<'a> Drawn<'a> {
    /// Parses the attributes of a field; `None` for a field with `skip`.
    pub(crate) fn parse(ident: &str, span: Span, ty: &'a Type, attributes: &[Attribute]) -> Result<Option<Self>> {
        let mut words = Words::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("draw")) {
            words.read(attribute)?;
        }
        let Words { skip, name, lerp, scales } = words;
        if skip.is_some() && (name.is_some() || lerp.is_some() || !scales.is_empty()) {
            return Err(Error::new(
                span,
                format!("`{ident}` is left out by `skip`: remove its other `draw` attributes"),
            ));
        }
        if let [_, (span, _), ..] = scales[..] {
            return Err(Error::new(
                span,
                format!("`{ident}` has several units: keep one of `px`, `seconds` and `turn`"),
            ));
        }
        let is_turn = scales.first().is_some_and(|(_, scale)| matches!(scale, Scale::Turn(_)));
        if is_turn && !INTEGERS.iter().any(|integer| is_word(ty, integer)) {
            return Err(Error::new(
                span,
                format!("`{ident}` is not a plain integer: `turn` needs one of {}", INTEGERS.join(", ")),
            ));
        }
        let is_seconds = matches!(scales.first(), Some((_, Scale::Seconds)));
        let is_scaled = !scales.is_empty();
        let scale = match scales.into_iter().next() {
            None => quote!(::shared::game::draw::Scale::Plain),
            Some((_, Scale::Px)) => quote!(::shared::game::draw::Scale::Px),
            Some((_, Scale::Seconds)) => quote!(::shared::game::draw::Scale::Seconds),
            Some((_, Scale::Turn(turn))) => quote!(::shared::game::draw::Scale::Turn((#turn) as i64)),
        };
        let name = name.unwrap_or_else(|| LitStr::new(ident.trim_start_matches("r#"), span));
        Ok(skip.is_none().then_some(Self {
            name,
            about: docs(attributes),
            ty,
            scale,
            is_blended: lerp.is_some() || is_turn,
            is_lerp: lerp.is_some(),
            is_seconds,
            is_scaled,
        }))
    }

    /// Code that appends the names of the field's numbers.
    pub(crate) fn names(&self) -> TokenStream {
        let Self { name, ty, .. } = self;
        quote!(<#ty as ::shared::game::Field>::number_names(#name, names);)
    }

    /// Code for the field's `DrawnField`.
    pub(crate) fn described(&self) -> TokenStream {
        let Self { about, ty, scale, .. } = self;
        reflect::drawn(&self.names(), about, scale, &quote!(<#ty as ::shared::game::Field>::shape()))
    }
}

/// A number that a function computes from the whole struct: `with(kind = Self::kind)`.
pub(crate) struct Made {
    name: LitStr,
    function: Expr,
}

impl Made {
    pub(crate) fn names(&self) -> TokenStream {
        let name = &self.name;
        quote!(names.push(::std::borrow::ToOwned::to_owned(#name));)
    }

    pub(crate) fn described(&self) -> TokenStream {
        let about = LitStr::new("", self.name.span());
        let scale = quote!(::shared::game::draw::Scale::Plain);
        reflect::drawn(&self.names(), &about, &scale, &quote!(::shared::game::reflect::Shape::Number))
    }

    /// Code that appends the number. `whole` is an expression for a reference to the struct.
    pub(crate) fn number(&self, whole: &TokenStream, map: &TokenStream) -> TokenStream {
        let function = &self.function;
        quote! {
            {
                let number: fn(&Self, &#map) -> f32 = #function;
                out.push(number(#whole, around.map));
            }
        }
    }
}

/// The attributes `#[draw(…)]` on a struct.
#[derive(Default)]
pub(crate) struct Whole {
    pub(crate) made: Vec<Made>,
    /// Type of the game's map, for a struct that is not an entity.
    pub(crate) map: Option<TokenStream>,
}

impl Whole {
    pub(crate) fn parse(attributes: &[Attribute]) -> Result<Self> {
        let mut whole = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("draw")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("map") {
                    whole.map = Some(meta.value()?.parse::<Type>()?.into_token_stream());
                } else if meta.path.is_ident("with") {
                    meta.parse_nested_meta(|number| {
                        let ident: &Ident = number.path.require_ident()?;
                        let name = LitStr::new(&ident.to_string(), ident.span());
                        whole.made.push(Made { name, function: number.value()?.parse()? });
                        Ok(())
                    })?;
                } else {
                    return Err(meta.error(
                        "unknown attribute of a struct: allowed are `with(name = function, …)` and `map = …`, the type of the game's map",
                    ));
                }
                Ok(())
            })?;
        }
        Ok(whole)
    }

    /// Refuses names that occur twice, and for an entity those of the engine.
    pub(crate) fn refuse_clashes(&self, fields: &[Drawn<'_>], is_entity: bool) -> Result<()> {
        let mut names: Vec<String> = Vec::new();
        for name in fields.iter().map(|field| &field.name).chain(self.made.iter().map(|made| &made.name)) {
            let word = name.value();
            if is_entity && TAKEN.contains(&word.as_str()) {
                return Err(Error::new(
                    name.span(),
                    format!(
                        "`{word}` is the name of a number that every entity has: leave the field out with `skip`, or give it another `name`"
                    ),
                ));
            }
            if names.contains(&word) {
                return Err(Error::new(
                    name.span(),
                    format!("two fields have the name `{word}` on a page: give one of them another `name`"),
                ));
            }
            names.push(word);
        }
        Ok(())
    }
}

enum Scale {
    Px,
    Seconds,
    Turn(TokenStream),
}

#[derive(Default)]
struct Words {
    skip: Option<Span>,
    name: Option<LitStr>,
    lerp: Option<Span>,
    scales: Vec<(Span, Scale)>,
}

impl Words {
    fn read(&mut self, attribute: &Attribute) -> Result<()> {
        attribute.parse_nested_meta(|meta| {
            let word = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            let span = meta.path.get_ident().map_or_else(Span::call_site, Ident::span);
            match word.as_str() {
                "skip" => self.skip = Some(span),
                "name" => self.name = Some(meta.value()?.parse()?),
                "lerp" => self.lerp = Some(span),
                "px" => self.scales.push((span, Scale::Px)),
                "seconds" => self.scales.push((span, Scale::Seconds)),
                "turn" => self.scales.push((span, Scale::Turn(meta.value()?.parse::<Expr>()?.into_token_stream()))),
                _ => return Err(meta.error(format!("unknown attribute of a drawn field: {ALLOWED}"))),
            }
            Ok(())
        })
    }
}
