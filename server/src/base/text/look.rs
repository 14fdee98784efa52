//! Compares the looks of names: readers cannot distinguish two names with the same look.
//!
//! We compare the confusable skeletons of [UTS #39](https://www.unicode.org/reports/tr39/#Confusable_Detection), of
//! compatibility forms (NFKC) and without case. The order of skeleton and folding matters, because each hides something from the
//! other: after folding, the capital I of "AIice" is an i and no longer looks like an l; without it, "ANN" in Cyrillic becomes "AHH", but
//! its small letters do not. So there are two keys, and names look alike if either key is the same.

use icu_casemap::CaseMapper;
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::skeleton;

/// The two keys of a name's look.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Look {
    /// Skeleton first, then folded to one case.
    written: String,
    /// Folded to one case first, then the skeleton.
    folded: String,
}

impl Look {
    pub(crate) fn of(name: &str) -> Self {
        let composed: String = name.nfkc().collect();
        Self { written: fold(&skeleton(&composed).collect::<String>()), folded: skeleton(&fold(&composed)).collect() }
    }

    /// The look of a name's letters, without other characters and without digits at its end: of "Admin" for `[Admin] 2`.
    pub(crate) fn of_letters(name: &str) -> Self {
        let composed: String = name.nfkc().collect();
        let letters = composed.trim_end_matches(|character: char| !character.is_alphabetic());
        Self::of(&letters.chars().filter(|character| character.is_alphanumeric()).collect::<String>())
    }

    /// True if the name has no characters.
    pub(crate) fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// The keys; names look alike if either key is the same.
    pub(crate) fn keys(&self) -> (&str, &str) {
        (&self.written, &self.folded)
    }

    /// True if a reader could mistake one name for the other.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.written == other.written || self.folded == other.folded
    }
}

fn fold(text: &str) -> String {
    CaseMapper::new().fold_string(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_alike(a: &str, b: &str) -> bool {
        Look::of(a).is_like(&Look::of(b))
    }

    #[test]
    fn names_that_look_alike_are_alike() {
        for (a, b) in [
            ("Ann", "ann"),
            ("Ann", "ANN"),
            ("Ann", "\u{0410}nn"),
            ("Alice", "AIice"),
            ("paul", "раul"),
            ("Zoë", "Zoe\u{308}"),
            ("Ann", "Ａｎｎ"),
            ("STRASSE", "straße"),
            ("Bob", "B0b"),
            ("АНН", "AHH"),
            ("𝓐nn", "Ann"),
            ("❤\u{FE0F}", "❤"),
        ] {
            assert!(are_alike(a, b), "{a} and {b}: {:?} {:?}", Look::of(a), Look::of(b));
        }
    }

    #[test]
    fn names_that_do_not_are_not() {
        for (a, b) in
            [("Ann", "Anne"), ("Ann", "Änn"), ("Mia", "Mla"), ("Ann", "Ann 2"), ("bot-1", "bot-2"), ("A", "Λ")]
        {
            assert!(!are_alike(a, b), "{a} and {b}");
        }
    }

    #[test]
    fn letters_alone_see_through_decoration() {
        for decorated in ["[Admin]", "admin 2", "~ADMIN~", "А-d-m-i-n", "A d m i n", "admin!!"] {
            assert!(Look::of_letters(decorated).is_like(&Look::of("Admin")), "{decorated}");
        }
        assert!(!Look::of_letters("Madmin").is_like(&Look::of("Admin")));
    }
}
