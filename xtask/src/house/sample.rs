//! A sample of what the project says, for people to read: two thirds comments, one sixth errors, one sixth log lines.

use anyhow::{Context, Result};
use shared::rng::Rng;

use crate::source::{File, code, comments, messages};

/// A text, and where it stands.
struct Text {
    place: String,
    text: String,
}

/// Prints `count` texts that a shuffle by `seed` picks. Tests say nothing to users or readers of the server, so theirs are left out.
///
/// # Errors
/// A file is not Rust.
pub(super) fn print(files: &[File], count: usize, seed: u64) -> Result<()> {
    let mut pools: [Vec<Text>; 3] = Default::default();
    for file in files.iter().filter(|file| file.is_rust() && !file.is_test()) {
        collect(file, &mut pools)?;
    }
    let counts = shares(count);
    let mut rng = Rng::new(seed);
    for ((name, mut pool), count) in ["comments", "errors", "log lines"].into_iter().zip(pools).zip(counts) {
        shuffle(&mut pool, &mut rng);
        println!("{count} of {} {name}\n", pool.len());
        for Text { place, text } in pool.iter().take(count) {
            println!("{place}\n    {}\n", text.replace('\n', "\n    "));
        }
    }
    Ok(())
}

/// How many comments, errors and log lines a sample holds.
fn shares(count: usize) -> [usize; 3] {
    let sixth = count / 6;
    [count - 2 * sixth, sixth, sixth]
}

fn collect(file: &File, [comments, errors, logs]: &mut [Vec<Text>; 3]) -> Result<()> {
    let code = code::without_comments_and_texts(&file.text);
    let shipped = code::without_tests(&code);
    // A comment inside of tests stands behind a line that only the tests have.
    let first_of_tests = code.lines().zip(shipped.lines()).position(|(all, shipped)| all != shipped);
    for block in comments::blocks(&file.text) {
        if first_of_tests.is_none_or(|tests| block.line <= tests) {
            comments.push(Text { place: format!("{}:{}", file.path, block.line), text: block.text });
        }
    }
    let messages = messages::of_file(&file.text).with_context(|| format!("{} is not Rust", file.path))?;
    for message in messages {
        let pool = match message.kind {
            messages::Kind::Error => &mut *errors,
            messages::Kind::Log => &mut *logs,
        };
        pool.push(Text { place: format!("{}:{}", file.path, message.line), text: message.text });
    }
    Ok(())
}

/// Fisher and Yates's shuffle.
fn shuffle(texts: &mut [Text], rng: &mut Rng) {
    for end in (1..texts.len()).rev() {
        let bound = u32::try_from(end + 1).expect("the repository has fewer texts than 2^32");
        texts.swap(end, rng.below(bound) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::file;

    #[test]
    fn sample_is_two_thirds_comments() {
        assert_eq!(shares(30), [20, 5, 5]);
        assert_eq!(shares(7), [5, 1, 1]);
        assert_eq!(shares(1), [1, 0, 0]);
    }

    #[test]
    fn tests_are_left_out() {
        let text =
            "//! A.\n\n// B.\nfn f() { bail!(\"c\"); warn!(\"d\") }\n\n#[cfg(test)]\nmod tests {\n    // E.\n}\n";
        let mut pools = Default::default();
        collect(&file("a.rs", text), &mut pools).expect("it is Rust");
        let texts = pools.map(|pool| pool.into_iter().map(|text| text.text).collect::<Vec<_>>());
        assert_eq!(texts, [vec!["A.", "B."], vec!["c"], vec!["d"]]);
    }

    #[test]
    fn shuffle_depends_on_the_seed_alone_and_keeps_everything() {
        let order = |seed| {
            let mut texts: Vec<Text> =
                (0..50).map(|index| Text { place: String::new(), text: index.to_string() }).collect();
            shuffle(&mut texts, &mut Rng::new(seed));
            texts.into_iter().map(|text| text.text).collect::<Vec<_>>()
        };
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
        let mut sorted: Vec<u8> = order(1).iter().map(|text| text.parse().expect("a number")).collect();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<_>>());
    }
}
