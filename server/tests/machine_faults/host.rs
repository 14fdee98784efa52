//! A host with a server: its state directory, the mounts there, and its administrator.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use crate::program::{Program, within};

const TOKEN: &str = "a-token-that-nobody-guesses";

/// A state directory of one test.
pub(crate) struct State(pub(crate) PathBuf);

impl State {
    pub(crate) fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ricochet-fault-{test}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("rooms/damaged")).unwrap();
        fs::create_dir_all(path.join("recordings")).unwrap();
        Self(path)
    }

    pub(crate) fn start(&self) -> Program {
        self.start_with(|command| command)
    }

    /// A server with an administrator, who ends its matches.
    pub(crate) fn start_with(&self, more: impl FnOnce(&mut Command) -> &mut Command) -> Program {
        Program::start_with(|command| {
            command.args(["--state", self.0.to_str().unwrap()]);
            more(self.settings(command))
        })
    }

    /// Starts a server whose start must fail; returns its exit code and its output.
    pub(crate) fn start_in_vain(&self) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ricochet-server"));
        command.args(["--state", self.0.to_str().unwrap(), "--http", "127.0.0.1:0", "--ops", "127.0.0.1:0"]);
        let output = self.settings(command.args(["--udp", "127.0.0.1:0"])).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn settings<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.args("--match-secs 3600 --results-secs 0 --seed 5 --fill 8 --recording-checkpoint-secs 1".split(' '));
        command.args(["--admin-token", TOKEN, "--drain-secs", "0"])
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.0.join(below)
    }

    /// The files of a folder, in order.
    pub(crate) fn files(&self, folder: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.0.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = entries.filter(|path| path.is_file()).collect();
        files.sort();
        files
    }
}

impl Drop for State {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A mount that lasts as long as this lives.
pub(crate) struct Mount(PathBuf);

impl Mount {
    /// A small file system in memory. `None` if mounting is not permitted.
    pub(crate) fn small(path: &Path, kib: u32) -> Option<Self> {
        Self::with(path, &["-t", "tmpfs", "-o", &format!("size={kib}k"), "tmpfs"])
    }

    /// Mounts the folder on itself, read-only.
    pub(crate) fn read_only(path: &Path) -> Option<Self> {
        let mount = Self::with(path, &["--bind", path.to_str().unwrap()])?;
        ran("mount", &["-o", "remount,ro,bind", path.to_str().unwrap()]).then_some(mount)
    }

    fn with(path: &Path, words: &[&str]) -> Option<Self> {
        let mut words = words.to_vec();
        words.push(path.to_str().unwrap());
        if !ran("mount", &words) {
            absent("mounting is not permitted here (needs CAP_SYS_ADMIN)");
            return None;
        }
        Some(Self(path.to_owned()))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        ran("umount", &["--lazy", self.0.to_str().unwrap()]);
    }
}

fn ran(program: &str, words: &[&str]) -> bool {
    Command::new(program).args(words).output().is_ok_and(|output| output.status.success())
}

/// Reports that a test cannot run here.
pub(crate) fn absent(why: &str) {
    eprintln!("ABSENT: {why}");
}

/// Sends an action of the administrator.
pub(crate) async fn administer(program: &Program, action: &str, body: Value) {
    let request = reqwest::Client::new().post(format!("{}/admin/api/{action}", program.ops));
    let answer = within(action, request.bearer_auth(TOKEN).json(&body).send()).await.unwrap();
    assert!(answer.status().is_success(), "{action}: {}", answer.text().await.unwrap());
}

/// An answer of the admin API.
pub(crate) async fn administration(program: &Program, what: &str) -> String {
    let request = reqwest::Client::new().get(format!("{}/admin/api/{what}", program.ops)).bearer_auth(TOKEN);
    within(what, within(what, request.send()).await.unwrap().text()).await.unwrap()
}

/// Ends the match of the first room; the next begins at once.
pub(crate) async fn end_match(program: &Program) {
    administer(program, "end-match", json!({ "room": 1 })).await;
}

/// Waits until a condition holds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    within(what, async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// The status and text of `/readyz`.
pub(crate) async fn readiness(program: &Program) -> (u16, String) {
    let answer = within("readiness", reqwest::get(format!("{}/readyz", program.ops))).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// True if a recording exists, is whole, and plays as recorded.
pub(crate) fn is_sound(path: &Path) -> bool {
    fs::read(path)
        .is_ok_and(|file| room::record::verify::<arena::rules::World>(file).is_ok_and(|verified| verified.is_sound()))
}

/// The file of a running match, left by a server that was killed.
pub(crate) async fn leave_a_match(state: &State) -> PathBuf {
    let program = state.start();
    until("a match on disk", async || program.metric("ricochet_recording_bytes_total").await > 4_000.0).await;
    program.signal("KILL");
    program.until_ended().await;
    state.path("rooms/room-1.rrec")
}
