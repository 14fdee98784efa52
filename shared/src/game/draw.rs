//! What a page is handed of a game's values: numbers with names.
//!
//! Nobody writes these by hand: `#[derive(Replicate)]` makes a record of an entity's fields, `#[derive(Record)]` one of what only the
//! player knows, and `#[draw(…)]` on a field says what else than the bare number a page should get of it.

use std::f32::consts::TAU;

use crate::{
    game::{Entity, Field, Pose, Replicate, reflect::Shape},
    quantize::POSITION_PER_PX,
};

/// Something whose fields a page is handed as floats. `#[derive(Record)]` implements it for every struct of fields. `M` is the game's map.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be drawn: a page needs its fields with their names",
    label = "`#[derive(Record)]` on a struct of fields makes that; enums and `#[record(serde)]` have none"
)]
pub trait Draw<M> {
    /// Appends the names of the numbers.
    fn number_names(names: &mut Vec<String>);

    /// Appends the numbers, in the order of their names.
    fn draw(&self, around: &Drawing<'_, M>, out: &mut Vec<f32>);

    /// The fields that the numbers are made of.
    fn drawn() -> Vec<DrawnField>;
}

/// A field that a page is handed as numbers.
#[derive(Clone, PartialEq, Debug)]
pub struct DrawnField {
    /// What its numbers are called.
    pub names: Vec<String>,
    /// Its documentation comment, empty without one.
    pub about: &'static str,
    /// How its numbers are made.
    pub scale: Scale,
    /// What it holds before.
    pub shape: Shape,
}

impl<M> Draw<M> for () {
    fn number_names(_: &mut Vec<String>) {}

    fn draw(&self, _: &Drawing<'_, M>, _: &mut Vec<f32>) {}

    fn drawn() -> Vec<DrawnField> {
        Vec::new()
    }
}

/// What drawing needs to know beside the value.
#[derive(Debug)]
pub struct Drawing<'a, M> {
    /// The map.
    pub map: &'a M,
    /// Ticks of the room in a second.
    pub hz: f32,
}

/// How a field becomes numbers. Made by the derives.
#[doc(hidden)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scale {
    /// As it is.
    Plain,
    /// Position units as px.
    Px,
    /// Ticks as seconds.
    Seconds,
    /// So many parts of a turn as radians.
    Turn(i64),
}

impl Scale {
    /// What the numbers of an event are multiplied by. `#[derive(Record)]` allows no seconds there.
    #[doc(hidden)]
    pub fn factor_of_event(self) -> f64 {
        match self {
            Self::Plain | Self::Seconds => 1.0,
            Self::Px => 1.0 / f64::from(POSITION_PER_PX),
            Self::Turn(turn) => std::f64::consts::TAU / turn as f64,
        }
    }

    fn factor(self, hz: f32) -> f32 {
        match self {
            Self::Plain => 1.0,
            Self::Px => 1.0 / POSITION_PER_PX as f32,
            Self::Seconds => 1.0 / hz,
            Self::Turn(turn) => TAU / turn as f32,
        }
    }
}

/// Appends a field.
#[doc(hidden)]
#[inline]
pub fn field<T: Field>(value: &T, scale: Scale, hz: f32, out: &mut Vec<f32>) {
    let factor = scale.factor(hz);
    value.numbers(&mut |number| out.push(number * factor));
}

/// Appends a field as it is on the way from one state to the next.
#[doc(hidden)]
#[inline]
pub fn blended<E, T: Field>(pose: &Pose<E>, of: impl Fn(&E) -> T, scale: Scale, hz: f32, out: &mut Vec<f32>) {
    if let Scale::Turn(turn) = scale {
        let turns = |entity: &E| {
            let mut part = 0.0;
            of(entity).numbers(&mut |number| part = number / turn as f32);
            part
        };
        out.push(pose.turn(turns) * TAU);
        return;
    }
    let mut at = out.len();
    field(&of(&pose.from), scale, hz, out);
    let factor = scale.factor(hz);
    of(&pose.to).numbers(&mut |number| {
        out[at] += (number * factor - out[at]) * pose.part;
        at += 1;
    });
}

/// The names of the records of an entity's kinds with those of their fields, in the order of kinds.
pub fn kinds<E: Replicate>() -> Vec<(&'static str, Vec<String>)> {
    let named = |(kind, &name): (u8, &&'static str)| {
        let mut names = Vec::new();
        E::number_names(kind, &mut names);
        (name, names)
    };
    (0..).zip(E::NAMES).map(named).collect()
}

impl<E: Entity> Pose<E> {
    /// The same of one of an enum's kinds; what was of another kind before or after is as it is now. Made by the derives.
    #[doc(hidden)]
    #[inline]
    pub fn of_kind<F: Copy>(&self, state: F, kind: impl Fn(&E) -> Option<F>) -> Pose<F> {
        let Self { position, velocity, state: _, from, to, part } = self;
        let (from, to) = (kind(from).unwrap_or(state), kind(to).unwrap_or(state));
        Pose { position: *position, velocity: *velocity, state, from, to, part: *part }
    }
}
