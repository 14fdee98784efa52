//! Values of labels that several modules use.

/// Phases of a tick, in their order; `total` is the sum of all but `receive`.
pub(crate) const PHASES: &[&str] = &["receive", "inputs", "simulate", "replicate", "send", "total"];

/// Transports, as [`crate::net::Transport::label`] names them.
pub(crate) const TRANSPORTS: &[&str] = &["quic", "websocket", "webtransport"];

/// Directions, seen from the server.
pub(crate) const DIRECTIONS: &[&str] = &["down", "up"];

/// States of links: without a hello, in a room, sending a goodbye.
pub(crate) const LINK_STATES: &[&str] = &["connecting", "playing", "closing"];

/// Labels of [`shared::wire::DisconnectReason`], and `lost` for a broken link.
pub(crate) const CLOSES: &[&str] = &[
    "left",
    "version_mismatch",
    "bad_message",
    "bad_ticket",
    "room_full",
    "timed_out",
    "too_fast",
    "too_slow",
    "shutting_down",
    "room_closed",
    "kicked",
    "overloaded",
    "out_of_order",
    "internal",
    "resumed_elsewhere",
    "session_over",
    "wrong_shard",
    "room_failed",
    "lost",
];

/// Outcomes of requests for a QUIC handshake.
pub(crate) const HANDSHAKE_OUTCOMES: &[&str; 7] =
    &["begun", "waited", "retried", "refused", "failed", "completed", "dropped"];

/// Labels of [`crate::security::guard::Limit`].
pub(crate) const LIMITS: &[&str] = &[
    "connections",
    "half_open",
    "tickets",
    "players",
    "new_connections",
    "joins",
    "handshakes",
    "bytes",
    "messages",
    "requests",
    "answers",
    "places",
    "packets",
    "inputs",
    "addresses",
    "banned",
];

/// Reasons for refusing a ticket or token.
pub(crate) const PASSES_REFUSED: &[&str] =
    &["malformed", "forged", "expired", "unknown", "wrong_shard", "over", "used"];

/// Labels of [`shared::wire::DecodeError`] that a client can cause, and `transport` for a broken frame.
pub(crate) const DECODE_ERRORS: &[&str] = &[
    "truncated",
    "wrong_type",
    "out_of_range",
    "too_long",
    "too_deep",
    "bad_text",
    "unknown_kind",
    "unknown_operation",
    "wrong_length",
    "trailing_bytes",
    "version_mismatch",
    "unknown_baseline",
    "transport",
];

/// Actions of administrators.
pub(crate) const ADMIN_ACTIONS: &[&str] =
    &["announce", "ban", "change-map", "condition", "drain", "end-match", "kick", "mute", "reload", "unban", "unmute"];

/// Reasons for refusing a request of an administrator.
pub(crate) const ADMIN_REFUSALS: &[&str] =
    &["no_token_set", "no_token", "bad_token", "too_many_tries", "wrong_host", "wrong_origin"];

/// Outcomes of lines for the collector.
pub(crate) const TELEMETRY_OUTCOMES: &[&str] = &["sent", "dropped", "failed"];

#[cfg(test)]
mod tests {
    use shared::wire::DisconnectReason;

    use super::*;
    use crate::{net::Transport, security::guard::Limit};

    #[test]
    fn labels_are_those_of_their_types() {
        assert_eq!(LIMITS, Limit::ALL.map(Limit::label));
        assert_eq!(TRANSPORTS, Transport::ALL.map(Transport::label));
        let reasons: Vec<_> =
            (0..=u8::MAX).filter_map(DisconnectReason::from_code).map(DisconnectReason::label).collect();
        assert_eq!(CLOSES.split_last(), Some((&"lost", &reasons[..])));
    }
}
