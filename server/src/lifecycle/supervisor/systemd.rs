//! systemd, the service manager of most Linux machines. The server reports to the socket in `NOTIFY_SOCKET` (sd_notify(3)).

#[cfg(target_os = "linux")]
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::lobby::Lobby;

/// The unit of `Type=notify` that we run in.
#[derive(Debug)]
pub(super) struct Systemd {
    watchdog: Option<Duration>,
    #[cfg(target_os = "linux")]
    socket: notify_socket::NotifySocket,
    /// The server is ready, but that could not be reported yet.
    #[cfg(target_os = "linux")]
    ready_is_due: std::sync::atomic::AtomicBool,
}

/// Generous bound of the time that an end takes after its drain: sealing, goodbyes, running requests.
const AFTER_DRAIN: Duration = Duration::from_secs(10);

#[cfg(target_os = "linux")]
impl Systemd {
    pub(super) fn from_environment() -> Option<Self> {
        let name = std::env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty())?;
        let socket = notify_socket::NotifySocket::open(&name)
            .inspect_err(|error| tracing::warn!(?name, %error, "NOTIFY_SOCKET is not a socket; this server does not report to systemd"))
            .ok()?;
        Some(Self { watchdog: sd_notify::watchdog_enabled(), socket, ready_is_due: false.into() })
    }

    /// Time-out of the watchdog, if it is on.
    pub(super) fn watchdog(&self) -> Option<Duration> {
        self.watchdog
    }

    /// Reports that players may come.
    pub(super) fn ready(&self) {
        let is_told = self.tell(&[sd_notify::NotifyState::Ready]);
        self.ready_is_due.store(!is_told, Ordering::Relaxed);
    }

    /// Reports that all is well; `systemctl status` shows the number of players.
    pub(super) fn beat(&self, lobby: &Lobby) {
        if self.ready_is_due.load(Ordering::Relaxed) {
            self.ready();
        }
        let (players, rooms) = (lobby.directory.players(), lobby.directory.rooms().len());
        let overloaded =
            crate::ops::overloaded_shards(&lobby.directory).map_or_else(String::new, |words| format!("; {words}"));
        let status = format!("{players} players in {rooms} rooms{overloaded}");
        self.tell(&[sd_notify::NotifyState::Watchdog, sd_notify::NotifyState::Status(&status)]);
    }

    /// Reports that the server ends within `left` and a little more, so that systemd does not kill it before.
    pub(super) fn stopping(&self, left: Duration) {
        let within_us = u32::try_from((left + AFTER_DRAIN).as_micros()).unwrap_or(u32::MAX);
        self.tell(&[sd_notify::NotifyState::Stopping, sd_notify::NotifyState::ExtendTimeoutUsec(within_us)]);
    }

    fn tell(&self, states: &[sd_notify::NotifyState<'_>]) -> bool {
        let lines: Vec<String> = states.iter().map(ToString::to_string).collect();
        let told = self.socket.send(lines.join("\n").as_bytes());
        told.inspect_err(|error| tracing::debug!(%error, "systemd does not listen")).is_ok()
    }
}

/// The socket, which never blocks: systemd may be busy for long, and its queue holds only a few datagrams.
#[cfg(target_os = "linux")]
mod notify_socket {
    use std::{
        ffi::OsStr,
        io,
        os::{
            linux::net::SocketAddrExt,
            unix::{
                ffi::OsStrExt,
                net::{SocketAddr, UnixDatagram},
            },
        },
    };

    #[derive(Debug)]
    pub(super) struct NotifySocket {
        socket: UnixDatagram,
        address: SocketAddr,
    }

    impl NotifySocket {
        /// `name` is a path, or an `@` and a name in the abstract namespace.
        pub(super) fn open(name: &OsStr) -> io::Result<Self> {
            let address = match name.as_bytes().strip_prefix(b"@") {
                Some(name) => SocketAddr::from_abstract_name(name)?,
                None => SocketAddr::from_pathname(name)?,
            };
            let socket = UnixDatagram::unbound()?;
            socket.set_nonblocking(true)?;
            Ok(Self { socket, address })
        }

        pub(super) fn send(&self, message: &[u8]) -> io::Result<()> {
            self.socket.send_to_addr(message, &self.address).map(drop)
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn reader_that_does_not_read_holds_nobody_up() {
            let path = std::env::temp_dir().join(format!("ricochet-notify-{}", std::process::id()));
            let _ = std::fs::remove_file(&path);
            let reader = UnixDatagram::bind(&path).unwrap();
            let socket = NotifySocket::open(path.as_os_str()).unwrap();
            socket.send(b"READY=1").unwrap();
            // A blocking socket would wait here for ever.
            let full = (0..100_000).find_map(|_| socket.send(b"WATCHDOG=1").err()).unwrap();
            assert_eq!(full.kind(), io::ErrorKind::WouldBlock);
            let mut bytes = [0; 32];
            let length = reader.recv(&mut bytes).unwrap();
            assert_eq!(&bytes[..length], b"READY=1");
            socket.send(b"STOPPING=1").unwrap();
            std::fs::remove_file(&path).unwrap();
        }

        #[test]
        fn names_without_a_file_begin_with_an_at_sign() {
            let name = format!("ricochet-notify-{}", std::process::id());
            let reader = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
            NotifySocket::open(format!("@{name}").as_ref()).unwrap().send(b"READY=1").unwrap();
            assert_eq!(reader.recv(&mut [0; 32]).unwrap(), 7);
            assert!(NotifySocket::open("@".repeat(200).as_ref()).is_err());
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl Systemd {
    pub(super) fn from_environment() -> Option<Self> {
        None
    }

    pub(super) fn watchdog(&self) -> Option<Duration> {
        self.watchdog
    }

    pub(super) fn ready(&self) {}

    pub(super) fn beat(&self, _: &Lobby) {}

    pub(super) fn stopping(&self, _: Duration) {
        let _ = AFTER_DRAIN;
    }
}
