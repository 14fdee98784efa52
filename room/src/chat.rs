//! Chat lines of players, sent to everyone at a rate that the room can carry.
//!
//! A line costs its bytes once per receiver: in a room of a thousand players who each send a line a second, chat would take a hundred
//! megabytes a second. In: lines as they arrive. Out: `take`, the lines to send in this tick, the oldest first. The other lines wait, up
//! to a limit. A line that waits too long is refused, and its author is notified.

use std::collections::VecDeque;

use shared::{
    PlayerId, Tick, TickRate,
    limits::{CHAT_FANOUT_BYTES_PER_SEC_MAX, CHAT_LINES_PER_TICK_MAX, CHAT_LINES_WAITING_MAX, CHAT_WAIT_SECS_MAX},
};

/// The queue of chat lines.
#[derive(Debug)]
pub(crate) struct Chat {
    waiting: VecDeque<Line>,
    /// Authors of refused lines.
    refused: Vec<PlayerId>,
    /// Budget in bytes times receivers; negative after a line to many receivers.
    allowance: i64,
    tick_rate: TickRate,
}

/// A chat line of a player.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) from: PlayerId,
    pub(crate) text: String,
    since: Tick,
}

impl Chat {
    pub(crate) fn new(tick_rate: TickRate) -> Self {
        Self {
            waiting: VecDeque::new(),
            refused: Vec::new(),
            allowance: i64::from(CHAT_FANOUT_BYTES_PER_SEC_MAX),
            tick_rate,
        }
    }

    /// Queues a line, or refuses it when the queue is full.
    pub(crate) fn push(&mut self, from: PlayerId, text: &str, now: Tick) {
        if self.waiting.len() < CHAT_LINES_WAITING_MAX {
            self.waiting.push_back(Line { from, text: text.to_owned(), since: now });
        } else {
            self.refuse(from);
        }
    }

    /// Drops the lines of a player who left: receivers no longer know the author.
    pub(crate) fn forget(&mut self, player: PlayerId) {
        self.waiting.retain(|line| line.from != player);
        self.refused.retain(|&refused| refused != player);
    }

    /// Makes one tick: passes the lines to send to `say`, and the authors of refused lines to `refuse`, each author once. `listeners` is
    /// the number of receivers.
    pub(crate) fn take(
        &mut self,
        now: Tick,
        listeners: usize,
        mut say: impl FnMut(Line),
        refuse: impl FnMut(PlayerId),
    ) {
        let per_tick = CHAT_FANOUT_BYTES_PER_SEC_MAX / u32::from(self.tick_rate.hz());
        self.allowance = (self.allowance + i64::from(per_tick)).min(CHAT_FANOUT_BYTES_PER_SEC_MAX.into());
        for _ in 0..CHAT_LINES_PER_TICK_MAX {
            if self.allowance <= 0 {
                break;
            }
            let Some(line) = self.waiting.pop_front() else { break };
            self.allowance -= ((line.text.len() + LINE_HEAD_BYTES) * listeners) as i64;
            say(line);
        }
        let wait_max = CHAT_WAIT_SECS_MAX * u32::from(self.tick_rate.hz());
        while self.waiting.front().is_some_and(|line| now.since(line.since) >= wait_max) {
            let line = self.waiting.pop_front().expect("there is a first line");
            self.refuse(line.from);
        }
        self.refused.drain(..).for_each(refuse);
    }

    fn refuse(&mut self, from: PlayerId) {
        // One notice per tick is enough for an author.
        if !self.refused.contains(&from) {
            self.refused.push(from);
        }
    }
}

/// Bytes that a line costs in addition to its text: the head of a small message.
const LINE_HEAD_BYTES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn chat() -> Chat {
        Chat::new(TickRate::new(30).expect("allowed"))
    }

    /// Lines sent and authors refused in a tick.
    fn take(chat: &mut Chat, tick: u32, listeners: usize) -> (Vec<String>, Vec<u16>) {
        let (mut said, mut refused) = (Vec::new(), Vec::new());
        chat.take(Tick(tick), listeners, |line| said.push(line.text), |player| refused.push(player.0));
        (said, refused)
    }

    #[test]
    fn lines_of_a_small_room_are_said_at_once_and_in_order() {
        let mut chat = chat();
        for line in 0..CHAT_LINES_PER_TICK_MAX {
            chat.push(PlayerId(1), &line.to_string(), Tick(1));
        }
        let (said, refused) = take(&mut chat, 2, 16);
        assert!(said.into_iter().eq((0..CHAT_LINES_PER_TICK_MAX).map(|line| line.to_string())));
        assert!(refused.is_empty());
    }

    #[test]
    fn more_lines_than_a_tick_carries_wait_for_the_next() {
        let mut chat = chat();
        for _ in 0..=CHAT_LINES_PER_TICK_MAX {
            chat.push(PlayerId(1), "hi", Tick(1));
        }
        assert_eq!(take(&mut chat, 2, 16).0.len(), CHAT_LINES_PER_TICK_MAX);
        assert_eq!(take(&mut chat, 3, 16), (vec!["hi".to_owned()], vec![]));
    }

    #[test]
    fn fan_out_is_bounded_whatever_the_room_and_who_is_not_heard_is_told() {
        let (mut chat, text) = (chat(), "x".repeat(200));
        let (mut bytes, mut refused) = (0, 0);
        const SECS: u32 = 20;
        for tick in 1..=SECS * 30 {
            // A thousand players send a line a second.
            for player in (0..1_000).filter(|player| player % 30 == tick % 30) {
                chat.push(PlayerId(player as u16), &text, Tick(tick));
            }
            let (said, authors) = take(&mut chat, tick, 1_000);
            bytes += said.iter().map(String::len).sum::<usize>() * 1_000;
            refused += authors.len();
            assert!(chat.waiting.len() <= CHAT_LINES_WAITING_MAX);
        }
        let most = CHAT_FANOUT_BYTES_PER_SEC_MAX as usize * (SECS as usize + 1);
        assert!(bytes <= most && bytes > most / 2, "{bytes} bytes of {most}");
        assert!(refused > 15_000, "{refused} were refused");
    }

    #[test]
    fn line_is_refused_rather_than_said_late() {
        let mut chat = chat();
        chat.allowance = i64::MIN / 2;
        chat.push(PlayerId(3), "first", Tick(10));
        let last = 10 + CHAT_WAIT_SECS_MAX * 30;
        assert_eq!(take(&mut chat, last - 1, 1_000), (vec![], vec![]));
        assert_eq!(take(&mut chat, last, 1_000), (vec![], vec![3]));
        assert_eq!(take(&mut chat, last + 1, 1_000), (vec![], vec![]));
    }

    #[test]
    fn one_who_left_says_nothing_more() {
        let mut chat = chat();
        chat.push(PlayerId(3), "bye", Tick(1));
        chat.push(PlayerId(4), "hi", Tick(1));
        chat.forget(PlayerId(3));
        assert_eq!(take(&mut chat, 2, 2).0, ["hi"]);
    }
}
