//! Rust sources reduced to what runs: comments, texts and test modules blanked, every line kept in its place.

/// Blanks comments and the inside of string and character literals.
pub(crate) fn without_comments_and_texts(source: &str) -> String {
    blanked(source, true)
}

/// Blanks comments alone.
pub(crate) fn without_comments(source: &str) -> String {
    blanked(source, false)
}

fn blanked(source: &str, texts_too: bool) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while !rest.is_empty() {
        let length = blank_length(rest, out.chars().next_back());
        if length > 0 {
            let (blank, behind) = rest.split_at(length);
            if texts_too || blank.starts_with("//") || blank.starts_with("/*") {
                out.extend(blank.chars().map(|character| if character == '\n' { '\n' } else { ' ' }));
            } else {
                out.push_str(blank);
            }
            rest = behind;
        } else {
            let character = rest.chars().next().expect("the rest is not empty");
            out.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    out
}

/// Blanks the items under `#[cfg(test)]`, in code that is without comments and texts already.
pub(crate) fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find(MARK) {
        let (before, item) = rest.split_at(start);
        out.push_str(before);
        let end = item_length(item);
        out.extend(item[..end].chars().map(|character| if character == '\n' { '\n' } else { ' ' }));
        rest = &item[end..];
    }
    out.push_str(rest);
    out
}

/// Returns true if `word` stands in `line` as a word of its own, where a path like `std::fs` counts as one word.
pub(crate) fn has_word(line: &str, word: &str) -> bool {
    let part_of_word = |character: char| character.is_alphanumeric() || character == '_';
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let behind = line[start + word.len()..].chars().next();
        !before.is_some_and(part_of_word) && !behind.is_some_and(part_of_word)
    })
}

/// Bytes of the comment or literal that `rest` begins with; 0 if it begins with neither.
fn blank_length(rest: &str, before: Option<char>) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment_length(rest);
    }
    if rest.starts_with('"') {
        return quoted_length(rest, '"');
    }
    if let Some(behind) = rest.strip_prefix('\'') {
        // 'a' and '\n' are characters, 'a is a lifetime.
        let mut inside = behind.chars();
        return match (inside.next(), inside.next()) {
            (Some('\\'), _) | (Some(_), Some('\'')) => quoted_length(rest, '\''),
            _ => 0,
        };
    }
    let begins_word = !before.is_some_and(|character| character.is_alphanumeric() || character == '_');
    if begins_word && let Some(raw) = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r')) {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let closing = format!("\"{}", "#".repeat(hashes));
            let opening = rest.len() - raw.len() + hashes + 1;
            return rest[opening..].find(&closing).map_or(rest.len(), |end| opening + end + closing.len());
        }
    }
    0
}

fn quoted_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, character) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character == quote {
            return index + 1;
        }
    }
    rest.len()
}

fn block_comment_length(rest: &str) -> usize {
    let mut depth = 0;
    let mut index = 0;
    while index < rest.len() {
        if rest[index..].starts_with("/*") {
            depth += 1;
            index += 2;
        } else if rest[index..].starts_with("*/") {
            depth -= 1;
            index += 2;
            if depth == 0 {
                return index;
            }
        } else {
            index += rest[index..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// Bytes from an attribute to the end of its item: the brace that closes it, or a semicolon before any brace.
fn item_length(item: &str) -> usize {
    let mut depth = 0usize;
    for (index, character) in item.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth <= 1 => return index + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return index + 1,
            _ => {}
        }
    }
    item.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, code: &str) {
        assert_eq!(without_comments_and_texts(source), code);
    }

    #[test]
    fn comments_and_texts_become_blank() {
        check("a // b\nc", "a     \nc");
        check("a /* b /* c */ \n */ d", "a              \n    d");
        check(r#"f("a \" b", c)"#, r"f(        , c)");
        check(r##"r#"a " b"# d"##, "           d");
        check("attr\"x\"", "attr   ");
    }

    #[test]
    fn lifetimes_are_code_and_characters_are_not() {
        check("fn f<'a>(x: &'a str) { '\"' }", "fn f<'a>(x: &'a str) {     }");
        check(r"'\'' b", r"     b");
    }

    #[test]
    fn test_items_become_blank() {
        assert_eq!(without_tests("a\n#[cfg(test)]\nmod t { { } }\nb"), "a\n            \n             \nb");
        assert_eq!(without_tests("#[cfg(test)]\nuse x; b"), "            \n       b");
    }

    #[test]
    fn words_are_whole() {
        assert!(has_word("use std::fs;", "std::fs"));
        assert!(!has_word("use std::fsx;", "std::fs"));
        assert!(!has_word("MyHashMap", "HashMap"));
    }
}
