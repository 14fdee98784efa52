//! Every source file opens with what it is for.

use super::{File, Finding};

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        let Some((_, ending)) = file.path.rsplit_once('.') else { continue };
        // Scripts name their interpreter first.
        let text = if file.text.starts_with("#!/") {
            file.text.split_once('\n').map_or("", |(_, rest)| rest)
        } else {
            file.text.as_str()
        };
        let openings: &[&str] = match ending {
            "rs" => &["//! "],
            "py" => &["\"\"\""],
            "sh" | "toml" if file.path.starts_with("deploy/") => &["# "],
            "js" | "mjs" | "ts" => &["// ", "/** "],
            _ => continue,
        };
        if !openings.iter().any(|opening| text.starts_with(opening)) {
            findings.push(file.finding(1, format!("opens with `{}` and what the file is for", openings[0].trim())));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::testing::lines_found;
    use super::*;

    #[test]
    fn sources_say_what_they_are_for() {
        assert_eq!(lines_found(check, "a/src/lib.rs", "//! Things.\n"), [0; 0]);
        assert_eq!(lines_found(check, "a/src/lib.rs", "use std;\n"), [1]);
        assert_eq!(lines_found(check, "a/src/lib.rs", ""), [1]);
        assert_eq!(lines_found(check, "a.py", "#!/usr/bin/env python3\n\"\"\"Plays.\"\"\"\n"), [0; 0]);
        assert_eq!(lines_found(check, "a.py", "import os\n"), [1]);
        assert_eq!(lines_found(check, "a.md", "text\n"), [0; 0]);
    }
}
