//! The command line of this process, so that whoever reads a result can run it again.

/// As it is typed in a terminal; of the program only its name.
pub(crate) fn of_this_process() -> String {
    joined(std::env::args())
}

/// The arguments, quoted where a command interpreter would take them apart.
fn joined(arguments: impl IntoIterator<Item = String>) -> String {
    let mut words: Vec<String> = arguments.into_iter().map(|word| quoted(&word)).collect();
    if let Some(program) = words.first_mut()
        && let Some((_, name)) = program.rsplit_once(['/', '\\'])
    {
        *program = name.to_owned();
    }
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_./:=,%+@".contains(character);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &[&str]) -> String {
        joined(words.iter().map(|&word| word.to_owned()))
    }

    #[test]
    fn command_can_be_given_to_a_shell_again() {
        assert_eq!(line(&["target/debug/ricochet-bots", "--bots", "20"]), "ricochet-bots --bots 20");
        assert_eq!(line(&["bots", "a b", "it's", ""]), r"bots 'a b' 'it'\''s' ''");
        assert_eq!(line(&[]), "");
    }

    #[test]
    fn words_that_mean_something_to_a_shell_are_quoted() {
        let words = ["ricochet-bots", "--slo", "tick_p99_ms<10", "it's", ""];
        assert_eq!(line(&words), r"ricochet-bots --slo 'tick_p99_ms<10' 'it'\''s' ''");
    }
}
