//! Why somebody does not get in, in words that a player and a host can act on.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use super::{bans::Ban, limit::Limit};
use crate::config::Network;

/// A refusal.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// Too much of something.
    #[error("{network} has its {most} {}; try again in {} s", limit.words(), secs(*wait))]
    TooMuch {
        /// Of what.
        limit: Limit,
        /// Who.
        network: Network,
        /// What is allowed.
        most: u32,
        /// When to try again.
        wait: Duration,
    },
    /// It is banned.
    #[error("{}", ban.words())]
    Banned {
        /// Why and until when.
        ban: Ban,
    },
}

impl Refused {
    /// What metrics count.
    pub const fn limit(&self) -> Limit {
        match self {
            Self::TooMuch { limit, .. } => *limit,
            Self::Banned { .. } => Limit::Banned,
        }
    }

    /// The status of HTTP.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::TooMuch { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Banned { .. } => StatusCode::FORBIDDEN,
        }
    }

    /// One word for programs.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::TooMuch { .. } => "too_much",
            Self::Banned { .. } => "banned",
        }
    }

    /// The answer's body.
    pub fn body(&self) -> serde_json::Value {
        json!({ "error": self.label(), "limit": self.limit().label(), "message": self.to_string() })
    }

    /// Seconds after which another try makes sense.
    pub fn retry_after_secs(&self) -> Option<u64> {
        match self {
            Self::TooMuch { wait, .. } => Some(secs(*wait)),
            Self::Banned { .. } => None,
        }
    }

    pub(super) const fn network(&self) -> Network {
        match self {
            Self::TooMuch { network, .. } => *network,
            Self::Banned { ban } => ban.network,
        }
    }
}

/// Whole seconds, at least one.
fn secs(wait: Duration) -> u64 {
    wait.as_millis().div_ceil(1_000).max(1) as u64
}
