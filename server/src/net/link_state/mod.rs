//! The protocol state of a link: which messages are allowed when, and when it is closed. The player's session may outlive it, see
//! [`crate::session`].
//!
//! ```text
//! state       event                            next        answer
//! Connecting  hello (reliable)                 Connecting  join: the shard redeems ticket or token, then `joined` or close
//! Connecting  any other reliable message       Closing     OutOfOrder
//! Connecting  any unreliable message           Connecting  ignored: datagrams may overtake the stream
//! Connecting  5 s                              Closing     TimedOut
//! Playing     input, ping, chat, resync, watch Playing     passed on, each within its rate
//! Playing     leave                            Closing     Left
//! Playing     hello                            Closing     OutOfOrder
//! Playing     10 s of silence                  Closing     TimedOut
//! Playing     session resumed on another link  Closing     ResumedElsewhere
//! not Closing too many messages or bytes       Closing     TooFast
//! not Closing bytes that are not a message     Closing     BadMessage, VersionMismatch
//! Closing     anything                         Closing     ignored
//! Closing     1 s                              gone        the link is dropped, even if the goodbye has not arrived
//! ```

mod goodbye;

use std::time::Duration;

use room::Channel;
use shared::{
    PlayerId, TickRate,
    limits::{
        BLOCKED_TIMEOUT_SECS, HELLO_TIMEOUT_SECS, IDLE_TIMEOUT_SECS, MESSAGE_BYTES_PER_TICK_MAX, MESSAGES_PER_TICK_MAX,
    },
    wire::{ClientMessage, DisconnectReason, Hello, InputBytes},
};

use crate::session::{Allowances, Seat};

pub(crate) use self::goodbye::{Goodbye, cut};

/// Time-outs of a link. Tests shorten them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timeouts {
    /// From the start of the link to its hello.
    pub hello: Duration,
    /// Without any message.
    pub idle: Duration,
    /// Without room to send one more byte.
    pub blocked: Duration,
    /// From the goodbye until the link is dropped.
    pub closing: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            hello: Duration::from_secs(HELLO_TIMEOUT_SECS),
            idle: Duration::from_secs(IDLE_TIMEOUT_SECS),
            blocked: Duration::from_secs(BLOCKED_TIMEOUT_SECS),
            closing: Duration::from_secs(1),
        }
    }
}

/// The state of one link. Times are since start.
#[derive(Debug)]
pub(crate) struct Session {
    state: State,
    timeouts: Timeouts,
    since: Duration,
    heard: Duration,
    blocked_since: Option<Duration>,
    allowances: Allowances,
    /// Ignored input messages since the last [`Session::take_ignored_inputs`].
    ignored_inputs: u64,
    /// A resync is due as soon as the bucket allows it.
    owes_resync: bool,
    /// The player that a spectator will watch as soon as the bucket allows it.
    owes_watch: Option<PlayerId>,
}

/// The state of a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// No hello yet.
    Connecting,
    /// In a room.
    Playing(Seat),
    /// The goodbye is sent.
    Closing,
}

/// An action for the shard.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Action<'a> {
    /// No action.
    Ignore,
    /// Redeem the ticket or token, and take a seat.
    Join(Hello<'a>),
    /// Pass the inputs to the room.
    Input(Seat, InputBytes<'a>),
    /// Answer the ping at once.
    Pong(Seat, u32),
    /// Pass the line to the room.
    Chat(Seat, &'a str),
    /// Inform the player that the line was dropped.
    ChatTooFast(Seat),
    /// Send the full state again.
    Resync(Seat),
    /// Show a spectator the view of this player.
    Watch(Seat, PlayerId),
    /// Send a goodbye.
    Close(Goodbye),
}

/// A time-out that has passed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Expiry {
    /// Send a goodbye.
    Close(Goodbye),
    /// Drop the link.
    Drop,
}

impl Session {
    pub(crate) fn new(timeouts: Timeouts, tick_rate: TickRate, now: Duration) -> Self {
        Self {
            state: State::Connecting,
            timeouts,
            since: now,
            heard: now,
            blocked_since: None,
            allowances: Allowances::new(tick_rate),
            ignored_inputs: 0,
            owes_resync: false,
            owes_watch: None,
        }
    }

    pub(crate) fn state(&self) -> State {
        self.state
    }

    /// The seat, if the state is `Playing`.
    pub(crate) fn seat(&self) -> Option<Seat> {
        match self.state {
            State::Playing(seat) => Some(seat),
            State::Connecting | State::Closing => None,
        }
    }

    /// Checks a message of `bytes` before it is decoded, so that a flood costs little. False: drop
    /// the message.
    ///
    /// # Errors
    /// The goodbye for a flood.
    pub(crate) fn admit(&mut self, channel: Channel, bytes: usize, now: Duration) -> Result<bool, Goodbye> {
        if self.state == State::Closing {
            return Ok(false);
        }
        if !self.allowances.messages.take(now) {
            let text = format!("more than {MESSAGES_PER_TICK_MAX} messages per tick");
            return Err(Goodbye::new(DisconnectReason::TooFast, text));
        }
        if !self.allowances.bytes.take_many(bytes as u32, now) {
            let text = format!("more than {MESSAGE_BYTES_PER_TICK_MAX} bytes per tick");
            return Err(Goodbye::new(DisconnectReason::TooFast, text));
        }
        self.heard = now;
        Ok(self.state != State::Connecting || channel == Channel::Reliable)
    }

    /// The action for an admitted message.
    pub(crate) fn handle_message<'a>(&mut self, message: &'a ClientMessage<'a>, now: Duration) -> Action<'a> {
        match (self.state, message) {
            (State::Connecting, &ClientMessage::Hello(hello)) => Action::Join(hello),
            (State::Connecting, _) => {
                Action::Close(Goodbye::new(DisconnectReason::OutOfOrder, "the first message must be a hello"))
            }
            (State::Playing(_), ClientMessage::Hello(_)) => {
                Action::Close(Goodbye::new(DisconnectReason::OutOfOrder, "a second hello on one link"))
            }
            (State::Playing(seat), &ClientMessage::Input(message)) => {
                if self.allowances.inputs.take(now) {
                    Action::Input(seat, message)
                } else {
                    self.ignored_inputs += 1;
                    Action::Ignore
                }
            }
            (State::Playing(seat), &ClientMessage::Ping { token }) => Action::Pong(seat, token),
            (State::Playing(seat), ClientMessage::Chat { text }) => {
                if self.allowances.chat.take(now) {
                    Action::Chat(seat, text)
                } else if self.allowances.chat_warnings.take(now) {
                    Action::ChatTooFast(seat)
                } else {
                    Action::Ignore
                }
            }
            (State::Playing(seat), ClientMessage::Resync) => {
                // The newest request replaces an older one; one that comes too soon is executed later.
                self.owes_resync = !self.allowances.resyncs.take(now);
                if self.owes_resync { Action::Ignore } else { Action::Resync(seat) }
            }
            (State::Playing(seat), &ClientMessage::Watch { player }) => {
                let allowed = self.allowances.watches.take(now);
                self.owes_watch = (!allowed).then_some(player);
                if allowed { Action::Watch(seat, player) } else { Action::Ignore }
            }
            (State::Playing(_), ClientMessage::Leave) => {
                Action::Close(Goodbye::new(DisconnectReason::Left, "you left"))
            }
            (State::Closing, _) => Action::Ignore,
        }
    }

    /// A delayed request that may be executed now. Call it until `None`.
    pub(crate) fn poll_wish(&mut self, now: Duration) -> Option<Action<'static>> {
        let State::Playing(seat) = self.state else { return None };
        if self.owes_resync && self.allowances.resyncs.take(now) {
            self.owes_resync = false;
            return Some(Action::Resync(seat));
        }
        let player = self.owes_watch.filter(|_| self.allowances.watches.take(now))?;
        self.owes_watch = None;
        Some(Action::Watch(seat, player))
    }

    /// The hello was accepted, and the room gave a seat.
    pub(crate) fn joined(&mut self, seat: Seat, now: Duration) {
        debug_assert_eq!(self.state, State::Connecting);
        self.state = State::Playing(seat);
        self.heard = now;
    }

    /// The rate limits, for the next link of the session.
    pub(crate) fn allowances(&self) -> Allowances {
        self.allowances
    }

    /// Continues with the rate limits of the session's previous link.
    pub(crate) fn go_on_with(&mut self, before: &Allowances) {
        self.allowances.go_on_with(before);
    }

    /// The goodbye was sent.
    pub(crate) fn closing(&mut self, now: Duration) {
        self.state = State::Closing;
        self.since = now;
    }

    /// Adds `time` to the rate limits: the shard did not read for so long, so messages now come at once.
    pub(crate) fn credit(&mut self, time: Duration) {
        self.allowances.credit(time);
    }

    /// Input messages ignored because they came too fast, since the last call.
    pub(crate) fn take_ignored_inputs(&mut self) -> u64 {
        std::mem::take(&mut self.ignored_inputs)
    }

    /// Sets whether the link has no room to send. True if that has changed.
    pub(crate) fn set_blocked(&mut self, blocked: bool, now: Duration) -> bool {
        if blocked == self.blocked_since.is_some() {
            return false;
        }
        self.blocked_since = blocked.then_some(now);
        true
    }

    /// True if the link had no room to send when [`Session::set_blocked`] was last called.
    pub(crate) fn is_blocked(&self) -> bool {
        self.blocked_since.is_some()
    }

    /// The time-out that has passed, if any.
    pub(crate) fn poll_expiry(&self, now: Duration) -> Option<Expiry> {
        let Timeouts { hello, idle, blocked, closing } = self.timeouts;
        let close = |reason, text: &str| Some(Expiry::Close(Goodbye::new(reason, text)));
        match self.state {
            State::Connecting if now >= self.since + hello => close(DisconnectReason::TimedOut, "no hello came"),
            State::Playing(_) if now >= self.heard + idle => close(DisconnectReason::TimedOut, "nothing was heard"),
            State::Closing if now >= self.since + closing => Some(Expiry::Drop),
            State::Playing(_) if self.blocked_since.is_some_and(|since| now >= since + blocked) => {
                close(DisconnectReason::TooSlow, "the link stayed blocked")
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::limits::{CHAT_LINES_MAX, INPUT_BURST_SECS, INPUT_MESSAGES_PER_TICK_MAX, MESSAGE_BURST_SECS};

    use super::*;
    use crate::session::SessionId;

    const SEAT: Seat = Seat { room: 0, member: shared::MemberId::Player(PlayerId(3)), session: SessionId(9) };
    const HELLO: ClientMessage<'_> = ClientMessage::Hello(Hello { plain: false, name: "ann", ticket: "t" });

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn connecting() -> Session {
        Session::new(Timeouts::default(), TickRate::new(30).unwrap(), at(0))
    }

    fn playing() -> Session {
        let mut session = connecting();
        session.joined(SEAT, at(0));
        session
    }

    fn reason(action: &Action<'_>) -> DisconnectReason {
        match action {
            Action::Close(goodbye) => goodbye.reason,
            other => panic!("{other:?} is no goodbye"),
        }
    }

    fn expiry_reason(session: &Session, ms: u64) -> Option<DisconnectReason> {
        session.poll_expiry(at(ms)).map(|expiry| match expiry {
            Expiry::Close(goodbye) => goodbye.reason,
            Expiry::Drop => panic!("dropped without a goodbye"),
        })
    }

    #[test]
    fn hello_comes_first_and_once() {
        assert!(matches!(connecting().handle_message(&HELLO, at(1)), Action::Join(_)));
        assert_eq!(reason(&connecting().handle_message(&ClientMessage::Leave, at(1))), DisconnectReason::OutOfOrder);
        assert_eq!(reason(&playing().handle_message(&HELLO, at(1))), DisconnectReason::OutOfOrder);
    }

    #[test]
    fn datagram_that_overtakes_the_hello_is_forgotten() {
        let mut session = connecting();
        assert_eq!(session.admit(Channel::Unreliable, 0, at(1)), Ok(false));
        assert_eq!(session.admit(Channel::Reliable, 0, at(1)), Ok(true));
        assert_eq!(playing().admit(Channel::Unreliable, 0, at(1)), Ok(true));
    }

    #[test]
    fn hello_must_come_in_time() {
        assert_eq!(expiry_reason(&connecting(), 4_999), None);
        assert_eq!(expiry_reason(&connecting(), 5_000), Some(DisconnectReason::TimedOut));
    }

    #[test]
    fn silence_ends_a_session_and_any_message_keeps_it() {
        let mut session = playing();
        session.admit(Channel::Unreliable, 0, at(9_000)).unwrap();
        assert_eq!(expiry_reason(&session, 18_999), None);
        assert_eq!(expiry_reason(&session, 19_000), Some(DisconnectReason::TimedOut));
    }

    #[test]
    fn blocked_link_is_given_up_unless_it_drains_in_time() {
        let mut session = playing();
        session.timeouts.blocked = at(5_000);
        session.admit(Channel::Unreliable, 0, at(3_000)).unwrap();
        assert!(session.set_blocked(true, at(1_000)));
        assert!(!session.set_blocked(true, at(2_000)), "the first moment counts");
        assert_eq!(expiry_reason(&session, 5_999), None);
        assert_eq!(expiry_reason(&session, 6_000), Some(DisconnectReason::TooSlow));
        assert!(session.set_blocked(false, at(6_000)));
        assert_eq!(expiry_reason(&session, 6_000), None);
    }

    #[test]
    fn flood_is_closed_and_a_burst_after_a_stall_is_not() {
        let mut session = playing();
        let stalled = 30 * MESSAGE_BURST_SECS;
        for _ in 0..stalled {
            assert_eq!(session.admit(Channel::Reliable, 0, at(0)), Ok(true));
        }
        assert_eq!(session.admit(Channel::Reliable, 0, at(0)).unwrap_err().reason, DisconnectReason::TooFast);
        for tick in 1..1_000 {
            assert_eq!(session.admit(Channel::Reliable, 0, at(tick * 33)), Ok(true), "two messages a tick");
            assert_eq!(session.admit(Channel::Reliable, 0, at(tick * 33)), Ok(true));
        }
    }

    #[test]
    fn bytes_beyond_their_rate_close_the_link_and_not_one_fewer() {
        let mut session = playing();
        let burst = (30 * MESSAGE_BYTES_PER_TICK_MAX * MESSAGE_BURST_SECS) as usize;
        assert_eq!(session.admit(Channel::Reliable, burst, at(0)), Ok(true));
        assert_eq!(session.admit(Channel::Reliable, 1, at(0)).unwrap_err().reason, DisconnectReason::TooFast);
    }

    #[test]
    fn inputs_beyond_their_rate_are_ignored_and_counted() {
        let mut session = playing();
        let ack = shared::wire::Ack::default();
        let bytes = shared::wire::InputMessage::<arena::input::Input>::new(shared::Tick(1), ack, 0, []).encoded();
        let input = ClientMessage::Input(InputBytes::new(&bytes));
        let taken = |session: &mut Session, now| {
            (0..1_000).filter(|_| session.handle_message(&input, at(now)) != Action::Ignore).count()
        };
        assert_eq!(taken(&mut session, 0), (30 * INPUT_BURST_SECS) as usize);
        assert_eq!(taken(&mut session, 1_000), (30 * INPUT_MESSAGES_PER_TICK_MAX) as usize);
        assert_eq!(session.take_ignored_inputs(), 2_000 - 210);
        assert_eq!(session.take_ignored_inputs(), 0);
    }

    #[test]
    fn chat_beyond_its_rate_is_dropped_with_one_warning_a_second() {
        let mut session = playing();
        let chat = ClientMessage::Chat { text: "hi" };
        for _ in 0..CHAT_LINES_MAX {
            assert_eq!(session.handle_message(&chat, at(0)), Action::Chat(SEAT, "hi"));
        }
        assert_eq!(session.handle_message(&chat, at(0)), Action::ChatTooFast(SEAT));
        assert_eq!(session.handle_message(&chat, at(0)), Action::Ignore);
        assert_eq!(session.handle_message(&chat, at(1_000)), Action::Chat(SEAT, "hi"));
    }

    #[test]
    fn session_goes_on_with_what_was_left_on_its_link_before() {
        let mut before = playing();
        let chat = ClientMessage::Chat { text: "hi" };
        let said = |session: &mut Session, ms| {
            (0..100).filter(|_| matches!(session.handle_message(&chat, at(ms)), Action::Chat(..))).count()
        };
        assert_eq!(said(&mut before, 0), CHAT_LINES_MAX as usize);
        let burst = 30 * MESSAGE_BURST_SECS;
        (0..burst).for_each(|_| assert_eq!(before.admit(Channel::Reliable, 0, at(0)), Ok(true)));
        let mut after = playing();
        after.go_on_with(&before.allowances());
        assert_eq!(said(&mut after, 0), 0);
        assert_eq!(said(&mut after, 2_000), 2, "one a second");
        assert!(after.admit(Channel::Reliable, 0, at(0)).is_err());
    }

    #[test]
    fn resyncs_are_limited() {
        let mut session = playing();
        let resyncs = (0..100).filter(|_| session.handle_message(&ClientMessage::Resync, at(0)) != Action::Ignore);
        assert_eq!(resyncs.count(), 2);
    }

    #[test]
    fn wish_that_came_too_soon_is_fulfilled_later_and_once() {
        let mut session = playing();
        let watch = |player| ClientMessage::Watch { player: PlayerId(player) };
        for player in 0..20 {
            session.handle_message(&watch(player), at(0));
        }
        // Watching has another limit than resyncs.
        assert_eq!(session.handle_message(&ClientMessage::Resync, at(0)), Action::Resync(SEAT));
        for _ in 0..5 {
            session.handle_message(&ClientMessage::Resync, at(0));
        }
        assert_eq!(session.poll_wish(at(0)), None);
        let later: Vec<_> = std::iter::from_fn(|| session.poll_wish(at(1_000))).collect();
        assert_eq!(later, [Action::Resync(SEAT), Action::Watch(SEAT, PlayerId(19))]);
        assert_eq!(session.poll_wish(at(9_000)), None);
    }

    #[test]
    fn closing_session_hears_nothing_and_is_dropped() {
        let mut session = playing();
        assert_eq!(reason(&session.handle_message(&ClientMessage::Leave, at(1))), DisconnectReason::Left);
        session.closing(at(100));
        assert_eq!(session.admit(Channel::Reliable, 0, at(101)), Ok(false));
        assert_eq!(session.handle_message(&HELLO, at(101)), Action::Ignore);
        assert_eq!(session.poll_expiry(at(1_099)), None);
        assert_eq!(session.poll_expiry(at(1_100)), Some(Expiry::Drop));
    }
}
