//! Makes each player's snapshot of the newest tick: only updates that the client cannot predict, by priority, within a budget.
//!
//! In: the history, the player's interest, the record of what was sent. Out: one message, and a note of its contents.

mod budget;
mod checksum;
mod choose;
mod fragment;
mod known;
mod sent;
mod sight;

pub(crate) use checksum::Checksums;
pub(crate) use fragment::Fragments;

use budget::Budget;
use fragment::Fragment;
use known::{Due, Known};
use sent::{Fate, SentSnapshots};

use glam::IVec2;
use shared::{
    EntityId, MemberId, PlayerId, Tick,
    game::{Game, Map, MapOf, Own, Record},
    limits::BASELINE_AGE_MAX,
    wire::{Ack, Checksum, NO_BASELINE, SHORT_TICK_AGE_MAX, SnapshotHeader, Writer, header_flags::EPOCHS, kind},
};

use crate::{
    config::RoomConfig,
    history::History,
    interest::{Grid, Radius},
    output::{Channel, Outbox},
    play::Play,
    stage::next_to_watch,
};

/// Maximum length of a header and of the array's head, bytes, as long as the own record is not longer than usual.
const HEADER_BYTES_MAX: usize = 48;
/// The part of them for the own record, bytes.
const OWN_BYTES_USUAL: usize = 20;
/// Maximum length of a gap, bytes.
const GAP_BYTES_MAX: usize = 3;
/// Length of the shortest update, bytes, with the longest gap.
const UPDATE_BYTES_MIN: usize = GAP_BYTES_MAX + 1;
/// Usual length of the longest updates, bytes: complete entities.
const UPDATE_BYTES_USUAL: usize = GAP_BYTES_MAX + 20;

/// The inputs that the snapshots of all players of a tick have in common.
pub(crate) struct Scene<'a, G: Game> {
    pub(crate) play: &'a Play<G>,
    pub(crate) history: &'a History<G::Entity>,
    /// View radius of players, unless the game sets another one.
    pub(crate) radius: Radius,
    pub(crate) grid: &'a Grid,
    /// The largest [`Entity::extent`](shared::game::Entity::extent) of the entities in the grid.
    pub(crate) extent_max: i32,
    /// Level of overload protection; see [`Room::set_reduction`](crate::Room::set_reduction).
    pub(crate) reduction: u8,
}

impl<G: Game> Scene<'_, G> {
    fn map(&self) -> &MapOf<G> {
        self.play.map()
    }
}

/// The replication state of one player.
#[derive(Debug)]
pub(crate) struct Replica<G: Game> {
    member: MemberId,
    /// The player whose view it sees: its own, or that of the player whom a spectator watches.
    follows: PlayerId,
    /// The entity that was its viewpoint last.
    followed: Option<EntityId>,
    /// Position of that viewpoint.
    eye: IVec2,
    /// Its view radius, if the game sets one.
    radius: Option<Radius>,
    plain: bool,
    reliable: bool,
    /// Number of restarts, modulo [`EPOCHS`], so that a snapshot from before a restart is not taken for a later one.
    epoch: u8,
    /// Ascending by id.
    known: Vec<Known>,
    /// Number of wanted entities at the last check. The other known entities only wait for an acknowledgement: on a slow link there may
    /// be many, but they are not a crowd.
    wanted: usize,
    sent: SentSnapshots,
    last_sent: Option<Tick>,
    budget: Budget,
    /// The own record that the player has; `None` until it was sent.
    own: Option<G::Own>,
    own_sent: Tick,
    own_scratch: Vec<u8>,
    checked: Tick,
    look_around: bool,
    candidates: Vec<EntityId>,
    due: Vec<Update>,
}

/// The part of a snapshot's header that comes from the player's inputs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feedback {
    pub(crate) last_input_applied: Tick,
    pub(crate) margin: i8,
}

/// Counts of a finished snapshot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contents {
    pub(crate) updates: usize,
    /// True if an update that was due had no space and has to wait.
    pub(crate) full: bool,
}

/// An update that is due.
#[derive(Clone, Copy, Debug)]
struct Update {
    index: usize,
    id: EntityId,
    what: Due,
    priority: u32,
    fragment: Fragment,
}

impl<G: Game> Replica<G> {
    /// A player that was sent nothing yet.
    pub(crate) fn new(
        member: MemberId,
        follows: PlayerId,
        plain: bool,
        reliable: bool,
        config: &RoomConfig<G>,
        now: Tick,
    ) -> Self {
        let bytes_per_sec = if plain { config.plain_bytes_per_sec } else { config.player_bytes_per_sec };
        Self {
            member,
            follows,
            followed: None,
            eye: IVec2::ZERO,
            radius: None,
            plain,
            reliable,
            epoch: 0,
            known: Vec::new(),
            wanted: 0,
            sent: SentSnapshots::default(),
            last_sent: None,
            budget: Budget::new(bytes_per_sec, config.tick_rate),
            own: None,
            own_sent: Tick(0),
            own_scratch: Vec::new(),
            checked: now,
            look_around: true,
            candidates: Vec::new(),
            due: Vec::new(),
        }
    }

    /// The same player on another link, with nothing sent yet.
    pub(crate) fn renewed(&self, plain: bool, reliable: bool, config: &RoomConfig<G>, now: Tick) -> Self {
        Self::new(self.member, self.follows, plain, reliable, config, now)
    }

    /// The same player on the same link, with nothing sent yet.
    pub(crate) fn again(&self, config: &RoomConfig<G>, now: Tick) -> Self {
        self.renewed(self.plain, self.reliable, config, now)
    }

    /// Drops the record of what was sent: the player restarts, or the map changes. A map message or a restart message with the new epoch
    /// must follow.
    pub(crate) fn reset(&mut self) {
        self.epoch = (self.epoch + 1) % EPOCHS;
        self.known.clear();
        self.sent.clear();
        self.last_sent = None;
        self.own = None;
        self.radius = None;
        self.look_around = true;
    }

    /// Handles the renumbering of ticks; call it after [`Replica::reset`].
    pub(crate) fn begin_ticks_anew(&mut self, now: Tick) {
        self.own_sent = Tick(0);
        self.checked = now;
    }

    /// Changes the player whose view is seen.
    pub(crate) fn follow(&mut self, player: PlayerId) {
        self.follows = player;
        self.followed = None;
        self.look_around = true;
    }

    /// Follows the next player if the one that it followed has left.
    pub(crate) fn follow_somebody(&mut self, play: &Play<G>) {
        if play.roster().get(self.follows).is_none()
            && let Some(next) = next_to_watch(play.roster(), self.follows)
        {
            self.follow(next);
        }
    }

    /// Epoch of the map or restart message that the player's snapshots belong to.
    pub(crate) fn epoch(&self) -> u8 {
        self.epoch
    }

    /// True if the player was sent this entity and should still know it.
    pub(crate) fn knows(&self, id: EntityId) -> bool {
        self.find(id).is_ok_and(|index| self.known[index].shown_since().is_some())
    }

    /// Handles an acknowledgement: marks snapshots as arrived or lost.
    pub(crate) fn handle_ack(&mut self, ack: Ack, history: &History<G::Entity>) {
        // An acknowledgement of a future tick is a lie, or belongs to the ticks before a renumbering.
        if self.reliable || ack.newest > history.now() {
            return;
        }
        let oldest = history.now().minus(BASELINE_AGE_MAX);
        let mut spoken = std::mem::take(&mut self.candidates);
        loop {
            spoken.clear();
            // Snapshots that are too old expire even if the acknowledgement covers them: the history no longer holds the mispredictions
            // since then. This happens after a link was blocked.
            let expired = self.sent.expire(oldest, |id| spoken.push(id));
            let Some(resolved) = expired.or_else(|| self.sent.resolve(ack, |id| spoken.push(id))) else { break };
            if resolved.own && resolved.fate != Fate::Arrived && self.own_sent == resolved.tick {
                self.own = None;
            }
            for &id in &spoken {
                let Ok(index) = self.find(id) else { continue };
                let known = &mut self.known[index];
                match resolved.fate {
                    Fate::Lost => known.handle_lost(resolved.tick),
                    Fate::Unknown => known.handle_unknown(resolved.tick),
                    Fate::Arrived if known.handle_acked(resolved.tick, history) => drop(self.known.remove(index)),
                    Fate::Arrived => {}
                }
            }
        }
        self.candidates = spoken;
    }

    /// Makes the player's snapshot of the newest tick and queues it.
    pub(crate) fn snapshot(
        &mut self,
        scene: &Scene<'_, G>,
        own: G::Own,
        feedback: Feedback,
        fragments: &mut Fragments,
        checksums: &mut Checksums,
        outbox: &mut Outbox,
    ) -> Contents {
        let tick = scene.history.now();
        let allowed = self.budget.refill(scene.reduction > 0);
        self.look_from(scene);
        self.expire_unheard(scene.history);
        self.look_around(scene);
        self.collect_due(scene);
        let own = self.own_due(own);
        let own_bytes = own.as_ref().map_or(0, |own| self.own_bytes(own));
        let full = self.encode_due(allowed.saturating_sub(own_bytes.saturating_sub(OWN_BYTES_USUAL)), scene, fragments);
        let baseline = self.baseline(tick);
        let checksum = if full { None } else { self.checksum(scene, checksums) };
        let message_kind = if self.plain { kind::PLAIN_SNAPSHOT } else { kind::SNAPSHOT };
        let header = SnapshotHeader {
            tick,
            full_tick: self.needs_full_tick(tick),
            epoch: self.epoch,
            reduced: scene.reduction > 0,
            baseline,
            input_age: tick.since(feedback.last_input_applied).min(NO_BASELINE.into()) as u8,
            margin: feedback.margin,
            own,
            checksum,
        };
        let message = outbox.counted_message(message_kind, |out| {
            if self.plain {
                encode_plain_header(&header, self.own.unwrap_or_default(), out);
            } else {
                header.encode(out);
            }
            let mut next_id = 0;
            for update in &self.due {
                let gap = if self.plain { update.id.0 } else { update.id.0 - next_id };
                out.int(gap);
                next_id = update.id.0 + 1;
                let (bytes, elements) = fragments.encoded(update.fragment);
                out.copy(bytes, elements);
            }
        });
        outbox.send(self.member, Channel::Unreliable, &message);
        self.budget.spend(message.len());
        self.mark_sent(tick, own.is_some());
        Contents { updates: self.due.len(), full }
    }

    /// Makes no snapshot in this tick.
    pub(crate) fn skip(&mut self, usual: &Radius) {
        self.run_own();
        // A player who sees the whole map only gets the new entities of each tick, and misses those of this tick.
        self.look_around |= self.radius.as_ref().unwrap_or(usual).covers_map();
    }

    /// View radius of this player.
    fn radius<'a>(&'a self, scene: &'a Scene<'_, G>) -> &'a Radius {
        self.radius.as_ref().unwrap_or(&scene.radius)
    }

    /// Updates the viewpoint to the newest tick.
    fn look_from(&mut self, scene: &Scene<'_, G>) {
        let Some(view) = scene.play.game().viewpoint(self.follows, scene.map()) else { return };
        (self.followed, self.eye) = (view.entity, view.position);
        if view.radius_px != self.radius.map(|radius| radius.px()) {
            self.radius = view.radius_px.map(|px| Radius::new(px, scene.map().size()));
            self.look_around = true;
        }
    }

    /// Makes one step of the own record, as the client does.
    fn run_own(&mut self) {
        if let Some(own) = &mut self.own {
            own.step();
        }
    }

    fn find(&self, id: EntityId) -> Result<usize, usize> {
        self.known.binary_search_by_key(&id, |known| known.id)
    }

    fn expire_unheard(&mut self, history: &History<G::Entity>) {
        if !self.reliable {
            // An acknowledgement of tick 0 changes nothing, but lets old snapshots expire.
            self.handle_ack(Ack::default(), history);
        }
    }

    /// Encodes the due updates, by priority, until the space is used. Returns true if some have to wait.
    fn encode_due(&mut self, allowed: usize, scene: &Scene<'_, G>, fragments: &mut Fragments) -> bool {
        let room = allowed.saturating_sub(HEADER_BYTES_MAX);
        let before = self.due.len();
        // In a crowd many more updates are due than fit, so only those that may fit are sorted and encoded.
        let most = room / UPDATE_BYTES_MIN;
        let by_priority = |update: &Update| (std::cmp::Reverse(update.priority), update.id);
        let crowded = before > room / UPDATE_BYTES_USUAL;
        if before > most {
            self.due.select_nth_unstable_by_key(most, by_priority);
            self.due.truncate(most);
        }
        if crowded {
            self.due.sort_unstable_by_key(by_priority);
        }
        let baselines = self.baseline(scene.history.now()).is_some();
        let plain = self.plain;
        let mut used = 0;
        self.due.retain_mut(|update| {
            if used + UPDATE_BYTES_MIN > room {
                return false;
            }
            update.fragment = encode_update(update, plain, baselines, scene, fragments);
            let size = update.fragment.len() + GAP_BYTES_MAX;
            // An update that does not fit is skipped; a smaller one after it may fit.
            let fits = used + size <= room;
            used += if fits { size } else { 0 };
            fits
        });
        if crowded {
            self.due.sort_unstable_by_key(|update| update.id);
        }
        self.due.len() < before
    }

    /// The own record, if the client cannot predict it.
    fn own_due(&mut self, truth: G::Own) -> Option<G::Own> {
        self.run_own();
        if self.own == Some(truth) && !self.plain {
            return None;
        }
        self.own = Some(truth);
        Some(truth)
    }

    /// Length of an encoded own record, bytes.
    fn own_bytes(&mut self, own: &G::Own) -> usize {
        self.own_scratch.clear();
        own.encode(&mut Writer::new(&mut self.own_scratch));
        self.own_scratch.len()
    }

    /// The tick that deltas refer to: the newest acknowledged one, or this one for "the newest that you have".
    fn baseline(&self, now: Tick) -> Option<Tick> {
        if self.reliable {
            return Some(now);
        }
        self.sent.acked().filter(|&acked| now.since(acked) <= BASELINE_AGE_MAX)
    }

    fn needs_full_tick(&self, now: Tick) -> bool {
        let surely_held = if self.reliable { self.last_sent } else { self.sent.acked() };
        surely_held.is_none_or(|held| now.since(held) >= SHORT_TICK_AGE_MAX)
    }

    /// Once a second, the checksum of the state that the client shows if it has received everything.
    fn checksum(&mut self, scene: &Scene<'_, G>, checksums: &mut Checksums) -> Option<Checksum> {
        let now = scene.history.now();
        let second = u32::from(scene.play.setup().tick_rate.hz());
        // Staggered by seat, so that a thousand checksums are not made in one tick.
        let turn = now.0.wrapping_add(self.member.ordinal().into()).is_multiple_of(second);
        if self.plain || !turn && now.since(self.checked) < second + second / 2 {
            return None;
        }
        let since = if self.reliable {
            0
        } else {
            self.baseline(now)?;
            self.sent.since_ack()?
        };
        let mut due = self.due.iter().peekable();
        let mut sum = 0u32;
        for (index, known) in self.known.iter().enumerate() {
            let told_now = due.next_if(|update| update.index == index).is_some();
            if !known.wanted {
                continue;
            }
            let told = if told_now { now } else { known.shown_since()? };
            sum = sum.wrapping_add(checksums.of(known.id, told, scene)?);
        }
        self.checked = now;
        Some(Checksum { sum, since })
    }

    fn mark_sent(&mut self, tick: Tick, own: bool) {
        if own {
            self.own_sent = tick;
        }
        if !self.reliable {
            self.sent.push(tick, own, self.due.iter().map(|update| update.id));
        }
        self.last_sent = Some(tick);
        let mut served = false;
        for update in &self.due {
            served |= self.known[update.index].mark_sent(tick, self.reliable);
        }
        if served {
            self.known.retain(|known| known.wanted || known.sent != tick);
        }
    }
}

#[inline(never)]
fn encode_update<G: Game>(
    update: &Update,
    plain: bool,
    baselines: bool,
    scene: &Scene<'_, G>,
    fragments: &mut Fragments,
) -> Fragment {
    let (history, map) = (scene.history, scene.map());
    let Some(state) = history.current(update.id).filter(|_| update.what != Due::Gone) else { return fragments.gone() };
    if plain {
        return fragments.plain(update.id, state, map);
    }
    match update.what {
        Due::Delta { surprised } if baselines => {
            fragments.delta(update.id, surprised, history, map).unwrap_or_else(|| fragments.whole(update.id, state))
        }
        _ => fragments.whole(update.id, state),
    }
}

fn encode_plain_header<O: Own>(header: &SnapshotHeader<O>, own: O, out: &mut Writer<'_>) {
    out.int(header.tick.0);
    out.int(header.input_age);
    out.int(header.margin);
    out.int(header.epoch);
    own.encode(out);
}
