//! The command line of this process, so that a run can be repeated from its report.

/// The command line as typed in a shell, with the program's name instead of its path.
pub(crate) fn of_this_process() -> String {
    joined(std::env::args())
}

/// The name of this program, for errors and `--help`.
pub(crate) fn program() -> String {
    let first = std::env::args().next();
    first.as_deref().and_then(last_part).unwrap_or("ricochet-bots").to_owned()
}

/// The last part of a path, without `.exe`.
fn last_part(path: &str) -> Option<&str> {
    let name = path.rsplit(['/', '\\']).next()?;
    let name = name.strip_suffix(".exe").unwrap_or(name);
    (!name.is_empty()).then_some(name)
}

/// Joins the arguments and quotes those that a shell would change.
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
    fn program_is_named_without_its_folder() {
        for (path, name) in
            [("target/debug/pond-bots", "pond-bots"), ("C:\\pond-bots.exe", "pond-bots"), ("bots", "bots")]
        {
            assert_eq!(last_part(path), Some(name));
        }
        assert_eq!(last_part("folder/"), None);
    }

    #[test]
    fn words_that_mean_something_to_a_shell_are_quoted() {
        let words = ["ricochet-bots", "--slo", "tick_p99_ms<10", "it's", ""];
        assert_eq!(line(&words), r"ricochet-bots --slo 'tick_p99_ms<10' 'it'\''s' ''");
    }
}
