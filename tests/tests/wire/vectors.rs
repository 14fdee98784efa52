//! Files of vectors: written when asked, compared otherwise.

use std::{fs, path::PathBuf};

use crate::json::Json;

/// Set to write what is otherwise compared.
const WRITE: &str = "RICOCHET_TEST_WRITE_VECTORS";

/// Compares `vectors` with `tests/data/wire/{name}.json`, or writes them there: the engine's, in which a game stands as an example.
pub(crate) fn check(name: &str, vectors: &Json) {
    check_in("data/wire", name, vectors);
}

/// The same of a game's own, in `games/{game}/tests/data/wire/`.
pub(crate) fn check_game(game: &str, name: &str, vectors: &Json) {
    check_in(&format!("../games/{game}/tests/data/wire"), name, vectors);
}

fn check_in(folder: &str, name: &str, vectors: &Json) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder).join(name).with_extension("json");
    check_text(&path, &vectors.pretty());
}

/// Compares a file with what it should be, or writes it.
#[track_caller]
pub(crate) fn check_text(path: &PathBuf, expected: &str) {
    if std::env::var_os(WRITE).is_some() {
        // Renamed when it is complete: other tests read the documents at the same time.
        let written = path.with_extension("new");
        let result = fs::write(&written, expected).and_then(|()| fs::rename(&written, path));
        result.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let found = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if found == expected {
        return;
    }
    let line = found.lines().zip(expected.lines()).take_while(|(found, expected)| found == expected).count();
    panic!(
        "{} has parted from the code at line {}:\n  the file: {}\n  the code: {}\nIf the code is right, `cargo xtask \
         wire-vectors` writes it anew; a change of layout raises PROTOCOL_VERSION.",
        path.display(),
        line + 1,
        found.lines().nth(line).unwrap_or("(ends)"),
        expected.lines().nth(line).unwrap_or("(ends)"),
    );
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
