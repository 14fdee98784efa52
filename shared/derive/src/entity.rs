//! `#[derive(Entity)]`: an enum of entities is an entity.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Result};

use crate::shape;

pub(crate) fn expand(item: &DeriveInput) -> Result<TokenStream> {
    const OTHERWISE: &str =
        "Entity is derived only for enums of entities: for a struct write `impl Entity for …` with its motion";
    let name = &item.ident;
    shape::refuse_generics(item, "Entity")?;
    let kinds = shape::kinds(shape::variants(item, OTHERWISE)?.into_iter(), "Entity")?;
    let idents: Vec<_> = kinds.iter().map(|kind| kind.ident).collect();
    let first = kinds[0].ty;
    Ok(quote! {
        #[automatically_derived]
        impl ::shared::game::Entity for #name {
            type Map = <#first as ::shared::game::Entity>::Map;

            #[inline]
            fn step(&mut self, map: &Self::Map) -> bool {
                match self { #(Self::#idents(state) => ::shared::game::Entity::step(state, map),)* }
            }

            #[inline]
            fn position(&self, map: &Self::Map) -> ::shared::game::IVec2 {
                match self { #(Self::#idents(state) => ::shared::game::Entity::position(state, map),)* }
            }

            #[inline]
            fn extent(&self, map: &Self::Map) -> i32 {
                match self { #(Self::#idents(state) => ::shared::game::Entity::extent(state, map),)* }
            }

            #[inline]
            fn importance(&self) -> u32 {
                match self { #(Self::#idents(state) => ::shared::game::Entity::importance(state),)* }
            }

            fn plain_importance(&self) -> u32 {
                match self { #(Self::#idents(state) => ::shared::game::Entity::plain_importance(state),)* }
            }

            #[inline]
            fn impulse(&mut self, impulse: u8, map: &Self::Map) -> bool {
                match self { #(Self::#idents(state) => ::shared::game::Entity::impulse(state, impulse, map),)* }
            }

            fn between(&self, later: &Self, past: f64, ticks: u32, map: &Self::Map) -> ::shared::game::Pose<Self> {
                match (self, later) {
                    #((Self::#idents(state), Self::#idents(later)) => {
                        ::shared::game::Entity::between(state, later, past, ticks, map).map(Self::#idents)
                    })*
                    // There is nothing to interpolate between different kinds.
                    #[allow(unreachable_patterns)]
                    _ => ::shared::game::Pose::still(*self, map),
                }
            }

            fn ahead(&self, past: f64, map: &Self::Map) -> ::core::option::Option<::shared::game::Pose<Self>> {
                match self {
                    #(Self::#idents(state) => {
                        ::shared::game::Entity::ahead(state, past, map).map(|pose| pose.map(Self::#idents))
                    })*
                }
            }
        }
    })
}
