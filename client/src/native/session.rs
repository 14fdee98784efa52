//! One session on one link, as a value without I/O: a client, its pilot, and an optional link conditioner.
//!
//! ```text
//! Playing ──the pilot stalls──> Asleep ──the stall is over──> Waking ──waiting messages are read──> Playing
//! ```
//!
//! The caller owns the link. It passes on arriving messages while [`Session::is_reading`], calls [`Session::turn`] at
//! [`Session::next_wake`], sends every [`Session::poll_output`], and stops when there is a [`Session::ending`].

use std::time::Duration;

use bytes::Bytes;
use shared::wire::{ClientMessage, DecodeError};

use crate::{
    client::Client,
    comeback::LinkEnd,
    native::{conditioned::BadLink, link_error::LinkError, pilot::Pilot},
    told::{Channel, Ending, Output},
};

/// See the module. All times count from a start that the owner chooses.
#[derive(Debug)]
pub struct Session<P: Pilot> {
    /// The client.
    pub client: Client<P::Game>,
    /// The code that steers the client.
    pub pilot: P,
    bad: Option<BadLink>,
    stage: Stage,
}

/// The reason why a session ended without a goodbye.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RunError {
    /// The link failed.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The server sent an invalid message.
    #[error("the server sent an invalid message: {0}")]
    Decode(#[from] DecodeError),
    /// The pilot cut the link, see [`Pilot::wants_to_cut`].
    #[error("the link was cut for a test")]
    Cut,
    /// The link conditioner overflowed.
    #[error("the link conditioner is full: {0}")]
    Full(#[from] shared::conditioner::LinkFull),
}

impl RunError {
    /// The kind of the link's end, for [`NextStep::after`](crate::NextStep::after).
    pub const fn link_end(&self) -> LinkEnd {
        match self {
            Self::Link(LinkError::Closed { reason, .. }) => LinkEnd::Told(*reason),
            Self::Link(LinkError::Lost(_)) | Self::Cut | Self::Full(_) => LinkEnd::Lost,
            Self::Link(LinkError::Framing(_)) | Self::Decode(_) => LinkEnd::Nonsense,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    Playing,
    /// Reads nothing, like a program that has stalled.
    Asleep {
        until: Duration,
        next_ping: Duration,
        /// A ping is due, which keeps the session alive.
        ping: bool,
    },
    /// Reads the messages that came meanwhile. `until` moves with every message, so that the stage ends after a pause.
    Waking {
        until: Duration,
    },
}

impl<P: Pilot> Session<P> {
    /// A session of `client`, with the link conditioner `bad` in front of the link if there is one.
    pub fn new(client: Client<P::Game>, pilot: P, bad: Option<BadLink>) -> Self {
        Self { client, pilot, bad, stage: Stage::Playing }
    }

    /// Ends the session and returns the pilot.
    pub fn into_pilot(self) -> P {
        self.pilot
    }

    /// Returns true if the session takes messages now. Otherwise the caller must leave them on the link.
    pub fn is_reading(&self) -> bool {
        !matches!(self.stage, Stage::Asleep { .. })
    }

    /// Handles a message that has arrived on the link.
    ///
    /// # Errors
    /// See [`RunError`].
    pub fn handle_message(&mut self, channel: Channel, bytes: Bytes, now: Duration) -> Result<(), RunError> {
        match (&mut self.stage, &mut self.bad) {
            (Stage::Waking { until }, _) => {
                *until = now + STALL_ENDS;
                self.take_in(&bytes, now)?;
                // The outputs from before and during the stall are out of date.
                while self.client.poll_output().is_some() {}
            }
            (_, Some(bad)) => bad.down.push(now, channel, bytes.into())?,
            (_, None) => self.take_in(&bytes, now)?,
        }
        Ok(())
    }

    /// Passes a message to the client. The pilot polls the events at once: many messages may come before the next turn, and a
    /// client's event queue is bounded.
    fn take_in(&mut self, bytes: &[u8], now: Duration) -> Result<(), DecodeError> {
        self.client.handle_message(bytes, now)?;
        if self.client.has_events() {
            self.pilot.observe(&mut self.client, now);
        }
        Ok(())
    }

    /// Does everything that is due at `now`: messages of the link conditioner, the pilot's decisions, the client's inputs.
    ///
    /// # Errors
    /// See [`RunError`].
    pub fn turn(&mut self, now: Duration) -> Result<(), RunError> {
        if self.still_stalls(now) {
            return Ok(());
        }
        while let Some((_, bytes)) = self.bad.as_mut().and_then(|bad| bad.down.poll(now)) {
            self.take_in(&bytes, now)?;
        }
        let Self { client, pilot, bad, stage } = self;
        pilot.observe(client, now);
        if pilot.wants_to_cut(now) {
            return Err(RunError::Cut);
        }
        if let Some(until) = pilot.stalls_until(now) {
            *stage = Stage::Asleep { until, next_ping: until.min(now + STALL_PING), ping: false };
            return Ok(());
        }
        if pilot.wants_to_leave() {
            client.leave();
        }
        if let Some(tick) = client.input_due(now) {
            let intent = pilot.steer(client, tick);
            client.set_intent(intent);
        }
        client.advance(now);
        if let Some(bad) = bad {
            while let Some(Output { channel, bytes }) = client.poll_output() {
                bad.up.push(now, channel, bytes)?;
            }
        }
        Ok(())
    }

    /// The next message to send, after a turn.
    pub fn poll_output(&mut self, now: Duration) -> Option<Output> {
        match (&mut self.stage, &mut self.bad) {
            (Stage::Asleep { ping, .. }, _) => {
                let mut bytes = Vec::new();
                ClientMessage::Ping { token: 0 }.encode(&mut bytes);
                std::mem::take(ping).then_some(Output { channel: Channel::Reliable, bytes })
            }
            (Stage::Waking { .. }, _) => None,
            (Stage::Playing, Some(bad)) => bad.up.poll(now).map(|(channel, bytes)| Output { channel, bytes }),
            (Stage::Playing, None) => self.client.poll_output(),
        }
    }

    /// The end of the session, once the link conditioner has released all outputs.
    pub fn ending(&self) -> Option<&Ending> {
        let in_flight_up = self.bad.as_ref().and_then(|bad| bad.up.next_due());
        self.client.ending().filter(|_| in_flight_up.is_none())
    }

    /// Handles the end of the link. If the session had ended before, this is not an error.
    ///
    /// # Errors
    /// The link's error, if the session had not ended.
    pub fn handle_lost(&self, error: LinkError) -> Result<Ending, RunError> {
        // The server may close the link before all messages in flight have arrived.
        self.client.ending().cloned().ok_or(RunError::Link(error))
    }

    /// Time at which the next turn is due.
    pub fn next_wake(&self, now: Duration) -> Duration {
        match self.stage {
            Stage::Playing if self.ending().is_some() => now,
            Stage::Playing => {
                let due = self.bad.as_ref().and_then(BadLink::next_due).unwrap_or(Duration::MAX);
                self.client.next_wake().min(due).min(now + WAKE_AT_LEAST)
            }
            Stage::Asleep { next_ping, .. } => next_ping,
            Stage::Waking { until } => until,
        }
    }

    fn still_stalls(&mut self, now: Duration) -> bool {
        match &mut self.stage {
            Stage::Playing => return false,
            Stage::Asleep { until, next_ping, ping } => {
                if now >= *until {
                    self.stage = Stage::Waking { until: now + STALL_ENDS };
                } else if now >= *next_ping {
                    *ping = true;
                    *next_ping = (*until).min(now + STALL_PING);
                }
            }
            Stage::Waking { until } => {
                if now >= *until {
                    self.stage = Stage::Playing;
                    return false;
                }
            }
        }
        true
    }
}

/// Interval of pings during a stall.
const STALL_PING: Duration = Duration::from_secs(1);
/// After a stall: when no message comes for this long, all waiting messages have been read.
const STALL_ENDS: Duration = Duration::from_millis(20);
/// Longest time between turns, so that a pilot that wants to leave is noticed.
const WAKE_AT_LEAST: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests {
    use arena::{input::Input, rules::World};
    use shared::{
        PlayerId, Tick, TickRate,
        limits::CLIENT_EVENTS_MAX,
        wire::{Event, ServerMessage, Welcome},
    };

    use super::*;
    use crate::{client::ClientConfig, told::ClientEvent};

    /// Stalls once, and leaves when `leaves` is set.
    #[derive(Debug, Default)]
    struct Sleeper {
        stalls: Option<Duration>,
        leaves: bool,
        looks: u32,
    }

    impl Pilot for Sleeper {
        type Game = World;

        fn steer(&mut self, _: &Client<World>, _: Tick) -> Input {
            Input::default()
        }

        fn observe(&mut self, _: &mut Client<World>, _: Duration) {
            self.looks += 1;
        }

        fn stalls_until(&mut self, now: Duration) -> Option<Duration> {
            self.stalls.take().map(|lasts| now + lasts)
        }

        fn wants_to_leave(&self) -> bool {
            self.leaves
        }
    }

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn session(pilot: Sleeper) -> Session<Sleeper> {
        let mut session = Session::new(Client::new(ClientConfig::default(), ms(0)), pilot, None);
        let hello = session.poll_output(ms(0)).map(|output| output.channel);
        assert_eq!(hello, Some(Channel::Reliable));
        session
    }

    fn is_ping(output: Option<Output>) -> bool {
        output.is_some_and(|output| matches!(ClientMessage::decode(&output.bytes), Ok(ClientMessage::Ping { .. })))
    }

    #[test]
    fn who_stalls_reads_nothing_but_gives_signs_of_life() {
        let mut session = session(Sleeper { stalls: Some(ms(2_500)), ..Sleeper::default() });
        session.turn(ms(0)).unwrap();
        assert!(!session.is_reading());
        for at in [1_000, 2_000] {
            assert_eq!(session.next_wake(ms(at - 1)), ms(at));
            session.turn(ms(at)).unwrap();
            assert!(is_ping(session.poll_output(ms(at))));
            assert_eq!(session.poll_output(ms(at)), None);
        }
        assert_eq!(session.next_wake(ms(2_001)), ms(2_500));
        session.turn(ms(2_500)).unwrap();
        assert!(session.is_reading());
        assert_eq!(session.pilot.looks, 1);
    }

    #[test]
    fn who_wakes_reads_until_nothing_more_comes() {
        let mut session = session(Sleeper { stalls: Some(ms(100)), ..Sleeper::default() });
        session.turn(ms(0)).unwrap();
        session.turn(ms(100)).unwrap();
        let mut pong = Vec::new();
        ServerMessage::Pong { token: 1, tick: Tick(1) }.encode(&mut pong);
        session.handle_message(Channel::Reliable, pong.into(), ms(110)).unwrap();
        let awake = ms(110) + STALL_ENDS;
        assert_eq!(session.next_wake(ms(111)), awake);
        session.turn(awake - ms(1)).unwrap();
        assert_eq!(session.pilot.looks, 1);
        session.turn(awake).unwrap();
        assert_eq!(session.pilot.looks, 2);
    }

    #[test]
    fn session_is_over_when_its_farewell_has_left_the_bad_link() {
        let slow = shared::conditioner::ConditionerConfig { delay: ms(50), ..Default::default() };
        let client = Client::new(ClientConfig::default(), ms(0));
        let pilot = Sleeper { leaves: true, ..Sleeper::default() };
        let mut session = Session::new(client, pilot, Some(BadLink::new(slow, true, 1)));
        session.turn(ms(10)).unwrap();
        assert_eq!((session.poll_output(ms(10)), session.ending()), (None, None));
        let due = session.next_wake(ms(10));
        session.turn(due).unwrap();
        let said = std::iter::from_fn(|| session.poll_output(due)).count();
        assert_eq!(said, 2, "hello and leave");
        assert!(session.ending().is_some());
        assert_eq!(session.next_wake(due), due);
    }

    #[test]
    fn link_that_ends_after_the_farewell_is_no_fault() {
        let lost = || LinkError::Lost("gone".into());
        let mut session = session(Sleeper::default());
        assert_eq!(session.handle_lost(lost()), Err(RunError::Link(lost())));
        session.pilot.leaves = true;
        session.turn(ms(1)).unwrap();
        assert!(session.handle_lost(lost()).is_ok());
    }

    /// Records all events.
    #[derive(Default)]
    struct Listener(Vec<ClientEvent<arena::event::Event>>);

    impl Pilot for Listener {
        type Game = World;

        fn steer(&mut self, _: &Client<World>, _: Tick) -> Input {
            Input::default()
        }

        fn observe(&mut self, client: &mut Client<World>, _: Duration) {
            self.0.extend(std::iter::from_fn(|| client.poll_event()));
        }
    }

    fn welcome() -> ServerMessage {
        let tick_rate = TickRate::new(20).unwrap();
        ServerMessage::Welcome(Welcome {
            member: PlayerId(3).into(),
            tick: Tick(100),
            tick_rate,
            seats: 2_000,
            interest_px: 1_000,
            room: 1,
            server: "scripted".into(),
            game: arena::NAME.to_owned(),
            game_version: arena::VERSION,
        })
    }

    #[test]
    fn crowd_of_events_before_the_first_turn_hides_none() {
        let client = Client::new(ClientConfig::default(), Duration::ZERO);
        let mut session = Session::new(client, Listener::default(), None);
        let line = || Event::Chat { from: None, text: "hello".into() };
        let lines = ServerMessage::Events { tick: Tick(100), events: vec![line(), line()] };
        for message in std::iter::once(&welcome()).chain(std::iter::repeat_n(&lines, CLIENT_EVENTS_MAX)) {
            let mut bytes = Vec::new();
            message.encode(&mut bytes);
            session.handle_message(Channel::Reliable, bytes.into(), Duration::ZERO).unwrap();
        }
        let Listener(heard) = session.into_pilot();
        assert_eq!((&heard[0], heard.len()), (&ClientEvent::Joined, 1 + 2 * CLIENT_EVENTS_MAX));
    }
}
