//! Finds imports of files that are not there. The browser would say so too, but only on its console, before an empty page.

use anyhow::{Result, ensure};

use crate::page::{ENGINE, Files, GAME};

/// Checks the scripts of the game.
///
/// # Errors
/// One imports a file of the page that is not there; the text names both, and the line.
pub(crate) fn check(files: &Files) -> Result<()> {
    let scripts = files.iter().filter(|(path, _)| path.starts_with(&format!("{GAME}/")) && path.ends_with(".js"));
    for (path, bytes) in scripts {
        for (number, line) in (1..).zip(String::from_utf8_lossy(bytes).lines()) {
            let Some(name) = imported(line) else { continue };
            let Some(wanted) = place_of(name, path) else { continue };
            ensure!(
                files.contains_key(&wanted),
                "page/{}:{number} imports '{name}', which is not there",
                &path[GAME.len() + 1..]
            );
        }
    }
    Ok(())
}

/// The name in a line with `import … from 'NAME'`, the last line of one, `import 'NAME'` or `import('NAME')`.
fn imported(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if line.starts_with("//") || line.starts_with('*') || line.starts_with("/*") {
        return None;
    }
    let starts = [
        line.starts_with("import ").then_some(" from "),
        line.starts_with("export ").then_some(" from "),
        line.starts_with('}').then_some("} from "),
    ];
    let statement = starts.into_iter().flatten().find_map(|word| line.split_once(word));
    let (_, rest) = statement
        .or_else(|| line.split_once("import("))
        .or_else(|| line.starts_with("import ").then(|| line.split_at("import ".len())))?;
    let quote = rest.chars().next().filter(|&letter| letter == '\'' || letter == '"')?;
    rest[1..].split_once(quote).map(|(name, _)| name)
}

/// The path of the file that a script imports by this name; `None` for a module of the game, and for an address.
fn place_of(name: &str, script: &str) -> Option<String> {
    if let Some(file) = name.strip_prefix("ricochet-page/") {
        return Some(format!("{ENGINE}/{file}"));
    }
    let mut place: Vec<&str> = script.split('/').collect();
    place.pop();
    if !name.starts_with('.') {
        return None;
    }
    for part in name.split('/') {
        match part {
            "." => {}
            ".." => drop(place.pop()),
            part => place.push(part),
        }
    }
    Some(place.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(script: &str) -> Files {
        let files = [("engine/start.js", ""), ("game/draw/field.js", script), ("game/palette.js", "")];
        files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).into()
    }

    #[test]
    fn import_of_a_file_that_is_not_there_is_named_with_its_line() {
        for wrong in [
            "import { start } from 'ricochet-page/strat.js';",
            "import {\n  one,\n} from \"./palette.js\";",
            "const replay = () => import('../pallet.js');",
            "import './palette.js';",
        ] {
            let error = check(&page(wrong)).unwrap_err().to_string();
            assert!(error.starts_with("page/draw/field.js:") && error.ends_with("which is not there"), "{error}");
        }
        let error = check(&page("\nimport { start } from 'ricochet-page/strat.js';")).unwrap_err().to_string();
        assert_eq!(error, "page/draw/field.js:2 imports 'ricochet-page/strat.js', which is not there");
    }

    #[test]
    fn what_is_there_is_imported_and_words_are_no_imports() {
        check(&page(
            "import { start } from 'ricochet-page/start.js';\nimport * as play from 'game-module/play.js';\nimport { gold } from '../palette.js';\n\
             // import { old } from './old.js'\nconst words = `far from 'here'`;",
        ))
        .unwrap();
    }
}
