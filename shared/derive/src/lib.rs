//! The derives of the seam. They generate the encoding of a game's entities, inputs and records from their declarations.
//!
//! `shared::game` exports them with the traits that they implement. Generated code uses the path `::shared`, so a game must depend on
//! that crate by its own name. Errors name fields as they are declared: `bounces_left` is "bounces left".

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
/// On an enum every variant is a *kind*, numbered in order of declaration. Add `#[derive(Entity)]` to make the enum an entity.
///
/// # When a field is sent
///
/// Both ends run every entity forward by `Entity::step`, and the server sends a delta when the true state differs from the result. The
/// attribute of a field decides when it is sent:
///
/// | attribute | sent | for |
/// |---|---|---|
/// | none: *motion* | all motion fields together, as differences, when running forward does not give them | fields that `step` changes: position, velocity, timers. Integers and vectors |
/// | `intent` | alone, when it changes; receivers set it before they run the last tick forward | fields that `step` reads and never changes: a heading, health |
/// | `cosmetic` | like `intent`, but it may wait a few ticks | fields that are only drawn: an aim |
/// | `fixed` | only in full states | fields that never change: an owner, a colour |
///
/// A delta is a mask of six bits and the fields of the mask: a bit for each intent, a bit for each impulse, and one for the motion. If
/// `step` does change an intent, or a fixed field changes, the full state is sent. That costs bytes, but the receiver's state is right.
///
/// # Other attributes of fields
///
/// - `position`: the vector is the entity's position, and has the bound of positions. At most one field has it. An entity without
///   it gets its position from elsewhere, for example from the map.
/// - `max = …`: every component of a number or vector is within ± this, or from 0 to this if it is unsigned. Receivers refuse other values.
/// - `turn`, with `intent` or `cosmetic` on a `u8`: an angle in 1/256 turn, sent as the difference in the shorter direction.
/// - `unseen`, `unseen = …`: the field is not in the plain encoding, for clients that do not run forward. They get the default, or the
///   given value.
///
/// # Attributes of the struct
///
/// - `once`: the entity is sent at its birth and never again, like a shell whose path is known. Its fields need no attribute of the table.
/// - `impulses = N`: the number of impulses of `Entity::impulse`. Each has a bit. They are tried in order when `step` alone does not give
///   the true state.
///
/// # The numbers for a page
///
/// A page gets every field as numbers by its name: a vector as `name_x` and `name_y`, true as 1 and false as 0, an enum as its variant's
/// place. The engine adds the interpolated position and velocity (`x`, `y`, `vx`, `vy`). Attributes of a field:
///
/// - `#[draw(skip)]`: the field is left out.
/// - `#[draw(name = "…")]`: the name on the page.
/// - `#[draw(px)]`, `#[draw(seconds)]`: the field is in position units, or in ticks, and is converted. `#[draw(turn = N)]`: it is an angle
///   of N parts, converted to radians; `#[replicate(turn)]` implies that.
/// - `#[draw(lerp)]`: the field is interpolated between ticks, as angles always are. All other fields change at the end of a tick.
///
/// `#[draw(with(ready = Self::ready))]` on the struct adds a number that a function returns: `fn(&Self, &Map) -> f32`.
///
/// # Layout
///
/// ```text
/// full      64 + kind, field…                        in order of declaration
/// delta     mask, intent…, difference…               the intents of the mask; the differences if its last bit is set
/// plain     64 + kind, x, y, field…                  without the position and unseen fields
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
/// /// Never moves.
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
/// assert_eq!(bytes, [4], "the jump is one bit, after those of health and aim");
/// ```
#[proc_macro_derive(Replicate, attributes(replicate, draw))]
pub fn derive_replicate(item: TokenStream) -> TokenStream {
    expand(parse_macro_input!(item), replicate::expand)
}

/// Implements `Entity` for an enum with one entity in each variant: every method calls that of the variant's entity. All must have the
/// `Map` of the first.
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
/// A message holds the newest inputs of a player in sequence; a recording stores only the fields that changed. Fields are
/// written in order of declaration, and may have these attributes:
///
/// - `max = …`: the server refuses larger values (for signed numbers, values outside of ± this).
/// - `turn = N`: an angle of 0 to N − 1 in an integer, written as the difference from the last input in the shorter direction, −N/2 to
///   N/2 − 1.
/// - `missing = "repeat"` or `missing = "keep"`: the value for a tick without an input. `repeat` uses the last value
///   for [`INPUT_REPEAT_TICKS`](../shared/limits/constant.INPUT_REPEAT_TICKS.html) ticks and then the default; `keep` uses the last value
///   until an input arrives. Without this attribute it is the default at once, so that a lost packet presses no button.
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
/// A page gives an input as numbers by the fields' names, an angle in radians: see `Input::from_numbers`.
#[proc_macro_derive(Input, attributes(input))]
pub fn derive_input(item: TokenStream) -> TokenStream {
    expand(parse_macro_input!(item), input::expand)
}

/// Implements `Record` for a struct or an enum.
///
/// | declared as | written as |
/// |---|---|
/// | struct | `[field…]` |
/// | struct with `#[record(sparse)]` | a mask, and the fields that differ from their default, without an array; at most seven fields |
/// | enum | `[code, field…]`, the codes 0, 1, … in order of declaration |
/// | any type with `#[record(serde)]` | one value, as `rmp-serde` writes it: for lists, text and floats |
///
/// For a struct of fields it also implements `Draw`, which gives a page the fields by name. `#[draw(…)]` on fields has the same meaning as
/// in `#[derive(Replicate)]`, without `lerp`. On the struct, `with(…)` needs the type of the game's map:
/// `#[draw(map = Terrain, with(ready = Self::ready))]`.
///
/// A page gets an event as an object with its variant as `kind`, `GameOver` as `game_over`, and its fields by name. If a variant has a
/// struct in parentheses, the object has the struct's fields. A vector has `x` and `y`; a value of an enum is its name in snake case.
/// `#[draw(…)]` on a field of a variant allows `skip`, `name = "…"`, `px` and `turn = N`.
///
/// `#[record(max = …)]` on a field bounds a number or vector. Unknown codes and masks, wrong lengths and values outside their
/// ranges are errors. Add new variants at the end of an enum, so that the codes in old recordings stay valid.
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
/// /// Mostly all fields are 0, and then it takes one byte.
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

/// Implements `Field` for an enum without fields, for a struct around one number, which is then a `Number` too, or for a struct of fields.
///
/// An enum is written as its variant's place, 0, 1, …; a struct around a number as the number, bounded by `#[field(max = …)]`; a struct of
/// fields as its fields in order, each of which may have its own `#[field(max = …)]`.
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
