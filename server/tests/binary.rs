//! The program itself: a server that cannot start says why in one line and ends with code 2; a running one ends with 0.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    net::{TcpListener, UdpSocket},
    process::{Command, Output},
};

fn run(words: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ricochet-server"));
    command.args(words.split_whitespace()).env("RUST_LOG", "error");
    command.output().unwrap()
}

#[track_caller]
fn check_refusal(words: &str, expected: &[&str]) {
    let output = run(words);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{words}: {said}");
    assert_eq!(said.lines().count(), 1, "{words}: {said}");
    assert!(said.starts_with("ricochet-server: "), "{words}: {said}");
    for part in expected {
        assert!(said.contains(part), "{words}: {part:?} is missing in {said}");
    }
    assert!(output.stdout.is_empty(), "{words}");
}

const ANY_PORTS: &str = "--http 127.0.0.1:0 --udp 127.0.0.1:0 --ops 127.0.0.1:0";

#[test]
fn bad_flag_is_refused() {
    check_refusal("--tick-rate 30", &["--tick-rate", "--tick-hz"]);
    check_refusal("--tick-hz 5", &["--tick-hz is 5", "10 to 120"]);
    check_refusal("--mode race", &["race", "deathmatch, team-deathmatch"]);
}

#[test]
fn missing_map_is_refused_with_what_there_is() {
    check_refusal(&format!("{ANY_PORTS} --map moon"), &["\"moon\"", "foundry", "plain"]);
    check_refusal(&format!("{ANY_PORTS} --maps /nowhere"), &["/nowhere"]);
}

#[test]
fn broken_map_is_refused_with_its_file() {
    let folder = std::env::temp_dir().join(format!("ricochet-binary-maps-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("moon.toml"), "name = \"moon\"\ntile_px = 64\ninterest_px = 1000\nrows = \"#\"\n")
        .unwrap();
    check_refusal(&format!("{ANY_PORTS} --maps {}", folder.display()), &["moon.toml", "rows"]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn unknown_key_of_the_file_is_refused_with_its_place() {
    let path = std::env::temp_dir().join(format!("ricochet-binary-{}.toml", std::process::id()));
    std::fs::write(&path, "room_seats = 3\n").unwrap();
    check_refusal(&format!("--config {}", path.display()), &[&path.display().to_string(), "room_seats", "room_size"]);
    std::fs::remove_file(&path).unwrap();
    check_refusal("--config /nowhere/a.toml", &["/nowhere/a.toml"]);
}

#[test]
fn port_in_use_is_refused_with_its_flag() {
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let (tcp, udp) = (tcp.local_addr().unwrap(), udp.local_addr().unwrap());
    let any = "127.0.0.1:0";
    check_refusal(&format!("--http {tcp} --udp {any} --ops {any}"), &["--http", &tcp.to_string(), "in use"]);
    check_refusal(&format!("--http {any} --udp {any} --ops {tcp}"), &["--ops", &tcp.to_string(), "in use"]);
    check_refusal(&format!("--http {any} --udp {udp} --ops {any}"), &["--udp", &udp.to_string(), "in use"]);
}

#[test]
fn help_names_every_flag() {
    let output = run("--help");
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).unwrap();
    for flag in [
        "--config",
        "--http",
        "--udp",
        "--ops",
        "--tick-hz",
        "--room-size",
        "--fill",
        "--mode",
        "--map",
        "--shards",
        "--seed",
    ] {
        assert!(help.contains(flag), "{flag}");
    }
}

#[test]
fn configuration_is_checked_and_printed_without_a_server() {
    let output = run("--check-config --fill 3");
    assert!(output.status.success() && output.stderr.is_empty());
    check_refusal("--check-config --map moon", &["\"moon\"", "foundry"]);
    check_refusal("--print-config --fill many", &["--fill is \"many\"", "0 to 4096"]);
    let printed = String::from_utf8(run("--print-config --fill 3").stdout).unwrap();
    assert!(
        printed.contains("\nfill = 3  # --fill\n") && printed.contains("\n[drain]\nsecs = 8  # default\n"),
        "{printed}"
    );
}

#[test]
fn filter_of_the_environment_is_checked_as_the_start_reads_it() {
    let check = |filter: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ricochet-server"));
        command.arg("--check-config").env("RUST_LOG", filter).output().unwrap()
    };
    assert!(check("info,server::lobby=debug").status.success());
    let refused = check("((");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("the filter of the log is not valid: \"((\""));
}

#[test]
fn unknown_variable_is_refused() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ricochet-server"));
    let output = command.arg("--check-config").env("RICOCHET_FIL", "3").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("did you mean RICOCHET_FILL?"));
}

#[cfg(unix)]
#[test]
fn hang_up_reads_the_settings_again() {
    use std::{
        io::{BufRead, BufReader},
        process::Stdio,
    };

    let path = std::env::temp_dir().join(format!("ricochet-binary-reload-{}.toml", std::process::id()));
    std::fs::write(&path, "name = \"before\"\n").unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_ricochet-server"))
        .args(ANY_PORTS.split_whitespace())
        .args(["--config".as_ref(), path.as_os_str()])
        .env("RUST_LOG", "info")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let mut greeting = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(greeting.any(|line| line.contains("before")));
    let hang_up = |toml: &str| {
        std::fs::write(&path, toml).unwrap();
        assert!(Command::new("kill").args(["-s", "HUP", &child.id().to_string()]).status().unwrap().success());
    };
    hang_up("name = \"after\"\ntick_hz = 60\n");
    assert!(said.any(|line| line.contains("changed name: \"before\" -> \"after\"") && line.contains(".toml:1)")));
    assert!(said.any(|line| line.contains("needs a restart: tick_hz: 30 -> 60")));
    hang_up("name = \"after\"\nmap = \"moon\"\n");
    assert!(said.any(|line| line.contains("nothing has changed") && line.contains("there is no map \"moon\"")));
    assert!(Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    std::fs::remove_file(&path).unwrap();
}

/// The exit code of a process that should end by itself, if it does, and its log.
#[cfg(unix)]
fn ended(mut child: std::process::Child) -> (Option<i32>, String) {
    use std::{io::Read, sync::mpsc, thread, time::Duration};

    let (pid, mut stderr) = (child.id(), child.stderr.take().unwrap());
    let (done, ended) = mpsc::channel();
    thread::spawn(move || done.send(child.wait().unwrap().code()));
    let code = ended.recv_timeout(Duration::from_secs(20)).unwrap_or_else(|_| {
        let _ = Command::new("kill").args(["-s", "KILL", &pid.to_string()]).status();
        None
    });
    let mut log = String::new();
    stderr.read_to_string(&mut log).unwrap();
    (code, log)
}

#[cfg(unix)]
#[test]
fn signal_ends_a_server_whose_reload_hangs() {
    use std::{
        io::{BufRead, BufReader},
        process::Stdio,
    };

    let path = std::env::temp_dir().join(format!("ricochet-binary-hang-{}.toml", std::process::id()));
    std::fs::write(&path, "fill = 2\n").unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_ricochet-server"))
        .args(ANY_PORTS.split_whitespace())
        .args(["--config".as_ref(), path.as_os_str()])
        .env("RUST_LOG", "info")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut greeting = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(greeting.any(|line| line.contains("Stop")));
    std::fs::remove_file(&path).unwrap();
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let signal = |signal: &str| {
        assert!(Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap().success());
    };
    signal("HUP");
    // The open returns when the server has opened the pipe to read; the server then waits for bytes that are never written.
    let writer = std::fs::File::options().write(true).open(&path).unwrap();
    signal("HUP");
    signal("TERM");
    let (code, log) = ended(child);
    drop(writer);
    assert_eq!(code, Some(0), "{log}");
    assert!(log.lines().any(|line| line.contains("the server has ended")), "{log}");
    std::fs::remove_file(&path).unwrap();
}

/// A pipe that nobody writes to stands for a disk that hangs.
#[cfg(unix)]
#[test]
fn signal_ends_a_server_that_hangs_in_its_start() {
    use std::process::Stdio;

    let state = std::env::temp_dir().join(format!("ricochet-binary-start-{}", std::process::id()));
    std::fs::create_dir_all(&state).unwrap();
    assert!(Command::new("mkfifo").arg(state.join("bans.toml")).status().unwrap().success());
    let child = Command::new(env!("CARGO_BIN_EXE_ricochet-server"))
        .args(ANY_PORTS.split_whitespace())
        .args(["--state".as_ref(), state.as_os_str()])
        .env("RUST_LOG", "info")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The key is made before the bans are read, and by then the server handles signals.
    while !state.join("key").exists() {
        std::thread::yield_now();
    }
    assert!(Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status().unwrap().success());
    let (code, log) = ended(child);
    assert_eq!(code, Some(0), "{log}");
    assert!(log.lines().any(|line| line.contains("before the server was ready")), "{log}");
    std::fs::remove_dir_all(&state).unwrap();
}

#[cfg(unix)]
#[test]
fn signals_end_a_running_server_cleanly() {
    use std::{
        io::{BufRead, BufReader},
        process::Stdio,
    };

    for signal in ["TERM", "INT"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ricochet-server"))
            .args(ANY_PORTS.split_whitespace())
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let greeting: Vec<String> =
            lines.by_ref().map(Result::unwrap).take_while(|line| !line.contains("Stop")).collect();
        assert!(greeting.iter().any(|line| line.contains("Watch    http://127.0.0.1:")), "{greeting:?}");
        let killed = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{signal}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.is_empty(), "{signal}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
