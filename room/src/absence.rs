//! Players whose link was lost and who may resume: their entities stay, and the room sends them nothing meanwhile.
//!
//! ```text
//! join ──> linked ──hold──> held ──resume──> linked
//!              └──resume on another link──^
//! ```

use shared::{MemberId, game::Game};

use crate::{Joining, Room};

impl<G: Game> Room<G> {
    /// Keeps a player or spectator whose link is lost: its input becomes neutral, and it gets no messages until it resumes or leaves.
    /// Returns false when there is no such member.
    pub fn hold(&mut self, member: impl Into<MemberId>) -> bool {
        let member = member.into();
        let Some(human) = self.seats.human(member) else { return false };
        human.hold();
        self.outbox.withdraw(member);
        true
    }

    /// Continues a player or spectator over another link, whether or not the old link is known to be lost. It gets the same messages as
    /// after a join. `joining` describes the new link; its name is ignored. Returns false when there is no such member.
    pub fn resume(&mut self, member: impl Into<MemberId>, joining: &Joining) -> bool {
        let member = member.into();
        let now = self.now_of(member);
        let Some(human) = self.seats.human(member) else { return false };
        human.resume(joining, &self.config, now);
        self.outbox.withdraw(member);
        self.greet(member);
        true
    }

    /// True if this player or spectator has lost its link and may resume.
    pub fn is_held(&self, member: impl Into<MemberId>) -> bool {
        self.seats.is_held(member.into())
    }

    /// Number of players and spectators that have lost their link and may resume.
    pub fn held(&self) -> usize {
        self.seats.held()
    }
}
