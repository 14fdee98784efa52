//! Names the field in which two values differ, by their `Debug` output.
//!
//! A check does not know a game's fields, but every game has `Debug`, whose pretty form has one field per line.

use std::fmt::Debug;

/// A place where two values differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    /// Path of the field: `seats[3].rest_ticks`.
    pub(crate) path: String,
    pub(crate) one: String,
    pub(crate) other: String,
    /// True if both have the same lines in another order.
    pub(crate) reordered: bool,
}

/// The first place where two values differ; `None` if their `Debug` output is equal.
pub(crate) fn difference<T: Debug>(one: &T, other: &T) -> Option<Place> {
    let (one, other) = (lines_of(one), lines_of(other));
    let length = one.len().max(other.len());
    let line = (0..length).find(|&line| one.get(line) != other.get(line))?;
    let longer = if line < one.len() { &one } else { &other };
    let said =
        |lines: &[String]| lines.get(line).map_or_else(|| "nothing".to_owned(), |line| value_of(line).to_owned());
    let sorted = |lines: &[String]| {
        let mut sorted = lines.to_vec();
        sorted.sort_unstable();
        sorted
    };
    let reordered = one.len() == other.len() && sorted(&one) == sorted(&other);
    Some(Place { path: path_of(longer, line), one: said(&one), other: said(&other), reordered })
}

/// Every float in the `Debug` output of a value, with its path.
pub(crate) fn floats<T: Debug>(value: &T) -> Vec<(String, String)> {
    let lines = lines_of(value);
    let is_float = |text: &str| {
        let number = text.trim_start_matches('-');
        matches!(number, "NaN" | "inf")
            || number.starts_with(|first: char| first.is_ascii_digit())
                && number.contains(['.', 'e'])
                && number.parse::<f64>().is_ok()
    };
    let all = (0..lines.len()).map(|line| (line, value_of(&lines[line])));
    all.filter(|(_, text)| is_float(text)).map(|(line, text)| (path_of(&lines, line), text.to_owned())).collect()
}

/// The text of `Debug`, one field a line. `Debug` writes a key such as `PlayerId(3)` in three lines; here it is one.
fn lines_of<T: Debug>(value: &T) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in format!("{value:#?}").lines() {
        let key = line.trim_start().starts_with(['}', ']', ')']).then(|| line.trim_start().split_once(": ")).flatten();
        let opens = key.and_then(|_| lines.iter().rposition(|before| indent_of(before) == indent_of(line)));
        if let (Some((close, value)), Some(at)) = (key, opens) {
            let inside: Vec<String> = lines.drain(at + 1..).map(|line| line.trim().replace(": ", "=")).collect();
            let inside = inside.join(" ");
            lines[at] += &format!("{}{close}: {value}", inside.trim_end_matches(','));
        } else {
            lines.push(line.to_owned());
        }
    }
    lines
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The value after the name of a field.
fn value_of(line: &str) -> &str {
    let line = line.trim().trim_end_matches(',');
    line.split_once(": ").map_or(line, |(_, value)| value)
}

/// A line that contains others.
struct Parent<'a> {
    indent: usize,
    /// Line that opens it: `seats: [`, `Some(`.
    line: &'a str,
    label: String,
    children: usize,
}

/// Path of a line: the names of the lines around it, and its own.
fn path_of(lines: &[String], line: usize) -> String {
    let mut parts: Vec<Parent<'_>> = Vec::new();
    for text in &lines[..=line] {
        let (trimmed, indent) = (text.trim_start(), indent_of(text));
        if trimmed.starts_with(['}', ']', ')']) && !trimmed.contains(": ") {
            continue;
        }
        while parts.last().is_some_and(|parent| parent.indent >= indent) {
            parts.pop();
        }
        let label = match (trimmed.split_once(": "), parts.last_mut()) {
            (Some((name, _)), _) => name.to_owned(),
            (None, None) => String::new(),
            (None, Some(parent)) => {
                parent.children += 1;
                element(parent.line, parent.children - 1)
            }
        };
        parts.push(Parent { indent, line: trimmed, label, children: 0 });
    }
    let mut path = String::new();
    for Parent { label, .. } in parts {
        if !path.is_empty() && !label.starts_with('[') && !label.is_empty() {
            path.push('.');
        }
        path.push_str(&label);
    }
    if path.is_empty() { "the whole value".to_owned() } else { path }
}

/// Name of a part without a name, by the line that contains it.
fn element(opens: &str, place: usize) -> String {
    match (opens.ends_with('['), opens.ends_with("IVec2("), place) {
        (true, ..) => format!("[{place}]"),
        (_, true, 0) => "x".to_owned(),
        (_, true, _) => "y".to_owned(),
        // The content of `Some(…)` and of enum variants has the name of the field itself.
        (_, _, 0) => String::new(),
        _ => place.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Clone, Debug)]
    #[allow(dead_code, reason = "read through Debug")]
    struct Match {
        seats: Vec<Option<(u8, f32)>>,
        scores: BTreeMap<String, i32>,
        range: std::ops::Range<u8>,
    }

    fn a_match() -> Match {
        let scores = [("1.5".to_owned(), 1)].into();
        Match { seats: vec![None, Some((7, 1.5))], scores, range: 0..5 }
    }

    #[test]
    fn field_that_differs_is_named_with_the_way_to_it() {
        let mut other = a_match();
        other.seats[1] = Some((8, 1.5));
        let place = difference(&a_match(), &other).expect("a field differs");
        assert_eq!((&*place.one, &*place.other, place.reordered), ("7", "8", false));
        assert!(place.path.starts_with("seats[1]"), "{}", place.path);
        assert_eq!(difference(&a_match(), &a_match()), None);
    }

    #[test]
    fn key_of_a_map_is_part_of_the_way() {
        #[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
        struct Seat(u8);
        let seats = |heat| BTreeMap::from([(Seat(0), (1, 2)), (Seat(3), (1, heat))]);
        let place = difference(&seats(5), &seats(6)).expect("a field differs");
        assert_eq!((&*place.path, &*place.one, &*place.other), ("Seat(3).1", "5", "6"));
    }

    #[test]
    fn same_values_in_another_order_are_told_from_other_values() {
        let place = difference(&vec![1, 2, 3], &vec![1, 3, 2]).expect("the order differs");
        assert!(place.reordered);
    }

    #[test]
    fn floats_are_told_from_texts_and_ranges() {
        let found = floats(&a_match());
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].0.starts_with("seats[1]"));
    }
}
