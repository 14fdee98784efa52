//! Parses numbers on the command line.

/// Spreads `percent` of all bots evenly. Returns the place of bot `number` among them, `None` if it is not one of them.
pub(crate) fn place_in_share(percent: u32, number: u32) -> Option<u32> {
    let before = |number: u64| number * u64::from(percent) / 100;
    let place = before(number.into());
    (place != before(u64::from(number) + 1)).then_some(place as u32)
}

pub(crate) fn number(text: &str, low: f64, high: f64) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "must be a number".to_owned())?;
    if (low..=high).contains(&value) { Ok(value) } else { Err(format!("must be {low} to {high}")) }
}

pub(crate) fn seconds(text: &str) -> Result<f64, String> {
    number(text, 0.1, 1_000_000.0)
}
