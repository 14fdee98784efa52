//! What players see: entities, which both ends run forward alike, so that only what this does not foresee is sent.

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
/// the rules did something else to the entity: its player turned it, it was hit, it bounced off another one. So let `step` foresee as
/// much as it can from the entity and the map alone.
///
/// ```
/// use shared::game::{Entity, IVec2, Replicate};
///
/// /// Flies straight until it leaves the field.
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
/// struct Asteroid {
///     #[replicate(position)]
///     position: IVec2,
///     /// Bounded, so that no state that arrives can make `step` overflow.
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
    /// What lies around it and never changes during a match: walls, and the numbers of the rules. `()` if there is nothing.
    type Map: Map;

    /// One tick in which nothing interferes with it. False if it ends by itself in this tick: then clients drop it without being told, and
    /// [`Game::step`](crate::game::Game::step) must drop it too; the state it leaves does not matter.
    ///
    /// Called on both ends, far more often than anything else, and must give the same bits on both: no floats, no chance, no order of a
    /// hash map. A client calls it for states that a server may have made up, so no state may make it panic or overflow.
    fn step(&mut self, map: &Self::Map) -> bool;

    /// Where it is, position units, of which a pixel has [`POSITION_PER_PX`](crate::quantize::POSITION_PER_PX). It decides who is near
    /// enough to be sent it, and where it is drawn.
    fn position(&self, map: &Self::Map) -> IVec2;

    /// How far it reaches from its position, position units: players see it as soon as so much of it comes within their radius. 0 for what is
    /// small compared with a screen.
    fn extent(&self, map: &Self::Map) -> i32 {
        let _ = map;
        0
    }

    /// How urgent a change of it is, compared with others at the same distance: 1 to 64. What has waited longer and what is nearer goes
    /// first too; it matters only if not everything fits into a snapshot.
    fn importance(&self) -> u32 {
        1
    }

    /// The same for *plain* clients, which do not run entities forward and so are sent every move: 1 to 400.
    fn plain_importance(&self) -> u32 {
        self.importance()
    }

    /// An optimisation: something sudden that often happens to it before a step and changes its motion in a way that its state foretells,
    /// such as a jump or a dash. Whenever the truth is what the impulse and then [`Entity::step`] give, the change costs one bit instead of
    /// all motion fields. `#[replicate(impulses = N)]` says how many there are; they are numbered from 0. It changes motion fields alone
    /// (see `#[derive(Replicate)]`). False if it would change nothing now.
    fn impulse(&mut self, impulse: u8, map: &Self::Map) -> bool {
        let _ = (impulse, map);
        false
    }

    /// How it looks between two states that a client knows: `self`, and `later`, which is `ticks` ticks later. The moment is `past` ticks
    /// after `self`, from 0 to `ticks`. For a screen, never for the rules, so floats are fine. The default moves it straight from one to
    /// the other. Override it if that is wrong: something that jumps elsewhere is not to glide there ([`Pose::still`]), something that
    /// bounces is not to cut the corner.
    fn between(&self, later: &Self, past: f64, ticks: u32, map: &Self::Map) -> Pose<Self> {
        Pose::straight(*self, *later, past, ticks, map)
    }

    /// How it looks `past` ticks after `self` if nothing later is known; `None` if it has ended by then. The default runs it forward.
    fn ahead(&self, past: f64, map: &Self::Map) -> Option<Pose<Self>> {
        let (state, part) = self.run_forward(past, map)?;
        let mut next = state;
        // One that ends in this tick is shown on its way there.
        next.step(map);
        Some(Pose::straight(state, next, part, 1, map))
    }

    /// Runs it forward by the whole ticks of `past`; gives the state and the fraction of a tick that is left. `None` if it ends on the way.
    /// Not to be overridden.
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
    /// What a page calls the kinds, in their order.
    const NAMES: &'static [&'static str];

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

    /// Appends what a page calls the numbers that [`Replicate::draw`] gives of a kind.
    fn number_names(kind: u8, names: &mut Vec<String>);

    /// Appends what a page is handed of it beside place and velocity: its fields as they look at the moment.
    fn draw(pose: &Pose<Self>, around: &Drawing<'_, Self::Map>, out: &mut Vec<f32>);

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

    /// The fields of a kind, as they are declared.
    fn members(kind: u8) -> Vec<Member>;

    /// What a page is handed of a kind beside what it is handed of every entity: the fields that its numbers are made of.
    fn drawn(kind: u8) -> Vec<DrawnField>;

    /// The fields with their names.
    fn reflect(&self) -> Vec<(Word, Reflected)>;

    /// Sets a field by its name. Bounds of the declaration are not checked here, see [`with_field`](crate::game::reflect::with_field).
    ///
    /// # Errors
    /// A field that it does not have, or a value of another type, as a sentence.
    fn set_field(&mut self, name: &str, value: &Reflected) -> Result<(), String>;

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
