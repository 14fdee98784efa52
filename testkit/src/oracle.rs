//! The receiver's duties of `docs/protocol.md`, in the simplest code: every client's view is compared with it.
//!
//! It keeps every state received since the last map, in ordered maps, and searches them from the front. It is slow and
//! obviously correct; `client::View` is fast and must give the same result.

use std::collections::BTreeMap;

use shared::{
    Tick, TickRate,
    game::{Entity, Game, MapOf, Own, Record, Replicate},
    limits::ACK_MASK_TICKS,
    wire::{Ack, DecodeError, MapMessage, Reader, SnapshotHeader, Welcome, kind, operation},
};

/// A naive replicated view, of extrapolating or of plain snapshots.
#[derive(Debug)]
pub struct Oracle<G: Game> {
    tick_rate: TickRate,
    map: Option<MapOf<G>>,
    epoch: u8,
    newest: Tick,
    /// The own record at `newest`.
    own: G::Own,
    /// Ticks of all snapshots applied.
    applied: Vec<Tick>,
    /// States in the view at `newest`.
    shown: BTreeMap<u16, G::Entity>,
    /// Every state that came in an update, by entity, oldest first.
    received: BTreeMap<u16, Vec<(Tick, G::Entity)>>,
    /// Ids in the newest snapshot with their new states; `None` if removed.
    written: Vec<(u16, Option<G::Entity>)>,
    checks: u64,
    mismatches: u64,
}

impl<G: Game> Oracle<G> {
    /// The view of a player that was just welcomed. Snapshots from before the welcome are not for it.
    pub fn new(welcome: &Welcome) -> Self {
        Self {
            tick_rate: welcome.tick_rate,
            map: None,
            epoch: 0,
            newest: welcome.tick,
            own: G::Own::default(),
            applied: Vec::new(),
            shown: BTreeMap::new(),
            received: BTreeMap::new(),
            written: Vec::new(),
            checks: 0,
            mismatches: 0,
        }
    }

    /// Handles a map: all entities are forgotten.
    ///
    /// # Panics
    /// The map is not one that a server may send.
    pub fn handle_map(&mut self, message: &MapMessage) {
        self.map = Some(message.map(self.tick_rate).expect("the server's map can be read"));
        self.handle_restart(message.epoch, message.first_tick);
    }

    /// Forgets all entities: the room restarted.
    pub fn handle_restart(&mut self, epoch: u8, first_tick: Tick) {
        self.epoch = epoch;
        self.newest = first_tick.minus(1);
        self.shown.clear();
        self.received.clear();
        self.applied.clear();
        self.own = G::Own::default();
    }

    /// Applies the bytes of a snapshot; false if it is old, or of another map.
    ///
    /// # Errors
    /// The bytes are not a snapshot that a server may send.
    pub fn handle_snapshot(&mut self, bytes: &[u8]) -> Result<bool, DecodeError> {
        let mut input = Reader::new(bytes);
        input.array("the message", usize::MAX)?;
        match input.u8("kind")? {
            kind::SNAPSHOT => self.handle_deltas(&mut input),
            kind::PLAIN_SNAPSHOT => self.handle_plain(&mut input),
            kind => Err(DecodeError::UnknownKind { kind: kind.into() }),
        }
    }

    fn handle_deltas(&mut self, input: &mut Reader<'_>) -> Result<bool, DecodeError> {
        let header = SnapshotHeader::decode(self.newest, input)?;
        if !self.takes(header.tick, header.epoch) || self.is_far_too_late(&header) {
            return Ok(false);
        }
        let map = self.map.clone().expect("only a snapshot of a known map is taken");
        for _ in self.newest.0..header.tick.0 {
            self.shown.retain(|_, state| state.step(&map));
            self.own.step();
        }
        self.own = header.own.unwrap_or(self.own);
        self.written.clear();
        let mut next_id = 0;
        while !input.is_empty() {
            let id = next_id + input.u16("gap")?;
            next_id = id + 1;
            let state = match input.u8("operation")? {
                operation::GONE => None,
                whole @ operation::FULL.. => Some(G::Entity::decode_full(whole, input)?),
                mask => {
                    let (tick, mut state) = self.base(id, &header)?;
                    for _ in tick.next().0..header.tick.0 {
                        state.step(&map);
                    }
                    state.decode_delta(mask, &map, input)?;
                    Some(state)
                }
            };
            self.written.push((id, state));
        }
        self.show(header.tick);
        self.check(&header);
        self.applied.push(header.tick);
        Ok(true)
    }

    fn handle_plain(&mut self, input: &mut Reader<'_>) -> Result<bool, DecodeError> {
        let tick = Tick(input.u32("tick")?);
        let (_input_age, _margin) = (input.u8("input age")?, input.i8("margin")?);
        let epoch = input.u8("epoch")?;
        let own = G::Own::decode(input)?;
        if !self.takes(tick, epoch) {
            return Ok(false);
        }
        self.own = own;
        self.written.clear();
        while !input.is_empty() {
            let id = input.u16("id")?;
            let state = match input.u8("operation")? {
                operation::GONE => None,
                kind => Some(G::Entity::decode_plain(kind, input)?),
            };
            self.written.push((id, state));
        }
        self.show(tick);
        self.applied.push(tick);
        Ok(true)
    }

    fn takes(&self, tick: Tick, epoch: u8) -> bool {
        self.map.is_some() && epoch == self.epoch && tick > self.newest
    }

    /// True if the snapshot is so late that its short tick seems to be in the future; its baseline is unknown then.
    fn is_far_too_late(&self, header: &SnapshotHeader<G::Own>) -> bool {
        let counted_back = |baseline: &Tick| !header.full_tick && *baseline != header.tick;
        header.baseline.filter(counted_back).is_some_and(|baseline| !self.applied.contains(&baseline))
    }

    /// Applies the updates of a snapshot.
    fn show(&mut self, tick: Tick) {
        for &(id, state) in &self.written {
            match state {
                None => drop(self.shown.remove(&id)),
                Some(state) => {
                    self.shown.insert(id, state);
                    self.received.entry(id).or_default().push((tick, state));
                }
            }
        }
        self.newest = tick;
    }

    /// States in the view at [`Oracle::tick`], by id.
    pub const fn shown(&self) -> &BTreeMap<u16, G::Entity> {
        &self.shown
    }

    /// Updates of the newest applied snapshot: each id with its new state, or `None` if it was removed.
    pub fn written(&self) -> &[(u16, Option<G::Entity>)] {
        &self.written
    }

    /// The newest tick applied.
    pub const fn tick(&self) -> Tick {
        self.newest
    }

    /// The own record at [`Oracle::tick`].
    pub fn own(&self) -> G::Own {
        self.own
    }

    /// Acknowledgement of the snapshots that were applied.
    pub fn ack(&self) -> Ack {
        let Some(&newest) = self.applied.last() else { return Ack::default() };
        let recent = || self.applied.iter().rev().take(ACK_MASK_TICKS as usize + 1);
        let was_applied = |age: u32| recent().any(|&tick| tick.plus(age + 1) == newest);
        let missing = (0..ACK_MASK_TICKS).filter(|&age| !was_applied(age)).fold(0, |mask, age| mask | 1 << age);
        Ack { newest, missing }
    }

    /// True if any snapshot of this map was applied.
    pub fn is_informed(&self) -> bool {
        !self.applied.is_empty()
    }

    /// Number of checksums compared, and of those that differed.
    pub const fn checks(&self) -> (u64, u64) {
        (self.checks, self.mismatches)
    }

    /// The newest received state of `id` from which the snapshot's delta may be made.
    fn base(&self, id: u16, header: &SnapshotHeader<G::Own>) -> Result<(Tick, G::Entity), DecodeError> {
        let unknown = DecodeError::UnknownBaseline { entity: id };
        let latest = header.baseline.ok_or(unknown)?;
        let states = self.received.get(&id).ok_or(unknown)?;
        states.iter().rev().find(|&&(tick, _)| tick <= latest).copied().ok_or(unknown)
    }

    fn check(&mut self, header: &SnapshotHeader<G::Own>) {
        let Some(checksum) = header.checksum else { return };
        if let Some(baseline) = header.baseline
            && baseline != header.tick
        {
            let since = self.applied.iter().filter(|&&tick| tick > baseline && tick < header.tick).count();
            if since != usize::from(checksum.since) {
                return;
            }
        }
        let sum = self.shown.iter().fold(0u32, |sum, (&id, state)| sum.wrapping_add(state.hash(id)));
        self.checks += 1;
        self.mismatches += u64::from(sum != checksum.sum);
    }
}
