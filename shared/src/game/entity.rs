//! Entities: the things that players see. Both ends run them forward by the same rules, so that only other changes are sent.

use std::fmt::Debug;

use glam::IVec2;

use crate::{
    game::{
        Drawing, Map, Pose, Word,
        draw::DrawnField,
        reflect::{Member, Reflected},
    },
    wire::{DecodeError, Reader, Writer, operation},
};

/// One kind of entity in a game, small and `Copy`: an asteroid, a coin. A game with several kinds has one struct per
/// kind and an enum of them, with `#[derive(Entity, Replicate)]` on the enum.
///
/// Server and client hold the same state of an entity, and each runs it forward by [`Entity::step`]. The server sends a change only when
/// the rules changed the entity in another way: its player turned it, it was hit, it bounced off another one. So let `step` compute as
/// much as possible from the entity and the map alone.
///
/// ```
/// use shared::game::{Entity, IVec2, Replicate};
///
/// /// Flies straight until it leaves the field.
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
/// struct Asteroid {
///     #[replicate(position)]
///     position: IVec2,
///     /// Bounded, so that no received state can make `step` overflow.
///     #[replicate(max = 1 << 12)]
///     velocity: IVec2,
/// }
///
/// impl Entity for Asteroid {
///     type Map = ();
///
///     fn step(&mut self, _: &()) -> bool {
///         self.position += self.velocity;
///         self.position.abs().max_element() < 16_000
///     }
///
///     fn position(&self, _: &()) -> IVec2 {
///         self.position
///     }
/// }
/// ```
pub trait Entity: Copy + Eq + Debug + Send + Sync + 'static {
    /// The data around entities that never changes during a match: walls, and the constants of the rules. `()` if there is none.
    type Map: Map;

    /// Runs the entity forward by one tick without outside influence. Returns false if it ends by itself in this tick: then clients drop
    /// it without a message, and [`Game::step`](crate::game::Game::step) must drop it too. The state after that does not matter.
    ///
    /// Called on both ends, far more often than any other method, and must give the same bits on both: no floats, no random numbers, no
    /// order of a hash map. A client calls it for states from a server that it cannot trust, so no state may cause a panic or an overflow.
    fn step(&mut self, map: &Self::Map) -> bool;

    /// The position, position units, of which a pixel has [`POSITION_PER_PX`](crate::quantize::POSITION_PER_PX). It decides which players
    /// are near enough to receive the entity, and where the entity is drawn.
    fn position(&self, map: &Self::Map) -> IVec2;

    /// Distance from the position to the farthest point of the entity, position units. Players see the entity as soon as this point can be
    /// within their radius. 0 for an entity that is small compared with a screen.
    fn extent(&self, map: &Self::Map) -> i32 {
        let _ = map;
        0
    }

    /// Priority of a change of the entity, compared with others at the same distance: 1 to 64. Priority also grows with waiting time and
    /// with nearness. It matters only if not all changes fit into a snapshot.
    fn importance(&self) -> u32 {
        1
    }

    /// The priority for *plain* clients, which do not run entities forward and so receive every move: 1 to 400.
    fn plain_importance(&self) -> u32 {
        self.importance()
    }

    /// An optimisation for a sudden change of motion that often happens before a step and that follows from the state, such as a jump or
    /// a dash. If the impulse and then [`Entity::step`] give the true state, the change costs one bit instead of
    /// all motion fields. `#[replicate(impulses = N)]` gives the number of impulses; they are numbered from 0. An impulse changes only
    /// motion fields (see `#[derive(Replicate)]`). Returns false if it would change nothing now.
    fn impulse(&mut self, impulse: u8, map: &Self::Map) -> bool {
        let _ = (impulse, map);
        false
    }

    /// Interpolates between two states that a client knows: `self`, and `later`, which is `ticks` ticks later. The result is for the time
    /// `past` ticks after `self`, from 0 to `ticks`. It is for a screen, never for the rules, so floats are allowed. The default moves the
    /// entity in a straight line. Override it if that is wrong: an entity that jumps must not glide ([`Pose::still`]), and one that
    /// bounces must not cut the corner.
    fn between(&self, later: &Self, past: f64, ticks: u32, map: &Self::Map) -> Pose<Self> {
        Pose::straight(*self, *later, past, ticks, map)
    }

    /// Extrapolates to the time `past` ticks after `self` when no later state is known; `None` if the entity has ended by then. The default
    /// runs it forward.
    fn ahead(&self, past: f64, map: &Self::Map) -> Option<Pose<Self>> {
        let (state, part) = self.run_forward(past, map)?;
        let mut next = state;
        // An entity that ends in this tick still moves until the tick's end.
        next.step(map);
        Some(Pose::straight(state, next, part, 1, map))
    }

    /// Runs the entity forward by the whole ticks of `past`. Returns the state and the fraction of a tick that is left; `None` if it ends
    /// before. Do not override it.
    fn run_forward(&self, past: f64, map: &Self::Map) -> Option<(Self, f64)> {
        let (mut state, whole) = (*self, past as u32);
        let lives = (0..whole).all(|_| state.step(map));
        lives.then_some((state, past - f64::from(whole)))
    }
}

/// The encoding of an entity. `#[derive(Replicate)]` implements it on a struct and on an enum of such structs; do not implement it by hand.
///
/// A full state is an operation of 64 or more (64 + the kind's place in the enum) and every field in order. A delta is a
/// mask of 1..=63 and the fields of the mask. The page of `#[derive(Replicate)]` documents the attributes.
pub trait Replicate: Entity {
    /// Number of kinds: 1 for a struct, the number of variants for an enum.
    const KINDS: u8;
    /// Names of the kinds on a page, in order.
    const NAMES: &'static [&'static str];

    /// The kind of this entity, below [`Replicate::KINDS`].
    fn kind(&self) -> u8;

    /// Writes every field.
    fn encode_fields(&self, out: &mut Writer<'_>);

    /// Reads what [`Replicate::encode_fields`] wrote for this kind.
    ///
    /// # Errors
    /// An unknown kind, a value outside its range, a truncated message.
    fn decode_fields(kind: u8, input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Writes the fields that a drawing needs, without the position.
    fn encode_plain_fields(&self, out: &mut Writer<'_>);

    /// Reads what [`Replicate::encode_plain_fields`] wrote for this kind at `position`. All other fields are neutral: such a state can
    /// be drawn, but not run forward.
    ///
    /// # Errors
    /// As [`Replicate::decode_fields`].
    fn decode_plain_fields(kind: u8, position: IVec2, input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Writes the delta from `baseline`, a state at the last tick, to `self` at this tick: a mask of 1..=63, then the fields of the mask.
    /// Writes nothing and returns false in two cases. Either the baseline run forward equals `self`. Or no delta can express the
    /// difference, because the baseline has another kind, the kind is sent once, or a field differs that deltas do not carry; then the
    /// caller must send the full state.
    fn encode_delta(&self, baseline: &Self, map: &Self::Map, out: &mut Writer<'_>) -> bool;

    /// Applies a delta with the given mask (1..=63) to `self`, a state at the last tick. Afterwards `self` is the state at this tick.
    ///
    /// # Errors
    /// A mask that the kind does not have, a value outside its range, a truncated message.
    fn decode_delta(&mut self, mask: u8, map: &Self::Map, input: &mut Reader<'_>) -> Result<(), DecodeError>;

    /// Returns true if `self` differs from `predicted` only in cosmetic fields, whose changes may wait a few ticks.
    fn is_cosmetic_change(&self, predicted: &Self) -> bool;

    /// Returns true if entities of this kind are sent once, at their birth, and never again.
    fn is_sent_once(&self) -> bool;

    /// Passes every field to a hash, 32 bits at a time.
    fn hash_into(&self, word: &mut impl FnMut(u32));

    /// Appends the names of the numbers that [`Replicate::draw`] gives for a kind.
    fn number_names(kind: u8, names: &mut Vec<String>);

    /// Appends the numbers that a page gets apart from position and velocity: the fields, interpolated.
    fn draw(pose: &Pose<Self>, around: &Drawing<'_, Self::Map>, out: &mut Vec<f32>);

    /// Writes the full state.
    #[inline]
    fn encode_full(&self, out: &mut Writer<'_>) {
        out.int(operation::FULL + self.kind());
        self.encode_fields(out);
    }

    /// Reads a full state after its `operation`.
    ///
    /// # Errors
    /// As [`Replicate::decode_fields`].
    #[inline]
    fn decode_full(operation: u8, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::decode_fields(kind_of::<Self>(operation)?, input)
    }

    /// Writes absolute values for plain clients: kind, x, y, then the fields that a drawing needs.
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

    /// The fields of a kind, as they are declared.
    fn members(kind: u8) -> Vec<Member>;

    /// The fields of a kind from which the numbers of [`Replicate::draw`] are made.
    fn drawn(kind: u8) -> Vec<DrawnField>;

    /// The fields with their names.
    fn reflect(&self) -> Vec<(Word, Reflected)>;

    /// Sets a field by its name. The bounds in the declaration are not checked here, see [`with_field`](crate::game::reflect::with_field).
    ///
    /// # Errors
    /// An unknown field, or a value of another type, as a sentence.
    fn set_field(&mut self, name: &str, value: &Reflected) -> Result<(), String>;

    /// FNV-1a over 32-bit words of the id and every field. The checksum of a snapshot is the sum of these hashes.
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

/// FNV-1a with 32-bit words in place of bytes (Fowler, Noll, Vo). It is easy to write in any language.
const fn fnv(hash: u32, word: u32) -> u32 {
    (hash ^ word).wrapping_mul(FNV_PRIME)
}

const FNV_START: u32 = 0x811c_9dc5;
const FNV_PRIME: u32 = 0x0100_0193;
