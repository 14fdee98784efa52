//! The command line of this process, so that whoever reads a result can run it again.

/// As a shell would take it; of the program only its name.
pub(crate) fn of_this_process() -> String {
    let mut words: Vec<String> = std::env::args().collect();
    if let Some(program) = words.first_mut()
        && let Some((_, name)) = program.rsplit_once(['/', '\\'])
    {
        *program = name.to_owned();
    }
    line(&words)
}

fn line(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_./:,%+@".contains(character);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_mean_something_to_a_shell_are_quoted() {
        let words = ["ricochet-bots", "--slo", "tick_p99_ms<10", "it's", ""].map(str::to_owned);
        assert_eq!(line(&words), r"ricochet-bots --slo 'tick_p99_ms<10' 'it'\''s' ''");
    }
}
