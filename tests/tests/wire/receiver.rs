//! A client's duties as `docs/protocol.md` words them, in the plainest code: the reference of the sequences.

use std::collections::{BTreeMap, BTreeSet};

use arena::{entity::EntityState, own::OwnState, rules::Terrain};
use shared::{
    Tick,
    game::{Entity, Own, Replicate},
    wire::{DecodeError, Reader, ServerMessage, SnapshotHeader, Welcome, kind},
};

use crate::json::{Json, object};
use crate::records;

/// State of a client.
#[derive(Default)]
pub(crate) struct Receiver {
    welcome: Option<Welcome>,
    terrain: Option<Terrain>,
    epoch: u8,
    pub(crate) newest: u32,
    pub(crate) shown: BTreeMap<u16, EntityState>,
    pub(crate) own: OwnState,
    /// States by the tick of the update that wrote them.
    received: BTreeMap<u16, BTreeMap<u32, EntityState>>,
    applied: BTreeSet<u32>,
}

impl Receiver {
    /// Takes a message in and says what became of it.
    pub(crate) fn handle(&mut self, bytes: &[u8]) -> &'static str {
        match ServerMessage::decode(bytes).expect("the sequences hold valid messages") {
            ServerMessage::Welcome(welcome) => {
                *self = Self { newest: welcome.tick.0, welcome: Some(welcome), ..Self::default() };
            }
            ServerMessage::Map(message) => {
                let rate = self.welcome.as_ref().expect("the welcome comes first").tick_rate;
                self.terrain = Some(message.map(rate).expect("the sequences hold valid maps"));
                self.restart(message.epoch, message.first_tick);
            }
            ServerMessage::Restart { epoch, first_tick } => self.restart(epoch, first_tick),
            ServerMessage::Snapshot => return self.apply(bytes).unwrap_or("lost track"),
            _ => panic!("not part of a sequence"),
        }
        "handled"
    }

    fn restart(&mut self, epoch: u8, first_tick: Tick) {
        self.epoch = epoch;
        self.newest = first_tick.minus(1).0;
        self.own = OwnState::default();
        self.shown.clear();
        self.received.clear();
        self.applied.clear();
    }

    /// Where the state of `id` that a delta at `tick` against `baseline` starts from stands at `tick - 1`.
    pub(crate) fn before(&self, id: u16, baseline: u32, tick: u32) -> Option<EntityState> {
        let newest_allowed = if baseline == tick { self.newest } else { baseline };
        let (&at, &state) = self.received.get(&id)?.range(..=newest_allowed).next_back()?;
        let terrain = self.terrain.as_ref()?;
        (at + 1..tick).try_fold(state, |mut state, _| state.step(terrain).then_some(state))
    }

    fn apply(&mut self, bytes: &[u8]) -> Result<&'static str, DecodeError> {
        let mut input = Reader::new(bytes);
        input.array("the message", usize::MAX)?;
        assert_eq!(input.u8("kind")?, kind::SNAPSHOT);
        let header = SnapshotHeader::decode(Tick(self.newest), &mut input)?;
        let tick = header.tick.0;
        if header.epoch != self.epoch {
            return Ok("dropped: another epoch");
        }
        if tick <= self.newest {
            return Ok("dropped: not newer");
        }
        if let Some(Tick(baseline)) = header.baseline
            && !header.full_tick
            && baseline != tick
            && !self.applied.contains(&baseline)
        {
            return Ok("dropped: far too late");
        }
        let terrain = self.terrain.clone().expect("the map came first");
        for _ in self.newest..tick {
            self.shown.retain(|_, state| state.step(&terrain));
            self.own.step();
        }
        let mut id = None;
        while !input.is_empty() {
            let gap = input.u16("gap")?;
            let this = id.map_or(gap, |id: u16| id + 1 + gap);
            id = Some(this);
            let operation = input.u8("operation")?;
            let state = match operation {
                0 => {
                    self.shown.remove(&this);
                    self.received.remove(&this);
                    continue;
                }
                64.. => EntityState::decode_full(operation, &mut input)?,
                mask => {
                    let baseline = header.baseline.ok_or(DecodeError::UnknownBaseline { entity: this })?;
                    let before = self.before(this, baseline.0, tick);
                    let mut state = before.ok_or(DecodeError::UnknownBaseline { entity: this })?;
                    state.decode_delta(mask, &terrain, &mut input)?;
                    state
                }
            };
            self.shown.insert(this, state);
            self.received.entry(this).or_default().insert(tick, state);
        }
        if let Some(own) = header.own {
            self.own = own;
        }
        self.newest = tick;
        let baseline = header.baseline.map_or(tick, |baseline| baseline.0);
        let since = self.applied.range(baseline.saturating_add(1).min(tick)..tick).count();
        self.applied.insert(tick);
        Ok(match header.checksum {
            None => "applied",
            Some(checksum) if baseline < tick && since != usize::from(checksum.since) => {
                "applied, checksum not comparable"
            }
            Some(checksum) if checksum.sum == self.sum() => "applied, checksum equal",
            Some(_) => "applied, checksum differs",
        })
    }

    /// The checksum of what is shown.
    pub(crate) fn sum(&self) -> u32 {
        self.shown.iter().fold(0, |sum: u32, (&id, state)| sum.wrapping_add(state.hash(id)))
    }

    /// Describes the view with the names of the document.
    pub(crate) fn describe(&self) -> Json {
        object! {
            "tick": self.newest,
            "own": records::describe_own(&self.own),
            "entities": Json::list(self.shown.iter().map(|(&id, state)| records::describe(id, state))),
            "sum": self.sum(),
        }
    }
}
