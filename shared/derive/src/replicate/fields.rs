//! The attributes of an entity's fields.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Error, Expr, Result};

use crate::{
    draw::Drawn,
    shape::{Named, is_word},
};

/// A field of an entity.
pub(super) struct EntityField<'a> {
    pub(super) named: Named<'a>,
    pub(super) role: Role,
    /// Bound of every component, in both directions.
    pub(super) max: Option<TokenStream>,
    /// The field is not in the plain encoding, and a plain client gets this value.
    pub(super) unseen: Option<TokenStream>,
    pub(super) is_position: bool,
}

/// The rule by which a field is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// In full states, and together with all other motion fields when running forward does not give the true state.
    Motion,
    /// When it changes. It is set before the last tick is run forward.
    Intent { cosmetic: bool, turn: bool },
    /// Only in full states.
    Fixed,
}

const ALLOWED: &str =
    "allowed are `position`, `intent`, `cosmetic`, `turn`, `fixed`, `max = …`, `unseen` and `unseen = …`";

impl<'a> EntityField<'a> {
    pub(super) fn parse(named: Named<'a>) -> Result<Self> {
        let mut words = Words::default();
        for attribute in named.attributes.iter().filter(|attribute| attribute.path().is_ident("replicate")) {
            words.read(attribute)?;
        }
        let Words { position, intent, cosmetic, turn, fixed, max, unseen } = words;
        let ident = named.ident;
        if let (Some(span), Some(_)) = (fixed, intent.or(cosmetic).or(turn)) {
            return Err(Error::new(
                span,
                format!(
                    "`{ident}` is `fixed`, so it cannot change: remove `fixed`, or remove `intent`, `cosmetic` and `turn`"
                ),
            ));
        }
        if let Some(span) = turn {
            if intent.or(cosmetic).is_none() {
                return Err(Error::new(span, format!("`turn` of `{ident}` also needs `intent` or `cosmetic`")));
            }
            if !is_word(named.ty, "u8") {
                return Err(Error::new(span, format!("`{ident}` is not a `u8`: `turn` is for angles in 1/256 turn")));
            }
        }
        if let Some(span) = position
            && (max.is_some() || unseen.is_some() || intent.or(cosmetic).is_some())
        {
            return Err(Error::new(
                span,
                format!(
                    "`{ident}` is the position, which has its own bound and is always sent: besides `position` only `fixed` is allowed"
                ),
            ));
        }
        let role = match (fixed, intent.or(cosmetic)) {
            (Some(_), _) => Role::Fixed,
            (None, Some(_)) => Role::Intent { cosmetic: cosmetic.is_some(), turn: turn.is_some() },
            (None, None) => Role::Motion,
        };
        let max = position.map(|_| quote!(::shared::wire::POSITION_MAX)).or(max);
        Ok(Self { named, role, max, unseen, is_position: position.is_some() })
    }

    /// The numbers that a page gets for the field; `None` if it is left out. A page gets the position as `x` and `y`.
    pub(super) fn drawn(&self) -> Result<Option<Drawn<'a>>> {
        let Named { ident, ty, attributes } = self.named;
        let said = attributes.iter().find(|attribute| attribute.path().is_ident("draw"));
        if let (true, Some(said)) = (self.is_position, said) {
            return Err(Error::new_spanned(
                said,
                format!("`{ident}` is the position, which every page gets as `x` and `y`: remove `draw`"),
            ));
        }
        let drawn = Drawn::parse(&ident.to_string(), ident.span(), ty, attributes)?.filter(|_| !self.is_position);
        let is_turn = matches!(self.role, Role::Intent { turn: true, .. });
        // A page gets an angle of `replicate` as an angle without a `draw` attribute.
        Ok(drawn.map(|drawn| match is_turn {
            true => Drawn { scale: quote!(::shared::game::draw::Scale::Turn(256)), is_blended: true, ..drawn },
            false => drawn,
        }))
    }

    pub(super) fn is_intent(&self) -> bool {
        matches!(self.role, Role::Intent { .. })
    }

    /// The bound as an expression of `i64`, wider than the type when there is none.
    pub(super) fn bound(&self) -> TokenStream {
        self.max.as_ref().map_or_else(|| quote!(::core::primitive::i64::MAX), |max| quote!((#max) as i64))
    }
}

#[derive(Default)]
struct Words {
    position: Option<Span>,
    intent: Option<Span>,
    cosmetic: Option<Span>,
    turn: Option<Span>,
    fixed: Option<Span>,
    max: Option<TokenStream>,
    unseen: Option<TokenStream>,
}

impl Words {
    fn read(&mut self, attribute: &Attribute) -> Result<()> {
        attribute.parse_nested_meta(|meta| {
            let word = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            let span = meta.path.get_ident().map_or_else(Span::call_site, syn::Ident::span);
            match word.as_str() {
                "position" => self.position = Some(span),
                "intent" => self.intent = Some(span),
                "cosmetic" => self.cosmetic = Some(span),
                "turn" => self.turn = Some(span),
                "fixed" => self.fixed = Some(span),
                "max" => self.max = Some(meta.value()?.parse::<Expr>()?.into_token_stream()),
                "unseen" => {
                    self.unseen = Some(if meta.input.peek(syn::Token![=]) {
                        meta.value()?.parse::<Expr>()?.into_token_stream()
                    } else {
                        quote!(::core::default::Default::default())
                    });
                }
                _ => return Err(meta.error(format!("unknown attribute of a field: {ALLOWED}"))),
            }
            Ok(())
        })
    }
}
