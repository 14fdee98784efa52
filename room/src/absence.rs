//! Players whose link was lost and who may come back: what they steer stays, and the room tells them nothing meanwhile.
//!
//! ```text
//! join ──> told ──hold──> held ──resume──> told
//!                └────────resume on another link ──^
//! ```

use shared::{MemberId, game::Game};

use crate::{Joining, Room};

impl<G: Game> Room<G> {
    /// Keeps a player whose link is gone: nothing is pressed, and nothing is said to it until it
    /// resumes or leaves. A spectator keeps its place. False when nobody has this number.
    pub fn hold(&mut self, member: impl Into<MemberId>) -> bool {
        let member = member.into();
        let Some(human) = self.seats.human(member) else { return false };
        human.hold();
        self.outbox.withdraw(member);
        true
    }

    /// Lets a player go on over another link, whether the one before is known to be gone or not. It is told everything
    /// anew, as after a join; `joining` says how, its name aside. False when nobody has this number.
    pub fn resume(&mut self, member: impl Into<MemberId>, joining: &Joining) -> bool {
        let member = member.into();
        let now = self.now_of(member);
        let Some(human) = self.seats.human(member) else { return false };
        human.resume(joining, &self.config, now);
        self.outbox.withdraw(member);
        self.greet(member);
        true
    }

    /// Whether a player or spectator is awaited.
    pub fn is_held(&self, member: impl Into<MemberId>) -> bool {
        self.seats.is_held(member.into())
    }

    /// How many players are awaited, spectators included.
    pub fn held(&self) -> usize {
        self.seats.held()
    }
}
