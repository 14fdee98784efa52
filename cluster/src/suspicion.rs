//! True if a room's owner is dead, as its standby sees it.
//!
//! Silence of the feed alone proves little: the broker may be away. So the standby asks the owner once directly, and only if that is not
//! answered either does it believe that the owner is dead. It may still be wrong; the compare-and-set of the claim and the owner's fence
//! make that harmless.
//!
//! ```text
//! state      event                                    next       what follows
//! Calm       silence of 150 ms and three ticks        Asking     one direct request to the owner
//! Calm       a player of the room comes here          Asking     the same, at once
//! Asking     "mine", or a tick of the feed            Calm
//! Asking     "not mine", "yield"                      Convinced
//! Asking     no answer within 50 ms, or refused       Convinced
//! Convinced  "mine", or a tick of the feed            Calm
//! any        this node stood still, or had no broker  Calm       the silence was its own
//! any        the owner wrote the record               Calm
//! any        sealed, and the last tick is here        Convinced  the owner gives the room away
//! ```

use std::time::Duration;

use crate::id::RequestId;

/// The opinion of a standby about an owner.
#[derive(Debug)]
pub(crate) struct Suspicion {
    state: State,
    heard: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Calm,
    Asking(RequestId),
    Convinced { since: Duration },
}

impl Suspicion {
    /// Calm, as if the owner had just been heard of.
    pub(crate) fn new(now: Duration) -> Self {
        Self { state: State::Calm, heard: now }
    }

    /// The owner was heard of, or the silence was this node's own.
    pub(crate) fn heard(&mut self, now: Duration) {
        self.heard = now;
        self.state = State::Calm;
    }

    /// True if it is time to ask: after `silence`, or because a player came.
    pub(crate) fn wants_to_ask(&self, silence: Duration, player_came: bool, now: Duration) -> bool {
        self.state == State::Calm && (player_came || now >= self.heard + silence)
    }

    /// The question is under way.
    pub(crate) fn asking(&mut self, request: RequestId) {
        self.state = State::Asking(request);
    }

    /// The question of this number was not answered in time, or with "not mine".
    pub(crate) fn unanswered(&mut self, request: RequestId, now: Duration) {
        if self.state == State::Asking(request) {
            self.convince(now);
        }
    }

    /// The owner is not there, or gives the room away.
    pub(crate) fn convince(&mut self, now: Duration) {
        if !matches!(self.state, State::Convinced { .. }) {
            self.state = State::Convinced { since: now };
        }
    }

    /// Since when the owner is believed to be dead.
    pub(crate) fn convinced_since(&self) -> Option<Duration> {
        match self.state {
            State::Convinced { since } => Some(since),
            _ => None,
        }
    }

    /// When it wants to ask.
    pub(crate) fn deadline(&self, silence: Duration) -> Option<Duration> {
        (self.state == State::Calm).then(|| self.heard + silence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENCE: Duration = Duration::from_millis(150);

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn silence_is_asked_about_at_its_bound() {
        let suspicion = Suspicion::new(ms(100));
        assert!(!suspicion.wants_to_ask(SILENCE, false, ms(249)));
        assert!(suspicion.wants_to_ask(SILENCE, false, ms(250)));
    }

    #[test]
    fn player_who_comes_shortens_the_silence() {
        assert!(Suspicion::new(ms(100)).wants_to_ask(SILENCE, true, ms(101)));
    }

    #[test]
    fn answer_calms_and_its_absence_convinces() {
        let mut suspicion = Suspicion::new(ms(0));
        suspicion.asking(RequestId(1));
        suspicion.heard(ms(160));
        suspicion.unanswered(RequestId(1), ms(200));
        assert_eq!(suspicion.convinced_since(), None, "it was answered before");
        suspicion.asking(RequestId(2));
        suspicion.unanswered(RequestId(1), ms(350));
        assert_eq!(suspicion.convinced_since(), None, "that was another question");
        suspicion.unanswered(RequestId(2), ms(360));
        assert_eq!(suspicion.convinced_since(), Some(ms(360)));
        suspicion.heard(ms(365));
        assert_eq!(suspicion.convinced_since(), None, "a late tick");
    }
}
