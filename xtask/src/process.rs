//! Starts other programs, shows what they are and what they say.

use std::{
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{Command, Stdio},
    thread,
};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// A command that starts in the repository's root and reads nothing from the terminal.
pub(crate) fn command(line: &[&str]) -> Command {
    let (program, arguments) = line.split_first().expect("a command line names a program");
    let mut command = Command::new(program);
    command.args(arguments).current_dir(workspace::root()).stdin(Stdio::null());
    command
}

/// The cargo that runs us, so that `cargo +toolchain xtask` stays with its toolchain.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let program = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let mut line = vec![program.as_str()];
    line.extend(arguments);
    command(&line)
}

/// Runs a command that shows its output itself.
///
/// # Errors
/// The command cannot be started, or ends with a failure.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    println!("$ {line}");
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed: {status}");
    }
    Ok(())
}

/// Builds the server and the bots as measurements use them.
///
/// # Errors
/// Something does not build.
pub(crate) fn build_release(more: &[&str]) -> Result<()> {
    run(cargo(&["build", "--locked", "--release", "--package=server", "--package=bot-client"]).args(more))
}

/// Builds the server, and `more`, with the features that the step `tests` has built the workspace with, so that little is compiled. Gives the
/// folder of the programs.
///
/// # Errors
/// Something does not build.
pub(crate) fn build_for_tests(more: &[&str]) -> Result<PathBuf> {
    const FAULTS: &str = "--features=server/fault-injection";
    run(cargo(&["build", "--locked", "--workspace", FAULTS, "--bin=ricochet-server"]).args(more))?;
    Ok(workspace::target_dir().join("debug"))
}

/// Runs a command and hands each line it prints, on either stream, to `line_seen` after showing it. Returns whether it
/// succeeded.
///
/// # Errors
/// The command cannot be started.
pub(crate) fn watch(command: &mut Command, mut line_seen: impl FnMut(&str)) -> Result<bool> {
    let line = shown(command);
    println!("$ {line}");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{line}`"))?;
    let (sender, lines) = std::sync::mpsc::sync_channel(256);
    let stdout = child.stdout.take().expect("stdout is piped");
    let stderr = child.stderr.take().expect("stderr is piped");
    let streams: [Box<dyn Read + Send>; 2] = [Box::new(stdout), Box::new(stderr)];
    for stream in streams {
        let sender = sender.clone();
        thread::spawn(move || {
            // Test programs may print anything, so lines are bytes first.
            let lines = BufReader::new(stream).split(b'\n').map_while(Result::ok);
            lines.map(|line| String::from_utf8_lossy(&line).into_owned()).try_for_each(|line| sender.send(line))
        });
    }
    drop(sender);
    for line in lines {
        println!("{line}");
        line_seen(&line);
    }
    Ok(child.wait().with_context(|| format!("lost `{line}`"))?.success())
}

/// The output of a command, without showing it; `None` when it cannot be started or fails.
pub(crate) fn quiet_output(line: &[&str]) -> Option<String> {
    let output = command(line).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

/// A command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned();
    let variables = command
        .get_envs()
        .filter_map(|(key, value)| Some(format!("{}={}", key.to_string_lossy(), quoted(&value?.to_string_lossy()))));
    let arguments = command.get_args().map(|argument| quoted(&argument.to_string_lossy()));
    variables.chain([name]).chain(arguments).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    if word.is_empty() || word.contains(char::is_whitespace) { format!("'{word}'") } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn watched_lines_come_from_both_streams() {
        let mut seen = Vec::new();
        let ended_well =
            watch(&mut command(&["sh", "-c", "echo one; echo two >&2"]), |line| seen.push(line.to_owned())).unwrap();
        seen.sort();
        assert!(ended_well);
        assert_eq!(seen, ["one", "two"]);
    }

    #[test]
    fn failure_names_the_command_line() {
        let error = run(command(&["sh", "-c", "exit 3"]).env("A", "b c")).unwrap_err();
        assert_eq!(error.to_string(), "`A='b c' sh -c 'exit 3'` failed: exit status: 3");
    }
}
