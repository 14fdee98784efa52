//! The derives of the seam: how a game's entities, inputs and records travel, written from their declarations.
//!
//! `shared::game` exports them beside the traits they implement. Generated code names `::shared`, so a game depends on that
//! crate by its own name. Errors of the wire name fields as they are declared: `bounces_left` is "bounces left".

mod draw;
mod entity;
mod field;
mod input;
mod record;
mod reflect;
#[cfg(test)]
mod refusals;
mod replicate;
mod shape;

use proc_macro::TokenStream;
use syn::{DeriveInput, Result, parse_macro_input};

/// Implements `Replicate` for a struct that is an `Entity`, or for an enum with one such struct in each variant.
///
/// On an enum every variant is a *kind*, numbered in order of declaration; `#[derive(Entity)]` beside it makes the enum an
/// entity.
///
/// # When a field travels
///
/// Both ends run every entity forward by `Entity::step`, and the server sends a change when the truth is not what that gives. A
/// field's attribute says what part it has in that:
///
/// | attribute | sent | for |
/// |---|---|---|
/// | none: *motion* | all motion fields together, as differences, when running forward does not give them | what `step` changes: position, velocity, timers. Integers and vectors |
/// | `intent` | itself when it changes, and set before the last tick is run forward | what `step` reads and never changes: a heading, health |
/// | `cosmetic` | as `intent`, but may wait a few ticks | what is only drawn: an aim |
/// | `fixed` | in whole states only | what never changes: an owner, a colour |
///
/// A change is a mask of six bits and what it names: a bit for each intent, a bit for each impulse, and one for the motion. If
/// `step` changes an intent after all, or a fixed field changes, the whole state is sent: that costs bytes and never truth.
///
/// # What a field may say besides
///
/// - `position`: the vector that is its position, bounded by what a map can be. At most one field; an entity without one takes
///   its position from elsewhere, as the map.
/// - `max = …`: every component of a number or vector is in ± that, without sign in 0 to that. A receiver refuses anything else.
/// - `turn`, beside `intent` or `cosmetic` on a `u8`: an angle in 1/256 turn, sent as the short way around.
/// - `unseen`, `unseen = …`: not in the plain form, for clients that do not run forward; read back there as the default, or as the
///   given value.
///
/// # What the struct may say
///
/// - `once`: sent at its birth and never again, as a shell whose path is known. Its fields need no attribute of the first table.
/// - `impulses = N`: how many numbers `Entity::impulse` knows. Each has a bit, tried in order when the tick as such does not give
///   the truth.
///
/// # What a page is handed
///
/// Every field is drawn, as numbers by its name (a vector as `name_x` and `name_y`, yes as 1 and no as 0, an enum as its variant's place),
/// beside the position and velocity of the moment (`x`, `y`, `vx`, `vy`), which the engine adds. A field may say:
///
/// - `#[draw(skip)]`: it is left out.
/// - `#[draw(name = "…")]`: what the page calls it.
/// - `#[draw(px)]`, `#[draw(seconds)]`: it is in position units, or ticks. `#[draw(turn = N)]`: it is an angle of N parts, drawn as radians;
///   `#[replicate(turn)]` says that already.
/// - `#[draw(lerp)]`: between two ticks it is between their values, as angles always are. Anything else is seen to change at the end of a
///   tick.
///
/// `#[draw(with(ready = Self::ready))]` on the struct adds a number that a function makes: `fn(&Self, &Map) -> f32`.
///
/// # Layout
///
/// ```text
/// whole     64 + kind, field…                        in order of declaration
/// change    mask, intent…, difference…               what the mask names; the differences if its last bit is set
/// plain     64 + kind, x, y, field…                  without the position and what is unseen
/// hash      FNV-1a over the id and every field, in order of declaration
/// ```
///
/// # Example
///
/// ```
/// use shared::{PlayerId, game::{Entity, IVec2, Replicate}};
///
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
/// #[replicate(impulses = 1)]
/// struct Ship {
///     #[replicate(position)]
///     position: IVec2,
///     #[replicate(max = 1 << 15)]
///     velocity: IVec2,
///     #[replicate(intent)]
///     health: u8,
///     #[replicate(cosmetic, turn)]
///     aim: u8,
///     #[replicate(fixed)]
///     owner: PlayerId,
/// }
///
/// impl Entity for Ship {
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
///
///     /// A jump to the right.
///     fn impulse(&mut self, _: u8, _: &()) -> bool {
///         self.velocity.x += 100;
///         true
///     }
/// }
///
/// /// Lies where it lies.
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
/// struct Coin {
///     #[replicate(position, fixed)]
///     position: IVec2,
///     #[replicate(intent)]
///     taken: bool,
/// }
///
/// impl Entity for Coin {
///     type Map = ();
///
///     fn step(&mut self, _: &()) -> bool {
///         true
///     }
///
///     fn position(&self, _: &()) -> IVec2 {
///         self.position
///     }
/// }
///
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Entity, Replicate)]
/// enum Thing {
///     Ship(Ship),
///     Coin(Coin),
/// }
///
/// # use shared::wire::Writer;
/// # let ship = Ship { position: IVec2::ZERO, velocity: IVec2::ZERO, health: 100, aim: 0, owner: PlayerId(0) };
/// let baseline = Thing::Ship(ship);
/// let mut truth = baseline;
/// truth.impulse(0, &());
/// truth.step(&());
/// let mut bytes = Vec::new();
/// assert!(truth.encode_delta(&baseline, &(), &mut Writer::new(&mut bytes)));
/// assert_eq!(bytes, [4], "a jump is a bit: after those of health and aim");
/// ```
#[proc_macro_derive(Replicate, attributes(replicate, draw))]
pub fn derive_replicate(item: TokenStream) -> TokenStream {
    expand(parse_macro_input!(item), replicate::expand)
}

/// Implements `Entity` for an enum with one entity in each variant: every method asks the one that is there. All have the `Map` of the
/// first.
///
/// ```
/// # use shared::game::{Entity, IVec2, Replicate};
/// # #[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
/// # struct Coin {
/// #     #[replicate(position, fixed)]
/// #     position: IVec2,
/// # }
/// # impl Entity for Coin {
/// #     type Map = ();
/// #     fn step(&mut self, _: &()) -> bool {
/// #         true
/// #     }
/// #     fn position(&self, _: &()) -> IVec2 {
/// #         self.position
/// #     }
/// # }
/// # #[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
/// # struct Gem {
/// #     #[replicate(position, fixed)]
/// #     position: IVec2,
/// # }
/// # impl Entity for Gem {
/// #     type Map = ();
/// #     fn step(&mut self, _: &()) -> bool {
/// #         true
/// #     }
/// #     fn position(&self, _: &()) -> IVec2 {
/// #         self.position
/// #     }
/// #     fn importance(&self) -> u32 {
/// #         4
/// #     }
/// # }
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Entity, Replicate)]
/// enum Treasure {
///     Coin(Coin),
///     Gem(Gem),
/// }
/// # assert_eq!(Treasure::Coin(Coin { position: IVec2::ONE }).position(&()), IVec2::ONE);
/// # assert_eq!(Treasure::Gem(Gem { position: IVec2::ONE }).importance(), 4);
/// ```
#[proc_macro_derive(Entity)]
pub fn derive_entity(item: TokenStream) -> TokenStream {
    expand(parse_macro_input!(item), entity::expand)
}

/// Implements `Input` for a struct of up to seven fields.
///
/// A message carries a player's newest inputs, each written behind the one before it; a recording keeps the fields that changed. A field
/// is written whole, in order of declaration, and may say:
///
/// - `max = …`: the server refuses anything above (for numbers with sign, anything outside of ± that).
/// - `turn = N`: an angle of 0 to N − 1 in an integer, written as the short way around from the input before, −N/2 to N/2 − 1.
/// - `missing = "repeat"` or `missing = "keep"`: what counts when no input has arrived for a tick. `repeat` takes the last one
///   for [`INPUT_REPEAT_TICKS`](../shared/limits/constant.INPUT_REPEAT_TICKS.html) ticks and then the default, `keep` takes it for
///   as long as it lasts. Without it the default counts at once: nobody presses a button by losing a packet.
///
/// ```
/// use shared::game::{Field, Input};
///
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
/// struct Steering {
///     #[input(missing = "repeat")]
///     thrust: Thrust,
///     #[input(turn = 1_024, missing = "keep")]
///     aim: u16,
///     fire: bool,
/// }
///
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Field)]
/// enum Thrust {
///     #[default]
///     None,
///     Forward,
///     Back,
/// }
///
/// let last = Steering { thrust: Thrust::Forward, aim: 512, fire: true };
/// assert_eq!(last.repeated(1), Steering { fire: false, ..last });
/// assert_eq!(last.repeated(100), Steering { aim: 512, ..Steering::default() });
/// ```
///
/// A page hands an input in as numbers by the fields' names, an angle in radians: see `Input::from_numbers`.
#[proc_macro_derive(Input, attributes(input))]
pub fn derive_input(item: TokenStream) -> TokenStream {
    expand(parse_macro_input!(item), input::expand)
}

/// Implements `Record` for a struct or an enum.
///
/// | declared as | written as |
/// |---|---|
/// | struct | `[field…]` |
/// | struct with `#[record(sparse)]` | a mask, and the fields that are not their default, without an array; at most seven fields |
/// | enum | `[code, field…]`, the codes 0, 1, … in order of declaration |
/// | anything with `#[record(serde)]` | one value, as `rmp-serde` writes it: for lists, text and floats |
///
/// A struct of fields is also what a page is handed, by name (`Draw`): `#[draw(…)]` says of fields what it says in `#[derive(Replicate)]`,
/// but for `lerp`. On the struct, `with(…)` wants the type of the game's map beside it: `#[draw(map = Terrain, with(ready = Self::ready))]`.
///
/// An event reaches its page as an object with its variant as `kind`, `GameOver` as `game_over`, and its fields by name; a struct in
/// parentheses counts as if its fields stood there themselves. A vector has `x` and `y`, a value of an enum is its name in snake case.
/// `#[draw(…)]` on a field of a variant may say `skip`, `name = "…"`, `px` and `turn = N`.
///
/// `#[record(max = …)]` on a field bounds a number or vector. Unknown codes and masks, wrong lengths and values outside their
/// ranges are errors. New variants go to the end of an enum, so that old recordings keep their codes.
///
/// ```
/// use shared::{PlayerId, game::Record};
///
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
/// enum Event {
///     Scored { player: PlayerId, #[record(max = 100)] points: u16 },
///     Left(PlayerId),
///     GameOver,
/// }
///
/// /// Most of the time nothing of it is set: one byte.
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Record)]
/// #[record(sparse)]
/// struct Stocks {
///     shots: u8,
///     boost_ticks: u16,
/// }
///
/// #[derive(Clone, PartialEq, Debug, serde::Serialize, serde::Deserialize, Record)]
/// #[record(serde)]
/// struct Announcement {
///     lines: Vec<String>,
/// }
///
/// # use shared::wire::{Reader, Writer};
/// let mut bytes = Vec::new();
/// Event::Scored { player: PlayerId(3), points: 5 }.encode(&mut Writer::new(&mut bytes));
/// assert_eq!(bytes, [0x93, 0, 3, 5]);
/// # bytes.clear();
/// # Stocks { shots: 0, boost_ticks: 7 }.encode(&mut Writer::new(&mut bytes));
/// # assert_eq!(bytes, [2, 7]);
/// # bytes.clear();
/// # let announcement = Announcement { lines: vec!["one".into(), "two".into()] };
/// # announcement.encode(&mut Writer::new(&mut bytes));
/// # assert_eq!(Announcement::decode(&mut Reader::new(&bytes)), Ok(announcement));
/// ```
#[proc_macro_derive(Record, attributes(record, draw))]
pub fn derive_record(item: TokenStream) -> TokenStream {
    expand(parse_macro_input!(item), record::expand)
}

/// Implements `Field` for an enum without fields, for a struct around one number, which then is a `Number` too, or for a struct of fields.
///
/// An enum is written as its variant's place, 0, 1, …; a struct around a number as that, bounded by `#[field(max = …)]`; a struct of fields as
/// one behind the other, each of which may have its `#[field(max = …)]`.
///
/// ```
/// use shared::game::Field;
///
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
/// enum Side {
///     Red,
///     Blue,
/// }
///
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
/// #[field(max = 64)]
/// struct Heading(u8);
///
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
/// struct Standing {
///     side: Side,
///     #[field(max = 1_000)]
///     laps: i32,
/// }
///
/// # use shared::wire::{Reader, Writer};
/// let mut bytes = Vec::new();
/// Side::Blue.encode(&mut Writer::new(&mut bytes));
/// Standing { side: Side::Red, laps: 30 }.encode(&mut Writer::new(&mut bytes));
/// assert_eq!(bytes, [1, 0, 30]);
/// assert_eq!(Heading::decode("heading", &mut Reader::new(&[64])), Ok(Heading(64)));
/// assert!(Heading::decode("heading", &mut Reader::new(&[65])).is_err());
/// ```
#[proc_macro_derive(Field, attributes(field))]
pub fn derive_field(item: TokenStream) -> TokenStream {
    expand(parse_macro_input!(item), field::expand)
}

fn expand(item: DeriveInput, derive: fn(&DeriveInput) -> Result<proc_macro2::TokenStream>) -> TokenStream {
    derive(&item).unwrap_or_else(syn::Error::into_compile_error).into()
}
