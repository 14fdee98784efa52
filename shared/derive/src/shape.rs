//! The forms of structs and enums that the derives accept, and the names in their errors.

use proc_macro2::{Ident, Span};
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, ExprLit, Field, Fields, Lit, LitStr, Meta, MetaNameValue, Result, Type,
    Variant, spanned::Spanned,
};

/// A field with a name.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    pub(crate) attributes: &'a [Attribute],
}

impl Named<'_> {
    /// The name in errors.
    pub(crate) fn words(&self) -> LitStr {
        words(self.ident)
    }
}

/// Converts `bounces_left` to `bounces left` and `GameOver` to `game over`: the names in errors of decoding.
pub(crate) fn words(ident: &Ident) -> LitStr {
    let mut words = String::new();
    for letter in ident.to_string().trim_start_matches("r#").chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(if letter == '_' { ' ' } else { letter }.to_lowercase());
    }
    LitStr::new(&words, ident.span())
}

/// Converts `GameOver` to `game_over`: the name of an event, or of a value of an enum, on a page and in the inspector.
pub(crate) fn snake(ident: &Ident) -> LitStr {
    LitStr::new(&words(ident).value().replace(' ', "_"), ident.span())
}

/// The name as it is declared.
pub(crate) fn plain(ident: &Ident) -> LitStr {
    LitStr::new(ident.to_string().trim_start_matches("r#"), ident.span())
}

/// The documentation comment as one line, empty if there is none.
pub(crate) fn docs(attributes: &[Attribute]) -> LitStr {
    let line = |attribute: &Attribute| match &attribute.meta {
        Meta::NameValue(MetaNameValue { path, value: Expr::Lit(ExprLit { lit: Lit::Str(line), .. }), .. })
            if path.is_ident("doc") =>
        {
            Some(line.value().trim().to_owned())
        }
        _ => None,
    };
    // Only up to the first empty line; the rest is for readers of the code.
    let lines = attributes.iter().filter_map(line).take_while(|line| !line.is_empty()).collect::<Vec<_>>();
    LitStr::new(&lines.join(" "), Span::call_site())
}

/// Refuses type parameters and lifetimes.
pub(crate) fn refuse_generics(item: &DeriveInput, derive: &str) -> Result<()> {
    if item.generics.params.is_empty() {
        Ok(())
    } else {
        Err(Error::new(item.generics.span(), format!("{derive} is for types without parameters and lifetimes")))
    }
}

/// The fields of a struct, all of which have names.
pub(crate) fn named_fields<'a>(fields: &'a Fields, derive: &str, owner: Span) -> Result<Vec<Named<'a>>> {
    match fields {
        Fields::Named(fields) => Ok(fields.named.iter().filter_map(named).collect()),
        Fields::Unit => Ok(Vec::new()),
        Fields::Unnamed(_) => Err(Error::new(
            owner,
            format!("{derive} is for structs whose fields have names: errors and pages use them"),
        )),
    }
}

fn named(field: &Field) -> Option<Named<'_>> {
    Some(Named { ident: field.ident.as_ref()?, ty: &field.ty, attributes: &field.attrs })
}

/// A variant that holds one value.
pub(crate) struct Kind<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
}

/// The variants of an enum of kinds, each of which must hold one struct.
pub(crate) fn kinds<'a>(variants: impl Iterator<Item = &'a Variant>, derive: &str) -> Result<Vec<Kind<'a>>> {
    variants
        .map(|variant| match &variant.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                Ok(Kind { ident: &variant.ident, ty: &fields.unnamed[0].ty })
            }
            _ => Err(Error::new(
                variant.span(),
                format!("{derive} on an enum needs variants that hold one struct each: `{0}({0})`", variant.ident),
            )),
        })
        .collect()
}

/// The variants of an enum. `otherwise` is the error for any other item.
pub(crate) fn variants<'a>(item: &'a DeriveInput, otherwise: &str) -> Result<Vec<&'a Variant>> {
    match &item.data {
        Data::Enum(data) if !data.variants.is_empty() => Ok(data.variants.iter().collect()),
        Data::Enum(_) => Err(Error::new(item.ident.span(), "an enum without variants has no values")),
        _ => Err(Error::new(item.ident.span(), otherwise)),
    }
}

/// Returns true if the type is written as this single word.
pub(crate) fn is_word(ty: &Type, word: &str) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident(word))
}
