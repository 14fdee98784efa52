//! Refusals of the guard, in words that a player and a host can act on.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use super::{bans::Ban, limit::Limit};
use crate::config::Network;

/// A refusal.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// A limit is reached.
    #[error("{network} has reached its limit of {most} {}; try again in {} s", limit.words(), secs(*wait))]
    TooMuch {
        /// The limit.
        limit: Limit,
        /// The address or network.
        network: Network,
        /// The allowed number.
        most: u32,
        /// Time until another try can succeed.
        wait: Duration,
    },
    /// The network is banned.
    #[error("{}", ban.words())]
    Banned {
        /// The ban with its reason and end.
        ban: Ban,
    },
}

impl Refused {
    /// The limit, as metrics count it.
    pub const fn limit(&self) -> Limit {
        match self {
            Self::TooMuch { limit, .. } => *limit,
            Self::Banned { .. } => Limit::Banned,
        }
    }

    /// The HTTP status.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::TooMuch { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Banned { .. } => StatusCode::FORBIDDEN,
        }
    }

    /// The error's name in JSON.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::TooMuch { .. } => "too_much",
            Self::Banned { .. } => "banned",
        }
    }

    /// The body of the response.
    pub fn body(&self) -> serde_json::Value {
        json!({ "error": self.label(), "limit": self.limit().label(), "message": self.to_string() })
    }

    /// Seconds until another try can succeed.
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

/// Seconds, rounded up, at least one.
fn secs(wait: Duration) -> u64 {
    wait.as_millis().div_ceil(1_000).max(1) as u64
}
