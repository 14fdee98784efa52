//! What players say to everyone, at a pace that the room can carry.
//!
//! A line costs its bytes once per listener, so a room of a thousand in which everybody says a line a second would send a hundred
//! megabytes a second. In: lines as they come. Out: `take`, those that may be said in this tick, the oldest first; the others wait a
//! while, and are refused when it becomes too long, so that their authors know.

use std::collections::VecDeque;

use shared::{
    PlayerId, Tick, TickRate,
    limits::{CHAT_FANOUT_BYTES_PER_SEC_MAX, CHAT_LINES_PER_TICK_MAX, CHAT_LINES_WAITING_MAX, CHAT_WAIT_SECS_MAX},
};

/// Lines that wait.
#[derive(Debug)]
pub(crate) struct Chat {
    waiting: VecDeque<Line>,
    /// Authors of lines that will not be said.
    refused: Vec<PlayerId>,
    /// Bytes times listeners that may be sent now; below zero after a line to many.
    allowance: i64,
    tick_rate: TickRate,
}

/// A line of a player.
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

    /// Takes in a line.
    pub(crate) fn push(&mut self, from: PlayerId, text: &str, now: Tick) {
        if self.waiting.len() < CHAT_LINES_WAITING_MAX {
            self.waiting.push_back(Line { from, text: text.to_owned(), since: now });
        } else {
            self.refuse(from);
        }
    }

    /// Forgets the lines of a player who left: nobody would know whose they are.
    pub(crate) fn forget(&mut self, player: PlayerId) {
        self.waiting.retain(|line| line.from != player);
        self.refused.retain(|&refused| refused != player);
    }

    /// A tick passes: hands the lines that so many listeners hear in it to `say`, and the authors of those that nobody will hear to
    /// `refuse`, each once.
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
        // One who is told once a tick knows enough.
        if !self.refused.contains(&from) {
            self.refused.push(from);
        }
    }
}

/// What a line costs beside its text, with the head of a small message.
const LINE_HEAD_BYTES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn chat() -> Chat {
        Chat::new(TickRate::new(30).expect("allowed"))
    }

    /// Lines said and authors refused in a tick.
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
            // A thousand players say a line a second.
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
        assert!(refused > 15_000, "{refused} were told");
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
