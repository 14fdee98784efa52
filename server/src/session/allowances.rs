//! Rate limits of a player. They belong to the session, not to the link: a player who comes back continues with the rest of the limits.

use std::time::Duration;

use shared::{
    TickRate,
    limits::{
        CHAT_LINES_MAX, CHAT_WINDOW_SECS, INPUT_BURST_SECS, INPUT_MESSAGES_PER_TICK_MAX, MESSAGE_BURST_SECS,
        MESSAGE_BYTES_PER_TICK_MAX, MESSAGES_PER_TICK_MAX, RESYNCS_PER_SEC_MAX, WATCHES_PER_SEC_MAX,
    },
};

use crate::base::token_bucket::Bucket;

/// One bucket for each kind of message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Allowances {
    pub(crate) messages: Bucket,
    pub(crate) bytes: Bucket,
    pub(crate) inputs: Bucket,
    pub(crate) chat: Bucket,
    /// Limits the warnings about chat, so that they do not flood the player.
    pub(crate) chat_warnings: Bucket,
    pub(crate) resyncs: Bucket,
    pub(crate) watches: Bucket,
}

impl Allowances {
    /// Full buckets, for a new session.
    pub(crate) fn new(tick_rate: TickRate) -> Self {
        let hz = u32::from(tick_rate.hz());
        let bytes = MESSAGE_BYTES_PER_TICK_MAX * hz;
        Self {
            // After a stall the network delivers all messages of the stalled time at once, one per tick.
            messages: Bucket::new(MESSAGES_PER_TICK_MAX * hz, hz * MESSAGE_BURST_SECS),
            bytes: Bucket::new(bytes, bytes * MESSAGE_BURST_SECS),
            inputs: Bucket::new(INPUT_MESSAGES_PER_TICK_MAX * hz, hz * INPUT_BURST_SECS),
            chat: Bucket::new((CHAT_LINES_MAX / CHAT_WINDOW_SECS).max(1), CHAT_LINES_MAX),
            chat_warnings: Bucket::new(1, 1),
            resyncs: Bucket::new(RESYNCS_PER_SEC_MAX, 2 * RESYNCS_PER_SEC_MAX),
            watches: Bucket::new(WATCHES_PER_SEC_MAX, 2 * WATCHES_PER_SEC_MAX),
        }
    }

    /// Adds the tokens of `time`, even beyond the capacity of the buckets.
    pub(crate) fn credit(&mut self, time: Duration) {
        let Self { messages, bytes, inputs, chat, chat_warnings: _, resyncs, watches } = self;
        [messages, bytes, inputs, chat, resyncs, watches].into_iter().for_each(|bucket| bucket.credit(time));
    }

    /// Continues with the limits of the session's previous link: the smaller value of each bucket is kept.
    pub(crate) fn go_on_with(&mut self, before: &Self) {
        let Self { messages, bytes, inputs, chat, chat_warnings, resyncs, watches } = self;
        messages.keep_less(before.messages);
        bytes.keep_less(before.bytes);
        inputs.keep_less(before.inputs);
        chat.keep_less(before.chat);
        chat_warnings.keep_less(before.chat_warnings);
        resyncs.keep_less(before.resyncs);
        watches.keep_less(before.watches);
    }
}
