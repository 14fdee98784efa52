//! The invariants of the protocol. After every step of a run each of them looks at what happened in it.

use std::collections::BTreeMap;

use cluster::{Epoch, Holder, RoomId, SessionId, limits::CLAIM_LAG_TICKS};

use crate::{network::MS, store::Time};

/// An invariant that did not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Its name.
    pub invariant: &'static str,
    /// A description of the event that broke it.
    pub what: String,
}

/// Something that a machine did.
#[derive(Clone, Debug)]
pub(crate) enum Fact {
    /// An owner made a tick.
    Ticked {
        by: Holder,
        room: RoomId,
        epoch: Epoch,
        tick: u64,
        digest: u64,
        /// When it last woke, and how long it had stood still.
        woke: (Time, Time),
        /// Longest pause that needs no proof; `None` if nobody else can own the room.
        allowed: Option<Time>,
    },
    /// A machine fed a tick to a standby.
    Fed { by: Holder, room: RoomId, epoch: Epoch },
    /// A message of the feed reached a machine.
    Heard { machine: usize, by: Holder, room: RoomId, epoch: Epoch, tick: u64 },
    /// A machine received a proof that it owned a room at a time.
    Proved { by: Holder, room: RoomId, epoch: Epoch, at: Time },
    /// A standby asked the store for a claim.
    Claims { machine: usize, room: RoomId, from: Epoch, held: Option<u64> },
    /// A machine became an owner.
    Promoted { by: Holder, machine: usize, room: RoomId, epoch: Epoch, tick: u64, digest: u64, stale: bool },
    /// A player was admitted.
    Admitted {
        by: Holder,
        room: RoomId,
        epoch: Epoch,
        session: SessionId,
        joins: bool,
        /// True if the world has, or had already, a seat for the session.
        known: bool,
        sessions: usize,
        seats: usize,
    },
    /// A result was acknowledged by the database.
    Saved { by: Holder, room: RoomId, epoch: Epoch, game: u64, result: u64 },
    /// The database was asked to write under an epoch.
    Writes { by: Holder, room: RoomId, epoch: Epoch },
    /// A foreign message made a node do something.
    Obeyed { machine: usize, what: String },
    /// A copy is not the owner's world.
    Differs { machine: usize, what: String },
    /// A process stopped or began to stand still; a standby that was up to date is there in a healthy network.
    OwnerLost { room: RoomId, epoch: Epoch },
    /// Something else is wrong now, so the time of failovers is not measured.
    Disturbed,
}

/// The history of a run, as far as the invariants need it.
#[derive(Default)]
pub(crate) struct Invariants {
    owners: BTreeMap<(RoomId, Epoch), Holder>,
    histories: BTreeMap<(RoomId, Epoch), BTreeMap<u64, u64>>,
    proofs: BTreeMap<(Holder, RoomId, Epoch), Time>,
    /// The newest tick of a feed that reached a machine, and when one did.
    heard: BTreeMap<(usize, RoomId, Epoch), (u64, Time)>,
    saved: BTreeMap<(RoomId, u64), u64>,
    /// Rooms whose owner is gone, since when.
    pub(crate) ownerless: BTreeMap<RoomId, (Epoch, Time)>,
    /// Failovers that were measured.
    pub(crate) failovers: Vec<Time>,
}

/// How long a room with a standby that is up to date may be without a tick after its owner's death, in a healthy network: silence of
/// 150 ms, a poll, the question of 50 ms, the claim, and a tick of 50 ms; and one lost question more.
pub(crate) const FAILOVER_MAX: Time = 450 * MS;
/// How long a standby that lags waits, less what clocks may differ.
const STALE_AFTER: Time = 980 * MS;

type Verdict = Result<(), Violation>;

impl Invariants {
    /// Looks at one step.
    pub(crate) fn check(&mut self, facts: &[Fact], now: Time) -> Verdict {
        for fact in facts {
            self.one_owner_per_epoch(fact)?;
            self.no_tick_after_a_pause_before_the_epoch_was_seen(fact)?;
            self.what_the_store_acknowledged_stays(fact)?;
            self.a_claim_goes_on_from_the_old_owners_world(fact, now)?;
            self.a_room_with_a_standby_is_owned_again_in_time(fact, now)?;
            self.a_player_has_its_own_seat_and_no_other(fact)?;
            Self::foreign_messages_change_nothing(fact)?;
        }
        self.no_room_waits_too_long(now)
    }

    /// Invariant 1. For each room and epoch at most one node ever ticks, feeds, admits or writes under it.
    fn one_owner_per_epoch(&mut self, fact: &Fact) -> Verdict {
        let (by, room, epoch, deed) = match *fact {
            Fact::Ticked { by, room, epoch, .. } => (by, room, epoch, "ticks"),
            Fact::Fed { by, room, epoch } => (by, room, epoch, "feeds"),
            Fact::Admitted { by, room, epoch, .. } => (by, room, epoch, "admits"),
            Fact::Writes { by, room, epoch } => (by, room, epoch, "writes"),
            _ => return Ok(()),
        };
        let owner = *self.owners.entry((room, epoch)).or_insert(by);
        if owner != by {
            return violation("one_owner_per_epoch", format!("{by:?} {deed} {room:?} in {epoch:?} of {owner:?}"));
        }
        let Fact::Ticked { tick, digest, .. } = *fact else { return Ok(()) };
        let history = self.histories.entry((room, epoch)).or_default();
        let newest = history.last_key_value().map(|(&newest, _)| newest);
        if newest.is_some_and(|newest| tick != newest + 1) {
            return violation("one_owner_per_epoch", format!("{room:?} in {epoch:?}: tick {tick} after {newest:?}"));
        }
        history.insert(tick, digest);
        Ok(())
    }

    /// Invariant 2. A node that has stood still makes no tick of a followed room before it has seen the epoch.
    fn no_tick_after_a_pause_before_the_epoch_was_seen(&mut self, fact: &Fact) -> Verdict {
        match *fact {
            Fact::Proved { by, room, epoch, at } => {
                let newest = self.proofs.entry((by, room, epoch)).or_insert(at);
                *newest = at.max(*newest);
            }
            Fact::Ticked { by, room, epoch, tick, woke: (woke, stood_still), allowed, .. }
                if allowed.is_some_and(|allowed| stood_still > allowed) =>
            {
                let proof = self.proofs.get(&(by, room, epoch));
                if proof.is_none_or(|&at| at < woke) {
                    let what = format!(
                        "{by:?} stood still for {} ms until {} ms, and makes tick {tick} of {room:?} in {epoch:?} \
                         with the proof {proof:?}",
                        stood_still / MS,
                        woke / MS
                    );
                    return violation("no_tick_after_a_pause_before_the_epoch_was_seen", what);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Invariant 3. What the store has acknowledged is never taken back; a result is written once.
    fn what_the_store_acknowledged_stays(&mut self, fact: &Fact) -> Verdict {
        if let Fact::Saved { by, room, epoch, game, result } = *fact
            && let Some(before) = self.saved.insert((room, game), result)
        {
            let what = format!("{by:?} in {epoch:?} wrote match {game} of {room:?} as {result:x}, it was {before:x}");
            return violation("what_the_store_acknowledged_stays", what);
        }
        Ok(())
    }

    /// Invariant 4. The world after a claim at tick T is the world that the old owner had at T, for some T within three ticks of the last one fed that
    /// arrived; a claim that goes further back says that it is stale, and waited for it.
    fn a_claim_goes_on_from_the_old_owners_world(&mut self, fact: &Fact, now: Time) -> Verdict {
        const NAME: &str = "a_claim_goes_on_from_the_old_owners_world";
        match *fact {
            Fact::Heard { machine, by, room, epoch, tick } if self.owners.get(&(room, epoch)) == Some(&by) => {
                let newest = self.heard.entry((machine, room, epoch)).or_insert((tick, now));
                *newest = (newest.0.max(tick), now);
            }
            Fact::Claims { machine, room, from, held } => {
                if let Some(&(newest, at)) = self.heard.get(&(machine, room, from))
                    && held.is_none_or(|held| held + CLAIM_LAG_TICKS < newest)
                    && now < at + STALE_AFTER
                {
                    let what = format!("machine {machine} claims {room:?} with {held:?}, it had heard of {newest}");
                    return violation(NAME, what);
                }
            }
            Fact::Differs { machine, ref what } => return violation(NAME, format!("machine {machine}: {what}")),
            Fact::Promoted { by, machine, room, epoch, tick, digest, stale } => {
                let before = Epoch(epoch.0 - 1);
                if !stale
                    && let Some(&(newest, _)) = self.heard.get(&(machine, room, before))
                    && tick + CLAIM_LAG_TICKS < newest
                {
                    let what =
                        format!("{by:?} claimed {room:?} at {tick}, had heard of {newest}, and calls it current");
                    return violation(NAME, what);
                }
                let mut histories = (1..epoch.0).rev().filter_map(|of| self.histories.get(&(room, Epoch(of))));
                if tick > 0 && !histories.any(|history| history.get(&tick) == Some(&digest)) {
                    let what = format!("{by:?} claimed {room:?} in {epoch:?}: no owner had that world at tick {tick}");
                    return violation(NAME, what);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Invariant 5. If one node with a copy lives and the store answers, the room is owned again within the bound. Here for the usual case, a standby that
    /// is up to date in a healthy network; the others at the end of a run.
    fn a_room_with_a_standby_is_owned_again_in_time(&mut self, fact: &Fact, now: Time) -> Verdict {
        match *fact {
            Fact::OwnerLost { room, epoch } => drop(self.ownerless.entry(room).or_insert((epoch, now))),
            Fact::Disturbed => self.ownerless.clear(),
            Fact::Ticked { room, epoch, .. } => {
                if let Some((lost, since)) = self.ownerless.remove(&room)
                    && epoch > lost
                {
                    self.failovers.push(now - since);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn no_room_waits_too_long(&self, now: Time) -> Verdict {
        match self.ownerless.iter().find(|(_, (_, since))| now > since + FAILOVER_MAX) {
            Some((room, (epoch, since))) => violation(
                "a_room_with_a_standby_is_owned_again_in_time",
                format!("{room:?} lost its owner of {epoch:?} at {} ms and has no other", since / MS),
            ),
            None => Ok(()),
        }
    }

    /// Invariant 6. A player is admitted into its own seat, a ticket gives one seat, and no room has more players than seats.
    fn a_player_has_its_own_seat_and_no_other(&mut self, fact: &Fact) -> Verdict {
        const NAME: &str = "a_player_has_its_own_seat_and_no_other";
        let Fact::Admitted { by, room, session, joins, known, sessions, seats, .. } = *fact else { return Ok(()) };
        if joins == known {
            let what = format!("{by:?} admits {session:?} to {room:?}: joins {joins}, has a seat {known}");
            return violation(NAME, what);
        }
        if sessions > seats {
            return violation(NAME, format!("{room:?} at {by:?} has {sessions} players in {seats} seats"));
        }
        Ok(())
    }

    /// Invariant 7. The broker's messages, in any order, doubled, late, from another cluster or another version, break none of the above; what is foreign
    /// does nothing at all.
    fn foreign_messages_change_nothing(fact: &Fact) -> Verdict {
        match fact {
            Fact::Obeyed { machine, what } => {
                violation("foreign_messages_change_nothing", format!("machine {machine} obeyed: {what}"))
            }
            _ => Ok(()),
        }
    }
}

fn violation(invariant: &'static str, what: String) -> Verdict {
    Err(Violation { invariant, what })
}
