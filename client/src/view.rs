//! The replicated view: the entities that this client knows. Between the server's updates they are run forward by the rules.
//!
//! In: welcome, map and snapshots as they arrive. Out: every visible entity at the newest tick applied, or run
//! forward to a later one. No message from the server can cause a panic; one that cannot be applied gives an error.

mod known;
mod steered;

use shared::{
    EntityId, PlayerId, Tick, TickRate,
    game::{Entity, Game, MapOf, Own, Record, Replicate, Steered},
    limits::{ACK_MASK_TICKS, DATAGRAM_BYTES_MAX},
    wire::{Ack, DecodeError, MapMessage, Reader, SnapshotHeader, Welcome, header_flags::EPOCHS, kind, operation},
};

use known::{Known, Written};
use steered::SteeredInView;

/// See the module.
#[derive(Debug)]
pub struct View<G: Game> {
    tick_rate: Option<TickRate>,
    player: Option<PlayerId>,
    map: Option<MapOf<G>>,
    /// A resync was requested: nothing is applied until the server restarts the view.
    lost: bool,
    epoch: u8,
    tick: Tick,
    known: Known<G::Entity>,
    own: G::Own,
    own_is_sure: bool,
    steered: SteeredInView<G::Entity>,
    /// Ticks of the newest snapshots applied, as a mask: bit `i` is tick `tick - i`.
    applied: u64,
}

/// The result of a snapshot that was applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Applied<O> {
    /// The snapshot's header.
    pub header: SnapshotHeader<O>,
    /// Number of entities that it changed or removed.
    pub updates: u32,
    /// Result of the comparison of the view with the server's checksum.
    pub check: Check,
    /// True if every snapshot since the baseline was applied, so that the view lacks nothing.
    pub complete: bool,
    /// Number of ticks without a snapshot between the last one applied and this one.
    pub missing: u32,
}

/// Result of a checksum.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Check {
    /// The snapshot had no checksum.
    None,
    /// A snapshot before this one was lost, so that the checksum does not apply to the view.
    Skipped,
    /// The view equals the server's.
    Matched,
    /// The view differs from the server's. This is a bug; the client counts it and requests a resync.
    Mismatched,
}

/// Why a snapshot was not applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ApplyError {
    /// The snapshot cannot be decoded.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The snapshot is not newer than the newest one applied: a later one overtook it. Drop it.
    #[error("the snapshot is not newer than the newest applied")]
    Stale,
    /// The snapshot belongs to another epoch: another map, or before or after a restart of the view.
    #[error("the snapshot is on another map")]
    OtherEpoch,
    /// The welcome or the map has not arrived yet, or the answer to a resync request.
    #[error("the snapshot came before the welcome, the map or the answer to a resync")]
    NotReady,
}

impl<G: Game> Default for View<G> {
    fn default() -> Self {
        Self {
            tick_rate: None,
            player: None,
            map: None,
            lost: false,
            epoch: 0,
            tick: Tick(0),
            known: Known::default(),
            own: G::Own::default(),
            own_is_sure: false,
            steered: SteeredInView::default(),
            applied: 0,
        }
    }
}

impl<G: Game> View<G> {
    /// An empty view.
    pub fn new() -> Self {
        Self::default()
    }

    /// Handles the welcome. Every welcome resets the view.
    pub fn set_welcome(&mut self, welcome: &Welcome) {
        // Snapshots made before the welcome refer to states that the server no longer keeps. The view starts at the welcome's tick,
        // so that those still in flight are stale.
        *self = Self {
            tick_rate: Some(welcome.tick_rate),
            player: welcome.member.player(),
            tick: welcome.tick,
            ..Self::default()
        };
    }

    /// Decodes and sets a map, and drops all entities of the last one. Without a welcome the message is ignored.
    ///
    /// # Errors
    /// When the message holds no valid map.
    pub fn set_map(&mut self, message: &MapMessage) -> Result<(), DecodeError> {
        let Some(tick_rate) = self.tick_rate else { return Ok(()) };
        self.set_shared_map(message.epoch, message.first_tick, message.map(tick_rate)?);
        Ok(())
    }

    /// Sets a map that is decoded already and may be shared with other views, and drops all entities of the last one.
    pub fn set_shared_map(&mut self, epoch: u8, first_tick: Tick, map: MapOf<G>) {
        self.map = Some(map);
        self.restart(epoch, first_tick);
    }

    /// Restarts on the same map: drops all entities, and accepts snapshots of `epoch` from `first_tick` on.
    pub fn restart(&mut self, epoch: u8, first_tick: Tick) {
        self.epoch = epoch;
        self.tick = first_tick.minus(1);
        self.lost = false;
        self.clear();
    }

    /// Drops all entities, as a client must when it requests a resync. No snapshot is applied until the server restarts the view.
    pub fn forget(&mut self) {
        self.lost = true;
        self.clear();
    }

    /// Applies a snapshot: a whole message of kind 18 or 19.
    ///
    /// # Errors
    /// See [`ApplyError`]. After [`ApplyError::Decode`] the view may be partly changed: request a resync.
    pub fn apply(&mut self, bytes: &[u8]) -> Result<Applied<G::Own>, ApplyError> {
        if self.lost {
            return Err(ApplyError::NotReady);
        }
        let mut input = Reader::new(bytes);
        // Every element is at least one byte, so the message's length bounds the number of elements.
        let elements = input.array("the snapshot", bytes.len().min(ELEMENTS_MAX))?;
        match input.kind()? {
            kind::SNAPSHOT => self.apply_deltas(elements, &mut input),
            kind::PLAIN_SNAPSHOT => self.apply_plain(&mut input),
            kind => Err(DecodeError::UnknownKind { kind: kind.into() }.into()),
        }
    }

    /// Every visible entity at the newest tick applied, in the order of ids.
    pub fn entities(&self) -> impl Iterator<Item = (EntityId, &G::Entity)> {
        self.known.iter()
    }

    /// Number of visible entities.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Returns true if no entity is visible.
    pub fn is_empty(&self) -> bool {
        self.known.len() == 0
    }

    /// An entity at the newest tick applied.
    pub fn entity(&self, id: EntityId) -> Option<&G::Entity> {
        self.known.get(id)
    }

    /// An entity run forward to `tick`, by at most one second; `None` when it is not visible or ends before `tick`.
    pub fn extrapolated(&self, id: EntityId, tick: Tick) -> Option<G::Entity> {
        let map = self.map.as_ref()?;
        let mut state = *self.entity(id)?;
        let ticks = tick.since(self.tick).min(self.tick_rate?.hz().into());
        (0..ticks).all(|_| state.step(map)).then_some(state)
    }

    /// The newest tick applied; tick 0 before the first.
    pub fn tick(&self) -> Tick {
        self.tick
    }

    /// The acknowledgement of the snapshots applied.
    pub fn ack(&self) -> Ack {
        if self.applied & 1 == 0 {
            return Ack::default();
        }
        let before = (self.applied >> 1) as u32;
        const { assert!(ACK_MASK_TICKS == u32::BITS) };
        Ack { newest: self.tick, missing: !before }
    }

    /// The player's own record, at the newest tick applied.
    pub fn own(&self) -> G::Own {
        self.own
    }

    /// The entities that the player steers at the newest tick applied. `None` if there are none, or if one of them may be out of date
    /// because a snapshot was lost.
    pub fn steered(&self) -> Option<Steered<'_, G>> {
        let entities = self.steered.sure().filter(|entities| !entities.is_empty())?;
        self.own_is_sure.then_some(Steered { entities, own: &self.own })
    }

    /// Returns true if the server has sent no entity that the player steers: none exists yet, or it has ended.
    pub fn steers_nothing(&self) -> bool {
        self.steered.is_empty()
    }

    /// The own seat, once welcomed; a spectator has none.
    pub fn player(&self) -> Option<PlayerId> {
        self.player
    }

    /// The map, once it has arrived.
    pub fn map(&self) -> Option<&MapOf<G>> {
        self.map.as_ref()
    }

    /// The server's tick rate, after the welcome.
    pub fn tick_rate(&self) -> Option<TickRate> {
        self.tick_rate
    }

    fn clear(&mut self) {
        self.known.clear();
        self.applied = 0;
        self.own = G::Own::default();
        self.own_is_sure = false;
        self.steered.clear();
    }

    fn apply_deltas(&mut self, elements: usize, input: &mut Reader<'_>) -> Result<Applied<G::Own>, ApplyError> {
        // The map is taken out, not cloned: thousands of views may share it, and their threads would contend for its reference count.
        let map = self.map.take().ok_or(ApplyError::NotReady)?;
        let applied = self.apply_deltas_on(&map, elements, input);
        self.map = Some(map);
        applied
    }

    fn apply_deltas_on(
        &mut self,
        map: &MapOf<G>,
        elements: usize,
        input: &mut Reader<'_>,
    ) -> Result<Applied<G::Own>, ApplyError> {
        let header = SnapshotHeader::decode(self.tick, input)?;
        self.begin(header.tick, header.epoch)?;
        if !self.can_have_tick(&header) {
            return Err(ApplyError::Stale);
        }
        let missing = self.missing_before(header.tick);
        let since = header.baseline.and_then(|baseline| self.applied_between(baseline, header.tick));
        let complete = is_complete(&header, since);
        let stays_sure = header.tick == self.tick.next();
        self.own_is_sure = complete || self.own_is_sure && stays_sure;
        self.steered.handle_snapshot(complete, stays_sure);
        self.advance(header.tick, map);
        self.known.handle_snapshot(header.tick, header.baseline);
        if let Some(own) = header.own {
            self.own = own;
            self.own_is_sure = true;
        }
        let mut updates = 0;
        let mut next_id = 0;
        while !input.is_empty() {
            let gap = input.u16("gap")?;
            let id = id_after(next_id, gap)?;
            next_id = u32::from(id.0) + 1;
            self.update(id, &header, map, input)?;
            updates += 1;
            if updates as usize > elements {
                return Err(DecodeError::TrailingBytes { count: 0 }.into());
            }
        }
        let check = match (header.checksum, since) {
            (None, _) => Check::None,
            (Some(checksum), Some(since)) if since == checksum.since => {
                if checksum.sum == self.sum() {
                    Check::Matched
                } else {
                    Check::Mismatched
                }
            }
            _ => Check::Skipped,
        };
        if check == Check::Matched {
            self.steered.handle_match();
        }
        self.steered.refresh(|id| self.known.get(id).copied());
        Ok(Applied { header, updates, check, complete, missing })
    }

    fn apply_plain(&mut self, input: &mut Reader<'_>) -> Result<Applied<G::Own>, ApplyError> {
        self.map.as_ref().ok_or(ApplyError::NotReady)?;
        let tick = Tick(input.u32("tick")?);
        let input_age = input.ranged("input age", 0, 127)? as u8;
        let margin = input.i8("margin")?;
        let epoch = input.ranged("epoch", 0, i64::from(EPOCHS) - 1)? as u8;
        let own = G::Own::decode(input)?;
        self.begin(tick, epoch)?;
        let missing = self.missing_before(tick);
        self.applied = if self.applied == 0 { 1 } else { shifted(self.applied, tick.since(self.tick)) | 1 };
        self.tick = tick;
        self.own = own;
        let mut updates = 0;
        while !input.is_empty() {
            let id = EntityId(input.u16("id")?);
            match input.u8("operation")? {
                operation::GONE => self.known.remove(id),
                kind => {
                    let state = G::Entity::decode_plain(kind, input)?;
                    self.known.write_plain(id, Written { tick, state });
                }
            }
            updates += 1;
        }
        let header = SnapshotHeader {
            tick,
            full_tick: true,
            epoch,
            reduced: false,
            baseline: None,
            input_age,
            margin,
            own: Some(own),
            checksum: None,
        };
        Ok(Applied { header, updates, check: Check::None, complete: false, missing })
    }

    /// Refuses a snapshot that must not be applied, before anything is changed.
    fn begin(&self, tick: Tick, epoch: u8) -> Result<(), ApplyError> {
        if epoch != self.epoch {
            return Err(ApplyError::OtherEpoch);
        }
        if tick <= self.tick { Err(ApplyError::Stale) } else { Ok(()) }
    }

    /// Returns false if the tick of a snapshot, of which only the low bits are sent, was restored wrongly.
    ///
    /// The low bits of a snapshot that is more than 64 ticks late are nearest to a future tick. Its baseline, which counts back from
    /// that tick, is then in the future too, where no snapshot was applied. If such a snapshot were applied, all following ones would
    /// be stale.
    fn can_have_tick(&self, header: &SnapshotHeader<G::Own>) -> bool {
        let counted_back = header.baseline.filter(|&baseline| !header.full_tick && baseline < header.tick);
        counted_back.is_none_or(|baseline| self.has_applied(baseline))
    }

    fn has_applied(&self, tick: Tick) -> bool {
        tick <= self.tick && shifted_back(self.applied, self.tick.since(tick)) & 1 == 1
    }

    fn missing_before(&self, tick: Tick) -> u32 {
        if self.applied == 0 { 0 } else { tick.since(self.tick).saturating_sub(1) }
    }

    /// Runs all entities forward to `tick` and removes those that end before it.
    fn advance(&mut self, tick: Tick, map: &MapOf<G>) {
        let ticks = tick.since(self.tick);
        if self.applied == 0 || ticks > RUN_FORWARD_MAX {
            // After a gap this long the old states are of no use.
            self.known.clear();
        }
        for _ in 0..ticks.min(RUN_FORWARD_MAX) {
            self.own.step();
        }
        self.known.retain(|state| (0..ticks).all(|_| state.step(map)));
        self.applied = shifted(self.applied, ticks) | 1;
        self.tick = tick;
    }

    fn update(
        &mut self,
        id: EntityId,
        header: &SnapshotHeader<G::Own>,
        map: &MapOf<G>,
        input: &mut Reader<'_>,
    ) -> Result<(), DecodeError> {
        let tick = header.tick;
        let state = match input.u8("operation")? {
            operation::GONE => {
                self.known.remove(id);
                self.steered.remove(id);
                return Ok(());
            }
            full if full >= operation::FULL => G::Entity::decode_full(full, input)?,
            mask => {
                let base = header.baseline.and_then(|baseline| self.known.base(id, baseline));
                let Written { tick: since, mut state } = base.ok_or(DecodeError::UnknownBaseline { entity: id.0 })?;
                for _ in 0..tick.since(since).saturating_sub(1) {
                    state.step(map);
                }
                state.decode_delta(mask, map, input)?;
                state
            }
        };
        self.known.write(id, Written { tick, state });
        if let Some(player) = self.player {
            self.steered.handle_update(id, state, G::is_steered(player, id, &state));
        }
        Ok(())
    }

    /// Number of snapshots applied after `baseline` and before `tick`; `None` when `baseline` is older than the mask.
    fn applied_between(&self, baseline: Tick, tick: Tick) -> Option<u8> {
        if baseline >= tick {
            return Some(0);
        }
        let ticks = self.tick.since(baseline);
        if ticks >= u64::BITS { None } else { Some((self.applied & ((1 << ticks) - 1)).count_ones() as u8) }
    }

    fn sum(&self) -> u32 {
        self.known.iter().fold(0, |sum, (id, state)| sum.wrapping_add(state.hash(id.0)))
    }
}

/// Bound of the elements of one snapshot: a datagram holds fewer, and plain snapshots stay below it too.
const ELEMENTS_MAX: usize = 4 * DATAGRAM_BYTES_MAX;
/// Bound of the ticks that are run forward when snapshots are missing.
const RUN_FORWARD_MAX: u32 = 600;

/// Returns true if no snapshot is missing between the baseline, which the client has acknowledged, and this one. `since` is the number
/// of snapshots applied between them.
fn is_complete<O>(header: &SnapshotHeader<O>, since: Option<u8>) -> bool {
    let Some((baseline, since)) = header.baseline.zip(since) else { return false };
    u32::from(since) == header.tick.since(baseline).saturating_sub(1)
}

fn id_after(next_id: u32, gap: u16) -> Result<EntityId, DecodeError> {
    let id = next_id + u32::from(gap);
    u16::try_from(id).map(EntityId).map_err(|_| DecodeError::OutOfRange {
        field: "id",
        value: id.into(),
        low: 0,
        high: u16::MAX.into(),
    })
}

fn shifted(mask: u64, ticks: u32) -> u64 {
    mask.checked_shl(ticks).unwrap_or(0)
}

fn shifted_back(mask: u64, ticks: u32) -> u64 {
    mask.checked_shr(ticks).unwrap_or(0)
}
