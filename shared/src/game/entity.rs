//! What a game shows: entities that both ends run forward alike, and that are sent only when the truth differs.

use std::fmt::Debug;

use glam::IVec2;

use crate::{
    game::{Map, Pose},
    wire::{DecodeError, Reader, Writer, operation},
};

/// One kind of entity in a game, small and `Copy`: an asteroid, a coin. A game with several kinds has one struct per
/// kind and an enum of them, with `#[derive(Entity, Replicate)]` on the enum.
///
/// Both ends hold the same state and run it forward by [`Entity::step`]. The server sends an entity only in ticks in which
/// the truth is not what running it forward gives.
///
/// ```
/// use shared::game::{Entity, IVec2, Replicate};
///
/// /// Flies straight for ever.
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
/// struct Asteroid {
///     #[replicate(position)]
///     position: IVec2,
///     velocity: IVec2,
/// }
///
/// impl Entity for Asteroid {
///     type Map = ();
///
///     fn step(&mut self, _: &()) -> bool {
///         self.position += self.velocity;
///         true
///     }
///
///     fn position(&self, _: &()) -> IVec2 {
///         self.position
///     }
/// }
/// ```
pub trait Entity: Copy + Eq + Debug + Send + Sync + 'static {
    /// What lies around it and never changes during a match: walls, and the numbers of the rules. `()` where there is none.
    type Map: Map;

    /// One tick in which nobody interferes. False: it ends by itself, and both ends know.
    ///
    /// Called on both ends, far more often than anything else, and must give the same bits on both: no floats, no chance,
    /// no order of a hash map.
    fn step(&mut self, map: &Self::Map) -> bool;

    /// Where it is, position units: who is near enough is told of it.
    fn position(&self, map: &Self::Map) -> IVec2;

    /// Its weight among others at the same distance, where not everything fits into a snapshot: 1 to 64.
    fn importance(&self) -> u32 {
        1
    }

    /// The same for clients that run nothing forward, so that they must hear of every move: 1 to 400.
    fn plain_importance(&self) -> u32 {
        self.importance()
    }

    /// Something that may happen to it before a step, most often because its player pressed a button, and that is worth one bit
    /// of a change instead of a whole new motion: a dash, a jump. It changes motion fields alone (see `#[derive(Replicate)]`, which
    /// is told their number: `#[replicate(impulses = 1)]` is impulse 0). False: it changes nothing now.
    fn impulse(&mut self, impulse: u8, map: &Self::Map) -> bool {
        let _ = (impulse, map);
        false
    }

    /// How it looks `past` ticks after this state, where `later` is what it was `ticks` ticks after it: for a screen, never for the rules,
    /// so floats are fine. The default moves it straight from one to the other. Override it where that is wrong: between two lives it
    /// stays where it is ([`Pose::still`]), around a corner it turns.
    fn between(&self, later: &Self, past: f64, ticks: u32, map: &Self::Map) -> Pose<Self> {
        Pose::straight(*self, *later, past, ticks, map)
    }

    /// How it looks `past` ticks after this state while nothing later is known; `None` if it has ended by then. The default runs it
    /// forward.
    fn ahead(&self, past: f64, map: &Self::Map) -> Option<Pose<Self>> {
        let (state, part) = self.run_forward(past, map)?;
        let mut next = state;
        // One that ends in this tick is shown on its way there.
        next.step(map);
        Some(Pose::straight(state, next, part, 1, map))
    }

    /// Runs it forward the whole ticks of `past`; gives the state and what is left of a tick. `None` if it ends on the way.
    fn run_forward(&self, past: f64, map: &Self::Map) -> Option<(Self, f64)> {
        let (mut state, whole) = (*self, past as u32);
        let lives = (0..whole).all(|_| state.step(map));
        lives.then_some((state, past - f64::from(whole)))
    }
}

/// How an entity travels. Never written by hand: `#[derive(Replicate)]` does, on a struct and on an enum of such structs.
///
/// A whole state is an operation of 64 and up (64 + the kind's place in the enum) and every field in order. A change is a
/// mask of 1..=63 and what it names. `#[derive(Replicate)]` says which attributes steer that.
pub trait Replicate: Entity {
    /// How many kinds there are: 1 for a struct, the number of variants for an enum.
    const KINDS: u8;

    /// Which of them this is.
    fn kind(&self) -> u8;

    /// Writes every field.
    fn encode_fields(&self, out: &mut Writer<'_>);

    /// Reads what [`Replicate::encode_fields`] wrote for this kind.
    ///
    /// # Errors
    /// Unknown kinds, values outside their ranges, a truncated message.
    fn decode_fields(kind: u8, input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Writes what a drawing needs beside the position.
    fn encode_plain_fields(&self, out: &mut Writer<'_>);

    /// Reads what [`Replicate::encode_plain_fields`] wrote for this kind at `position`. What it does not say is neutral: such a state is to
    /// be shown, not to be run forward.
    ///
    /// # Errors
    /// As [`Replicate::decode_fields`].
    fn decode_plain_fields(kind: u8, position: IVec2, input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Writes what turns `baseline`, a state at the tick before, into `self` at this tick: a mask of 1..=63, then the fields it
    /// names. Writes nothing and returns false when the baseline run forward is `self` already, or when no change can say what `self` is: the
    /// baseline is of another kind, the kind is sent once, or a field differs that no change carries. The caller sends the whole state then.
    fn encode_delta(&self, baseline: &Self, map: &Self::Map, out: &mut Writer<'_>) -> bool;

    /// Applies a delta with the given mask (1..=63) to `self`, a state at the tick before, giving this tick's.
    ///
    /// # Errors
    /// A mask the kind does not have, values outside their ranges, a truncated message.
    fn decode_delta(&mut self, mask: u8, map: &Self::Map, input: &mut Reader<'_>) -> Result<(), DecodeError>;

    /// Whether `self` differs from `predicted` in nothing but what is only drawn and may wait a few ticks.
    fn is_cosmetic_change(&self, predicted: &Self) -> bool;

    /// Whether entities of this kind are sent once, at their birth, and never again.
    fn is_sent_once(&self) -> bool;

    /// Hands every field to a hash, 32 bits at a time.
    fn hash_into(&self, word: &mut impl FnMut(u32));

    /// Writes the whole state.
    #[inline]
    fn encode_full(&self, out: &mut Writer<'_>) {
        out.int(operation::FULL + self.kind());
        self.encode_fields(out);
    }

    /// Reads the whole state whose operation was `operation`.
    ///
    /// # Errors
    /// As [`Replicate::decode_fields`].
    #[inline]
    fn decode_full(operation: u8, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::decode_fields(kind_of::<Self>(operation)?, input)
    }

    /// Writes absolute values for clients that do not run things forward: kind, x, y, then what a drawing needs.
    fn encode_plain(&self, map: &Self::Map, out: &mut Writer<'_>) {
        out.int(operation::FULL + self.kind());
        out.vector(self.position(map));
        self.encode_plain_fields(out);
    }

    /// Reads what [`Replicate::encode_plain`] wrote after its operation.
    ///
    /// # Errors
    /// As [`Replicate::decode_fields`].
    fn decode_plain(operation: u8, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let kind = kind_of::<Self>(operation)?;
        let position = input.position()?;
        Self::decode_plain_fields(kind, position, input)
    }

    /// FNV-1a over 32-bit words of the id and every field: what the checksum a second adds up.
    #[inline]
    fn hash(&self, id: u16) -> u32 {
        let mut hash = fnv(FNV_START, id.into());
        self.hash_into(&mut |word| hash = fnv(hash, word));
        hash
    }
}

fn kind_of<E: Replicate>(operation: u8) -> Result<u8, DecodeError> {
    match operation.checked_sub(operation::FULL) {
        Some(kind) if kind < E::KINDS => Ok(kind),
        _ => Err(DecodeError::UnknownOperation { operation: operation.into() }),
    }
}

/// FNV-1a with 32-bit words in place of bytes (Fowler, Noll, Vo): short to write in any language.
const fn fnv(hash: u32, word: u32) -> u32 {
    (hash ^ word).wrapping_mul(FNV_PRIME)
}

const FNV_START: u32 = 0x811c_9dc5;
const FNV_PRIME: u32 = 0x0100_0193;
