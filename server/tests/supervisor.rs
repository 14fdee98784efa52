//! The reports of a real server to systemd and Agones.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::net::UnixDatagram,
    sync::mpsc,
    thread,
    time::Duration,
};

use shared::wire::ClientMessage;

use self::program::{Player, Program};

const PATIENCE: Duration = Duration::from_secs(20);

/// A service manager that only listens.
struct Manager {
    socket: UnixDatagram,
}

impl Manager {
    fn until(&self, wanted: &str) -> String {
        let mut bytes = [0; 1_024];
        loop {
            let length = self.socket.recv(&mut bytes).unwrap_or_else(|error| panic!("no {wanted}: {error}"));
            let said = String::from_utf8(bytes[..length].to_vec()).unwrap();
            if said.lines().any(|line| line.starts_with(wanted)) {
                return said;
            }
        }
    }
}

#[tokio::test]
async fn systemd_hears_when_the_server_is_ready_that_it_lives_and_that_it_stops() {
    let path = std::env::temp_dir().join(format!("ricochet-notify-{}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let manager = Manager { socket: UnixDatagram::bind(&path).unwrap() };
    manager.socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let program = Program::start_with(|command| command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "600000"));
    manager.until("READY=1");
    assert!(manager.until("WATCHDOG=1").contains("STATUS=0 players in 1 rooms"));
    manager.until("WATCHDOG=1");
    program.signal("TERM");
    assert!(manager.until("STOPPING=1").contains("EXTEND_TIMEOUT_USEC="));
    assert_eq!(program.until_ended().await.status.code(), Some(0));
    std::fs::remove_file(&path).unwrap();
}

/// A sidecar that accepts every request and keeps its path.
fn sidecar() -> (u16, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (asked, paths) = mpsc::channel();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let _ = asked.send(answer(socket.unwrap()));
        }
    });
    (port, paths)
}

fn answer(mut socket: TcpStream) -> String {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n{}") {
        let mut byte = [0];
        socket.read_exact(&mut byte).unwrap();
        request.push(byte[0]);
    }
    socket.write_all(b"HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{}").unwrap();
    String::from_utf8(request).unwrap().lines().next().unwrap().to_owned()
}

#[tokio::test]
async fn agones_hears_whether_somebody_plays_and_that_the_server_lives() {
    let (port, paths) = sidecar();
    let program = Program::start_with(|command| command.env("AGONES_SDK_HTTP_PORT", port.to_string()));
    let until = |wanted: &str| {
        let line = format!("POST {wanted} HTTP/1.0");
        // Heartbeats may come in between.
        while paths.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no {wanted}")) != line {}
    };
    until("/ready");
    until("/health");
    let mut player = Player::enter(&program.page).await;
    until("/allocate");
    until("/health");
    player.say(&ClientMessage::Leave).await;
    until("/ready");
    program.signal("TERM");
    until("/shutdown");
    assert_eq!(program.until_ended().await.status.code(), Some(0));
}
