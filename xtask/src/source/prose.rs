//! Prose with its quotations and its code blanked, and the words that our style gives up.

/// A place where the text relapses into a word or a construction that the style gives up.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Relapse {
    /// The line inside of the text, from 0.
    pub(super) line: usize,
    pub(super) word: &'static str,
}

/// Sentences do not begin with these at the start of a line: their subject has no noun.
const OPENINGS: &[&str] = &["Who", "Whoever", "Whom", "What", "Of", "Whether"];
/// Words with a plainer one in their place.
const WORDS: &[&str] = &["told", "in vain", "anew", "whoever", "whomever", "beside"];

/// Lines of prose that relapse, at most one find for each line.
pub(super) fn relapses(text: &str) -> Vec<Relapse> {
    let plain = without_quotations_and_code(text);
    let found = |(line, text): (usize, &str)| relapse_of(text).map(|word| Relapse { line, word });
    plain.lines().enumerate().filter_map(found).collect()
}

fn relapse_of(line: &str) -> Option<&'static str> {
    let start = line.trim_start_matches(|character: char| character.is_whitespace() || "-*>#".contains(character));
    let first = start.split(|character: char| !character.is_alphabetic()).next().unwrap_or_default();
    let opening = OPENINGS.iter().find(|opening| **opening == first);
    let small = line.to_lowercase();
    opening.or_else(|| WORDS.iter().find(|word| super::code::has_word(&small, word))).copied()
}

/// Blanks fenced code, `code` and "quotations"; lines keep their numbers. A mark that is not closed in its paragraph is an ordinary character.
fn without_quotations_and_code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut fenced = false;
    let mut paragraph = String::new();
    for line in text.lines() {
        let is_fence = line.trim_start().starts_with("```");
        if is_fence || fenced || line.trim().is_empty() {
            out.push_str(&blank_pairs(&paragraph));
            paragraph.clear();
            out.push('\n');
            fenced ^= is_fence;
        } else {
            paragraph.push_str(line);
            paragraph.push('\n');
        }
    }
    out.push_str(&blank_pairs(&paragraph));
    out
}

fn blank_pairs(paragraph: &str) -> String {
    let mut out = String::with_capacity(paragraph.len());
    let mut rest = paragraph;
    while let Some(character) = rest.chars().next() {
        let closing = match character {
            '`' | '"' => Some(character),
            '“' => Some('”'),
            _ => None,
        };
        let inside = &rest[character.len_utf8()..];
        if let Some(end) = closing.and_then(|closing| inside.find(closing)) {
            // An underscore keeps the place a word: what follows a quotation does not begin the sentence.
            out.push('_');
            out.extend(inside[..end].chars().map(|character| if character == '\n' { '\n' } else { ' ' }));
            let behind = &inside[end..];
            rest = &behind[behind.chars().next().map_or(0, char::len_utf8)..];
        } else {
            out.push(character);
            rest = inside;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, words: &[(usize, &str)]) {
        let found: Vec<_> = relapses(text).into_iter().map(|found| (found.line, found.word)).collect();
        assert_eq!(found, words, "{text}");
    }

    #[test]
    fn openings_without_a_noun_are_found() {
        check("Of one core.", &[(0, "Of")]);
        check("Plain.\n- Who plays.", &[(1, "Who")]);
        check("The player who left. Offers. Whole.", &[]);
    }

    #[test]
    fn words_are_found_in_any_case() {
        check("It is told\nto wait in vain.", &[(0, "told"), (1, "in vain")]);
        check("Besides, renewed.", &[]);
    }

    #[test]
    fn quotations_and_code_may_say_anything() {
        check("The state `told` and \"Whoever\nwins\" here.", &[]);
        check("```\ntold\n```\nnot \"closed, told", &[(3, "told")]);
        check("`Room`\nWhat.", &[(1, "What")]);
        check("`a` What.", &[]);
    }
}
