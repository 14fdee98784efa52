//! A disk that hangs: a tracer stops the writing thread, as if a write did not return.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use super::{
    host::{State, absent, readiness, until},
    program::{Player, Program, until_match},
};

/// Stops a thread until the tracer is killed. A thread that ends meanwhile is detached.
const TRACER: &str = "
import ctypes, os, sys
thread = int(sys.argv[1])
ptrace = ctypes.CDLL(None).ptrace
ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
SEIZE, INTERRUPT, WALL = 0x4206, 0x4207, 0x40000000
stopped = ptrace(SEIZE, thread, None, None) == 0 and ptrace(INTERRUPT, thread, None, None) == 0
if stopped:
    os.waitpid(thread, WALL)
print('stopped' if stopped else 'refused', flush=True)
if stopped:
    os.waitpid(thread, WALL)
";

/// The tracer; the thread is stopped as long as this lives.
struct Frozen(Child);

impl Frozen {
    /// `None` if tracing is not permitted.
    fn new(program: &Program) -> Option<Self> {
        let python = std::env::var("RICOCHET_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let thread = thread_of(program, "recording");
        let tracer = Command::new(python).args(["-c", TRACER, &thread]).stdout(Stdio::piped()).spawn();
        let Ok(mut tracer) = tracer else {
            absent("Python 3 is missing, which stops a thread");
            return None;
        };
        let mut word = String::new();
        BufReader::new(tracer.stdout.take().unwrap()).read_line(&mut word).unwrap();
        let frozen = Self(tracer);
        if word.trim() != "stopped" {
            absent("tracing is not permitted here (needs CAP_SYS_PTRACE), so no thread can be stopped");
            return None;
        }
        Some(frozen)
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn thread_of(program: &Program, name: &str) -> String {
    let threads = fs::read_dir(format!("/proc/{}/task", program.pid())).unwrap().map(|entry| entry.unwrap());
    let mut threads =
        threads.filter(|thread| fs::read_to_string(thread.path().join("comm")).is_ok_and(|comm| comm.trim() == name));
    threads.next().unwrap_or_else(|| panic!("no thread is called {name}")).file_name().into_string().unwrap()
}

#[tokio::test]
async fn disk_that_hangs_is_said_at_once_and_when_it_has_caught_up() {
    let state = State::new("slow");
    let program = state.start();
    let _player = Player::enter(&program.page).await;
    until_match(&program.page).await;
    let Some(frozen) = Frozen::new(&program) else { return };
    until("readiness to be refused", async || readiness(&program).await.0 == 503).await;
    let (_, words) = readiness(&program).await;
    assert!(words.contains("the disk is behind"), "{words}");
    assert!(program.metric("ricochet_recording_lag_seconds").await >= 3.0);
    assert!(program.metric("ricochet_recording_queue_bytes").await > 0.0);
    let ticks = program.metric("ricochet_ticks_total").await;
    until("further ticks", async || program.metric("ricochet_ticks_total").await > ticks + 30.0).await;
    drop(frozen);
    until("readiness", async || readiness(&program).await == (200, "ready\n".to_owned())).await;
    program.signal("TERM");
    let output = program.until_ended().await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(said.matches("the disk is behind").count(), 1, "{said}");
}

#[tokio::test]
async fn server_on_a_disk_that_hangs_ends_when_it_is_told_to() {
    let state = State::new("slow-end");
    let program = state.start();
    let mut player = Player::enter(&program.page).await;
    until_match(&program.page).await;
    let Some(_frozen) = Frozen::new(&program) else { return };
    until("chunks to wait", async || program.metric("ricochet_recording_queue_bytes").await > 0.0).await;
    program.signal("TERM");
    player.goodbye().await;
    let output = program.until_ended().await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("the disk does not answer"), "{said}");
}
