//! A room whose game may fail: a failure ends this room and no other.
//!
//! A game fails when it panics, in any of its methods, or breaks the contract of `room::contract`. Every call that reaches code of the game is
//! caught here. After the first failure the game is not called any more: its state may be half of a step. The recording ends with the
//! last whole tick, the calls do nothing, and [`Guarded::failure`] says why. A shard checks it after each tick and closes the room.
//!
//! A panic is logged with its place and backtrace by `logging/panics.rs` like any other.

use std::{
    any::Any,
    cell::{Cell, OnceCell},
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

use room::{
    Inspection, JoinError, Joining, Look, Match, Output, Phase, PlayerStats, RoomStats,
    contract::Breach,
    panic_message,
    record::{RawChunk, RecordOptions},
};
use shared::{
    EntityId, MemberId, PlayerId, SpectatorId, Tick,
    game::{Profile, Summary, reflect::Reflected},
    limits::RECORD_FAILURE_BYTES_MAX,
    wire::{DecodeError, InputBytes},
};

/// A room whose game is called only through `guard`, and not any more after its first failure.
#[derive(Debug)]
pub struct Guarded {
    /// `None` if the game failed when the room was opened.
    room: Option<Box<dyn Match>>,
    failure: OnceCell<Failure>,
    /// The recording has been ended because of the failure.
    is_record_ended: bool,
    /// The last tick that was made.
    now: Tick,
}

/// The failure that ended a room.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The tick in which the game failed, or the last one before it failed in another call.
    pub tick: Tick,
    /// The call in which it failed: a method of [`Match`], or `open`.
    pub call: &'static str,
    /// The breach of the contract, or the message of the panic; at most [`RECORD_FAILURE_BYTES_MAX`] bytes.
    pub reason: String,
}

/// The call in which a room makes a tick.
const TICK: &str = "tick";

thread_local! {
    /// This thread is in a call whose panic is caught.
    static IS_GUARDING: Cell<bool> = const { Cell::new(false) };
}

/// True if a panic of this thread, now, would cost a room and nothing else.
pub(crate) fn is_guarding() -> bool {
    IS_GUARDING.get()
}

/// Runs code of a game; the error is the message of its panic.
pub(crate) fn guard<T>(act: impl FnOnce() -> T) -> Result<T, String> {
    let before = IS_GUARDING.replace(true);
    let done = catch_unwind(AssertUnwindSafe(act));
    IS_GUARDING.set(before);
    done.map_err(|panic: Box<dyn Any + Send>| {
        let text = panic_message(&*panic);
        text[..text.floor_char_boundary(RECORD_FAILURE_BYTES_MAX)].to_owned()
    })
}

impl Guarded {
    /// Makes the room by `open`, in which the game may fail, too.
    pub fn new(open: impl FnOnce() -> Box<dyn Match>) -> Self {
        let mut guarded = Self { room: None, failure: OnceCell::new(), is_record_ended: false, now: Tick(0) };
        match guard(open) {
            Ok(room) => {
                guarded.now = room.now();
                guarded.room = Some(room);
            }
            Err(reason) => guarded.fail("open", reason),
        }
        guarded.check_contract("open");
        guarded
    }

    /// The failure of the game, after which the room must be closed; `None` before.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.get()
    }

    /// Calls the room with `act`; `None` if the game fails in it or has failed before.
    fn attempt<T>(&mut self, call: &'static str, act: impl FnOnce(&mut (dyn Match + 'static)) -> T) -> Option<T> {
        if self.failure.get().is_none() {
            let room = self.room.as_deref_mut()?;
            match guard(|| act(room)) {
                Ok(done) => return Some(done),
                Err(reason) => self.fail(call, reason),
            }
        }
        self.end_failed_record();
        None
    }

    /// Asks the room a question that the game answers; `None` if the game fails in it or has failed before.
    fn ask<T>(&self, call: &'static str, question: impl FnOnce(&(dyn Match + 'static)) -> T) -> Option<T> {
        if self.failure.get().is_some() {
            return None;
        }
        let room = self.room.as_deref()?;
        guard(|| question(room)).map_err(|reason| self.fail(call, reason)).ok()
    }

    /// Asks the room a question that the engine answers without the game, so it works after a failure, too.
    fn count<T: Default>(&self, question: impl FnOnce(&(dyn Match + 'static)) -> T) -> T {
        self.room.as_deref().map(question).unwrap_or_default()
    }

    fn fail(&self, call: &'static str, reason: String) {
        let _ = self.failure.set(Failure { tick: self.now, call, reason });
    }

    fn check_contract(&mut self, call: &'static str) {
        if let Some(breach) = self.breach() {
            self.fail(call, breach.to_string());
            self.end_failed_record();
        }
    }

    /// Ends the recording after a failure, once.
    fn end_failed_record(&mut self) {
        let (Some(failure), Some(room)) = (self.failure.get(), self.room.as_deref_mut()) else { return };
        if !std::mem::replace(&mut self.is_record_ended, true) {
            let reason = failure.to_string();
            // It does not call the game, but it reads data that a panic may have left half written.
            let _ = guard(|| room.fail_record(&reason));
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tick, call, reason } = self;
        match *call {
            TICK => write!(f, "in tick {}: {reason}", tick.0),
            call => write!(f, "after tick {}, in `{call}`: {reason}", tick.0),
        }
    }
}

/// The game's values may panic as they are dropped.
impl Drop for Guarded {
    fn drop(&mut self) {
        let room = self.room.take();
        if let Err(reason) = guard(|| drop(room)) {
            tracing::error!(tick = self.now.0, reason, "a fault in the game when its room was closed");
        }
    }
}

impl Match for Guarded {
    fn join(&mut self, joining: Joining) -> Result<PlayerId, JoinError> {
        self.attempt("join", |room| room.join(joining)).unwrap_or(Err(JoinError::Failed))
    }

    fn spectate(&mut self, joining: &Joining) -> Result<SpectatorId, JoinError> {
        self.attempt("spectate", |room| room.spectate(joining)).unwrap_or(Err(JoinError::Failed))
    }

    fn watch(&mut self, spectator: SpectatorId, player: PlayerId) {
        self.attempt("watch", |room| room.watch(spectator, player));
    }

    fn leave(&mut self, member: MemberId) {
        self.attempt("leave", |room| room.leave(member));
    }

    fn hold(&mut self, member: MemberId) {
        self.attempt("hold", |room| room.hold(member));
    }

    fn resume(&mut self, member: MemberId, joining: &Joining) -> bool {
        self.attempt("resume", |room| room.resume(member, joining)).unwrap_or_default()
    }

    fn restore_spectator(&mut self, spectator: SpectatorId) {
        self.attempt("restore_spectator", |room| room.restore_spectator(spectator));
    }

    fn handle_input_bytes(
        &mut self,
        member: MemberId,
        message: InputBytes<'_>,
        until_tick_us: u32,
    ) -> Result<(), DecodeError> {
        // After a failure the link gets the reason of its end soon; an input that arrives until then is no fault of the peer.
        self.attempt("handle_input", |room| room.handle_input_bytes(member, message, until_tick_us)).unwrap_or(Ok(()))
    }

    fn handle_chat(&mut self, player: PlayerId, text: &str) {
        self.attempt("handle_chat", |room| room.handle_chat(player, text));
    }

    fn announce(&mut self, text: &str) {
        self.attempt("announce", |room| room.announce(text));
    }

    fn restart(&mut self, member: MemberId) {
        self.attempt("restart", |room| room.restart(member));
    }

    fn resync(&mut self, member: MemberId) {
        self.attempt("resync", |room| room.resync(member));
    }

    fn set_blocked(&mut self, member: MemberId, blocked: bool) {
        self.attempt("set_blocked", |room| room.set_blocked(member, blocked));
    }

    fn set_reduction(&mut self, rung: u8) {
        self.attempt("set_reduction", |room| room.set_reduction(rung));
    }

    fn end_match(&mut self) {
        self.attempt("end_match", Match::end_match);
    }

    fn change_map(&mut self, index: usize) -> bool {
        self.attempt("change_map", |room| room.change_map(index)).unwrap_or_default()
    }

    fn tick_observed(&mut self, observe: &mut dyn FnMut(Phase)) {
        let before = self.now;
        // The tick that a failure names is the one being made.
        self.now = before.next();
        let made = self.attempt(TICK, |room| {
            room.tick_observed(observe);
            room.now()
        });
        self.check_contract(TICK);
        self.now = made.unwrap_or(before);
    }

    fn poll_output(&mut self) -> Option<Output<'_>> {
        // The last message of a failed tick may be half of one.
        if self.failure.get().is_some() {
            return None;
        }
        self.room.as_deref_mut()?.poll_output()
    }

    fn inspect(&mut self, look: &Look) -> Inspection {
        self.attempt("inspect", |room| room.inspect(look)).unwrap_or_default()
    }

    fn edit(&mut self, id: EntityId, field: &str, value: &Reflected) -> Result<(), String> {
        self.attempt("edit", |room| room.edit(id, field, value)).unwrap_or_else(|| Err(JoinError::Failed.to_string()))
    }

    fn record(&mut self, options: RecordOptions) {
        self.attempt("record", |room| room.record(options));
    }

    fn poll_record(&mut self) -> Option<RawChunk<'_>> {
        self.end_failed_record();
        self.room.as_deref_mut()?.poll_record()
    }

    fn note_session(&mut self, member: MemberId, session: u64, generation: u32, account: Option<u64>) {
        self.attempt("note_session", |room| room.note_session(member, session, generation, account));
    }

    fn suspend_record(&mut self) {
        self.attempt("suspend_record", Match::suspend_record);
    }

    fn record_again(&mut self) {
        self.attempt("record_again", Match::record_again);
    }

    fn end_record(&mut self) {
        self.attempt("end_record", Match::end_record);
    }

    fn fail_record(&mut self, reason: &str) {
        self.attempt("fail_record", |room| room.fail_record(reason));
    }

    fn breach(&self) -> Option<Breach> {
        self.count(Match::breach)
    }

    fn now(&self) -> Tick {
        self.now
    }

    fn now_of(&self, member: MemberId) -> Tick {
        self.count(|room| room.now_of(member))
    }

    fn players(&self) -> usize {
        self.count(Match::players)
    }

    fn spectators(&self) -> usize {
        self.count(Match::spectators)
    }

    fn opponents(&self) -> usize {
        self.count(Match::opponents)
    }

    fn is_held(&self, player: PlayerId) -> bool {
        self.count(|room| room.is_held(player))
    }

    fn stats(&self) -> RoomStats {
        self.count(Match::stats)
    }

    fn player_stats(&self, member: MemberId) -> Option<PlayerStats> {
        self.count(|room| room.player_stats(member))
    }

    fn roster(&self) -> Vec<(PlayerId, Profile)> {
        self.count(Match::roster)
    }

    fn summary(&self) -> Summary {
        let failed = || Summary { phase: "failed".to_owned(), ..Summary::default() };
        self.ask("summary", Match::summary).unwrap_or_else(failed)
    }

    fn map_name(&self) -> &str {
        if self.failure.get().is_some() {
            return "";
        }
        let Some(room) = self.room.as_deref() else { return "" };
        guard(|| room.map_name()).unwrap_or_else(|reason| {
            self.fail("map_name", reason);
            ""
        })
    }

    fn map_names(&self) -> Vec<String> {
        self.ask("map_names", Match::map_names).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use shared::TickRate;

    use super::*;
    use crate::games::testing;

    #[test]
    fn panics_are_caught_and_cut_and_others_are_not() {
        assert_eq!(guard(is_guarding), Ok(true));
        assert!(!is_guarding());
        let long = "ü".repeat(RECORD_FAILURE_BYTES_MAX);
        let said = guard(|| -> () { panic!("{long}") }).expect_err("it panics");
        assert_eq!(said, "ü".repeat(RECORD_FAILURE_BYTES_MAX / 2));
        assert!(!is_guarding());
    }

    #[test]
    fn room_that_cannot_be_opened_has_failed() {
        let mut room = Guarded::new(|| panic!("no such stone"));
        assert_eq!(room.failure().map(ToString::to_string), Some("after tick 0, in `open`: no such stone".to_owned()));
        room.tick_observed(&mut |_| {});
        assert_eq!(room.join(joining()), Err(JoinError::Failed));
        assert_eq!((room.now(), room.players(), room.map_name(), &*room.summary().phase), (Tick(0), 0, "", "failed"));
        assert!(room.poll_output().is_none() && room.poll_record().is_none());
    }

    #[test]
    fn after_a_failure_the_game_is_not_called_and_counts_stay() {
        let mut room = testing::room(testing::setup(TickRate::new(30).expect("allowed")), 1);
        room.join(joining()).expect("there is a seat");
        (0..5).for_each(|_| room.tick_observed(&mut |_| {}));
        let stats = room.stats();
        let failed: Option<()> = room.attempt("leave", |_| panic!("no such stone"));
        assert_eq!(failed, None);
        let expected = Failure { tick: Tick(5), call: "leave", reason: "no such stone".to_owned() };
        assert_eq!(room.failure(), Some(&expected));
        (0..5).for_each(|_| room.tick_observed(&mut |_| {}));
        assert_eq!((room.now(), room.players(), room.stats()), (Tick(5), 1, stats));
        assert!(room.poll_output().is_none());
        assert_eq!(room.failure(), Some(&expected), "the first failure is the reason");
    }

    fn joining() -> Joining {
        Joining { name: "Ann".to_owned(), plain: false, reliable: true }
    }
}
