//! Runs cargo. The result is the files that it made, or the compiler's errors.

use std::{
    ffi::OsStr,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use page_build::NO_PAGE;
use serde_json::Value;

/// Set when the tool ends: builds end too.
pub(crate) static ENDS: AtomicBool = AtomicBool::new(false);
/// How often that is looked at, and whether cargo has ended.
const LOOK_PERIOD: Duration = Duration::from_millis(10);
/// Bound of the text that a page shows.
const ERROR_BYTES_MAX: usize = 16_384;

/// Builds, and gives the files that cargo made of the packages that were asked for.
///
/// # Errors
/// The compiler's words.
pub(crate) fn build(
    root: &Path,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<Vec<PathBuf>, String> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).args(["--quiet", "--color=never", "--message-format=json-render-diagnostics"]);
    // The server reads the page from a folder.
    command.current_dir(root).env(NO_PAGE, "1").stdin(Stdio::null());
    let (ended_well, stdout, stderr) = output(&mut command).map_err(|error| format!("cargo cannot be run: {error}"))?;
    if ended_well {
        eprint!("{stderr}");
        return Ok(stdout.lines().filter_map(files).flatten().collect());
    }
    Err(stderr)
}

/// Runs a program to its end; gives whether it ended well, and what it printed on both streams.
pub(crate) fn output(command: &mut Command) -> std::io::Result<(bool, String, String)> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (stdout, stderr) = (thread::spawn(|| read(stdout)), thread::spawn(|| read(stderr)));
    let ended_well = wait(&mut child)?;
    Ok((ended_well, stdout.join().unwrap_or_default(), stderr.join().unwrap_or_default()))
}

fn wait(child: &mut Child) -> std::io::Result<bool> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if ENDS.load(Ordering::Relaxed) {
            child.kill()?;
        }
        thread::sleep(LOOK_PERIOD);
    }
}

fn read(stream: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    // Half of the output is better than nothing.
    let _ = stream.map(|mut stream| stream.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The files of an artifact, if a line of cargo's says that one is there.
fn files(line: &str) -> Option<Vec<PathBuf>> {
    let message: Value = serde_json::from_str(line).ok()?;
    if message["reason"] != "compiler-artifact" {
        return None;
    }
    let executable = message["executable"].as_str();
    let others = message["filenames"].as_array()?.iter().filter_map(Value::as_str);
    Some(executable.into_iter().chain(others).map(PathBuf::from).collect())
}

/// The part of the compiler's output that a page shows: the errors without the warnings, and not more than one can read.
pub(crate) fn errors_in(text: &str) -> String {
    let blocks: Vec<&str> = text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()).collect();
    let errors: Vec<&str> = blocks.iter().filter(|block| block.starts_with("error")).copied().collect();
    let errors = if errors.is_empty() { text.trim().to_owned() } else { errors.join("\n\n") };
    match errors.len() {
        0..=ERROR_BYTES_MAX => errors,
        _ => format!("{}\n…", &errors[..errors.floor_char_boundary(ERROR_BYTES_MAX)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_shows_errors_and_no_warnings() {
        let text = "warning: unused\n --> src/lib.rs:1:1\n\nerror[E0308]: mismatched types\n --> src/lib.rs:2:5\n  |\n\nerror: could not compile `pond`\n";
        let shown = "error[E0308]: mismatched types\n --> src/lib.rs:2:5\n  |\n\nerror: could not compile `pond`";
        assert_eq!(errors_in(text), shown);
        assert_eq!(errors_in("linker died\n"), "linker died");
    }

    #[test]
    fn long_error_is_cut_between_two_letters() {
        let cut = errors_in(&"é".repeat(ERROR_BYTES_MAX));
        assert!(cut.len() <= ERROR_BYTES_MAX + 4 && cut.ends_with("é\n…"), "{} bytes", cut.len());
    }

    #[test]
    fn artifacts_are_found_in_what_cargo_prints() {
        let line = r#"{"reason":"compiler-artifact","filenames":["/t/pond.wasm"],"executable":null}"#;
        assert_eq!(files(line), Some(vec![PathBuf::from("/t/pond.wasm")]));
        let line = r#"{"reason":"compiler-artifact","filenames":["/t/pond.d"],"executable":"/t/pond"}"#;
        assert_eq!(files(line).unwrap()[0], PathBuf::from("/t/pond"));
        assert_eq!(files(r#"{"reason":"build-finished","success":true}"#), None);
        assert_eq!(files("no JSON"), None);
    }
}
