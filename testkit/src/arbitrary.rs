//! Random inputs of any value that a client can send.

use shared::{game::Input, rng::Rng};

/// A random input. Small and large numbers are equally likely, so that the fields of every range get values at their
/// edges and between them.
pub fn input<I: Input>(rng: &mut Rng) -> I {
    let mut names = Vec::new();
    I::number_names(&mut names);
    let numbers: Vec<f64> = names.iter().map(|_| number(rng)).collect();
    I::from_numbers(&mut numbers.into_iter())
}

/// Inputs at the edges of what a client can send: all fields minimal, all maximal, and each field maximal alone.
pub fn extremes<I: Input>() -> Vec<I> {
    let mut names = Vec::new();
    I::number_names(&mut names);
    let all = [f64::MIN, f64::MAX].map(|number| I::from_numbers(&mut names.iter().map(|_| number)));
    let alone = (0..names.len()).flat_map(|place| {
        [f64::MIN, f64::MAX]
            .map(|number| I::from_numbers(&mut (0..names.len()).map(|other| if other == place { number } else { 0.0 })))
    });
    all.into_iter().chain(alone).collect()
}

fn number(rng: &mut Rng) -> f64 {
    let bits = rng.below(NUMBER_BITS + 1);
    let range = (1i64 << bits) as f64;
    let part = f64::from(rng.next_u64() as u32) / f64::from(u32::MAX);
    // Angles are radians, so fractions matter as well.
    (2.0 * part - 1.0) * range
}

/// Numbers reach 2^32 at most; each number of bits is equally likely.
const NUMBER_BITS: u32 = 32;
