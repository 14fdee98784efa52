//! Fields that can be bounded and encoded as a difference: integers and vectors.

use glam::IVec2;

use crate::{
    game::Field,
    wire::{DecodeError, Reader, Writer},
};

/// A field that can be bounded by `max`, and that a delta can carry as the difference from the value that the receiver expects.
///
/// Implemented for integers and [`IVec2`]; `#[derive(Field)]` implements it for a struct around one of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither an integer nor a vector, so it has no bound and no difference",
    note = "an entity's field without `intent` or `fixed` is motion, which is sent as a difference: mark the field `#[replicate(intent)]` if \
            `step` never changes it, `#[replicate(fixed)]` if nothing does"
)]
pub trait Number: Field {
    /// Reads a value whose components are within ±`max`, or in 0..=`max` for an unsigned type.
    ///
    /// # Errors
    /// As [`Field::decode`].
    fn decode_within(name: &'static str, max: i64, input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Writes the difference `self - from`.
    fn encode_difference(self, from: Self, out: &mut Writer<'_>);

    /// Reads what [`Number::encode_difference`] wrote and adds it to `from`. The sum is bounded as in [`Number::decode_within`].
    ///
    /// # Errors
    /// As [`Field::decode`].
    fn decode_difference(from: Self, name: &'static str, max: i64, input: &mut Reader<'_>)
    -> Result<Self, DecodeError>;

    /// The nearest value whose components are within ±`max`.
    #[must_use]
    fn clamped(self, max: i64) -> Self;
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl Number for $integer {
            #[inline]
            fn decode_within(name: &'static str, max: i64, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                let (low, high) = bounds(<$integer>::MIN.into(), <$integer>::MAX.into(), max);
                Ok(input.ranged(name, low, high)? as $integer)
            }

            #[inline]
            fn encode_difference(self, from: Self, out: &mut Writer<'_>) {
                out.int(i64::from(self) - i64::from(from));
            }

            #[inline]
            fn decode_difference(
                from: Self,
                name: &'static str,
                max: i64,
                input: &mut Reader<'_>,
            ) -> Result<Self, DecodeError> {
                let sum = i64::from(from) + input.ranged(name, -DIFFERENCE_MAX, DIFFERENCE_MAX)?;
                let (low, high) = bounds(<$integer>::MIN.into(), <$integer>::MAX.into(), max);
                Ok(within(name, sum, low, high)? as $integer)
            }

            fn clamped(self, max: i64) -> Self {
                let (low, high) = bounds(<$integer>::MIN.into(), <$integer>::MAX.into(), max);
                i64::from(self).clamp(low, high) as $integer
            }
        }
    )*};
}

integers!(u8, i8, u16, i16, u32, i32);

impl Number for IVec2 {
    #[inline]
    fn decode_within(name: &'static str, max: i64, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self::new(i32::decode_within(name, max, input)?, i32::decode_within(name, max, input)?))
    }

    #[inline]
    fn encode_difference(self, from: Self, out: &mut Writer<'_>) {
        self.x.encode_difference(from.x, out);
        self.y.encode_difference(from.y, out);
    }

    #[inline]
    fn decode_difference(
        from: Self,
        name: &'static str,
        max: i64,
        input: &mut Reader<'_>,
    ) -> Result<Self, DecodeError> {
        let x = i32::decode_difference(from.x, name, max, input)?;
        let y = i32::decode_difference(from.y, name, max, input)?;
        Ok(Self::new(x, y))
    }

    fn clamped(self, max: i64) -> Self {
        Self::new(self.x.clamped(max), self.y.clamped(max))
    }
}

/// The intersection of `low..=high` and ±`max`.
#[inline]
fn bounds(low: i64, high: i64, max: i64) -> (i64, i64) {
    (low.max(max.saturating_neg()), high.min(max))
}

#[inline]
fn within(field: &'static str, value: i64, low: i64, high: i64) -> Result<i64, DecodeError> {
    if value >= low && value <= high {
        Ok(value)
    } else {
        Err(DecodeError::OutOfRange { field, value: value.into(), low, high })
    }
}

/// Bound of the difference of two 32-bit integers.
const DIFFERENCE_MAX: i64 = u32::MAX as i64;

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(value: i64, decode: impl FnOnce(&mut Reader<'_>) -> Result<T, DecodeError>) -> Result<T, DecodeError> {
        let mut bytes = Vec::new();
        Writer::new(&mut bytes).int(value);
        decode(&mut Reader::new(&bytes))
    }

    #[test]
    fn bounds_hold_on_both_sides_of_their_edge() {
        let signed = |value| read(value, |input| i16::decode_within("n", 100, input)).ok();
        assert_eq!([-101, -100, 100, 101].map(signed), [None, Some(-100), Some(100), None]);
        let unsigned = |value| read(value, |input| u8::decode_within("n", 100, input)).ok();
        assert_eq!([-1, 0, 100, 101].map(unsigned), [None, Some(0), Some(100), None]);
        let wide = |value| read(value, |input| u8::decode_within("n", 1_000, input)).ok();
        assert_eq!([255, 256].map(wide), [Some(255), None], "the type bounds too");
        assert_eq!([-101, 101].map(|number: i16| number.clamped(100)), [-100, 100]);
        assert_eq!([IVec2::new(-9, 3).clamped(5), IVec2::new(5, 6).clamped(5)], [IVec2::new(-5, 3), IVec2::new(5, 5)]);
        assert_eq!(255u8.clamped(1_000), 255);
    }

    #[test]
    fn differences_reach_from_one_end_of_a_type_to_the_other() {
        for (from, to) in [(i32::MIN, i32::MAX), (i32::MAX, i32::MIN), (0, 0)] {
            let mut bytes = Vec::new();
            to.encode_difference(from, &mut Writer::new(&mut bytes));
            assert_eq!(i32::decode_difference(from, "n", i64::MAX, &mut Reader::new(&bytes)), Ok(to));
        }
    }

    #[test]
    fn sums_are_bounded() {
        let sum = |difference| read(difference, |input| i32::decode_difference(90, "n", 100, input)).ok();
        assert_eq!([-191, -190, 10, 11].map(sum), [None, Some(-100), Some(100), None]);
    }
}
