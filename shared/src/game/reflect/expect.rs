//! Conversions of a [`Reflected`] to the types of fields, with errors in words. Generated code calls them.

use super::Reflected;

impl Reflected {
    /// The name of the value's type in errors.
    fn words(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Bool(_) => "true or false",
            Self::Int(_) => "a whole number",
            Self::Number(_) => "a number with a fraction",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Fields(_) => "an object",
        }
    }

    /// The value as an integer in `low..=high`.
    ///
    /// # Errors
    /// Another type, or a value outside of the bounds, as a sentence.
    #[doc(hidden)]
    pub fn int_within(&self, low: i64, high: i64) -> Result<i64, String> {
        match self {
            Self::Int(number) if (low..=high).contains(number) => Ok(*number),
            Self::Int(number) => Err(format!("must be {low} to {high}, found {number}")),
            other => Err(format!("must be a whole number of {low} to {high}, found {}", other.words())),
        }
    }

    /// The value as a `bool`.
    ///
    /// # Errors
    /// Another type.
    #[doc(hidden)]
    pub fn bool(&self) -> Result<bool, String> {
        match self {
            Self::Bool(value) => Ok(*value),
            other => Err(format!("must be true or false, found {}", other.words())),
        }
    }

    /// The value as a word; its index in `words`.
    ///
    /// # Errors
    /// Another type, or another word.
    #[doc(hidden)]
    pub fn word_of(&self, words: &[&str]) -> Result<usize, String> {
        let found = match self {
            Self::Text(text) => words.iter().position(|word| word == text),
            _ => None,
        };
        found.ok_or_else(|| format!("must be one of {}", words.join(", ")))
    }

    /// The value as a list with this length.
    ///
    /// # Errors
    /// Another type, or another length.
    #[doc(hidden)]
    pub fn list_of(&self, length: usize) -> Result<&[Self], String> {
        match self {
            Self::List(list) if list.len() == length => Ok(list),
            _ => Err(format!("must be a list of {length}")),
        }
    }

    /// The value as a struct with these fields, in the order of `names`.
    ///
    /// # Errors
    /// Another type, or a field that is missing or unknown.
    #[doc(hidden)]
    pub fn fields_of<const N: usize>(&self, names: [&str; N]) -> Result<[&Self; N], String> {
        let Self::Fields(fields) = self else {
            return Err(format!("must be an object of {}, found {}", names.join(", "), self.words()));
        };
        if let Some((name, _)) = fields.iter().find(|(name, _)| !names.contains(&&**name)) {
            return Err(format!("has no part `{name}`; its parts are {}", names.join(", ")));
        }
        let mut found = [self; N];
        for (place, name) in found.iter_mut().zip(names) {
            *place = self.field(name).ok_or_else(|| format!("lacks `{name}`; its parts are {}", names.join(", ")))?;
        }
        Ok(found)
    }
}
