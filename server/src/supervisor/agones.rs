//! Agones, which runs game servers on Kubernetes: told over the REST API of its sidecar.
//!
//! ```text
//! POST /ready      nobody plays: the server may be taken away by a smaller fleet or a new version
//! POST /allocate   somebody plays: it must not
//! POST /health     every beat
//! POST /shutdown   the server has ended: its pod may go
//! ```
//!
//! A match-maker outside may allocate servers as well; both agree, since an allocation is kept while somebody plays.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Mutex,
};

use tracing::warn;

use crate::ask::{self, Answer};

/// The sidecar of our pod.
#[derive(Debug)]
pub(super) struct Agones {
    address: SocketAddr,
    told: Mutex<Option<State>>,
}

/// What the fleet thinks of this server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Ready,
    Allocated,
}

/// The sidecar says by this variable where it listens.
const PORT_VARIABLE: &str = "AGONES_SDK_HTTP_PORT";

impl Agones {
    pub(super) fn from_environment() -> Option<Self> {
        let port = std::env::var(PORT_VARIABLE).ok()?;
        let Ok(port) = port.parse() else {
            warn!(port, "{PORT_VARIABLE} is no port; Agones will not hear of this server");
            return None;
        };
        Some(Self { address: (Ipv4Addr::LOCALHOST, port).into(), told: Mutex::new(None) })
    }

    /// All is well, and `occupied` tells whether somebody plays.
    pub(super) async fn beat(&self, occupied: bool) {
        let state = if occupied { State::Allocated } else { State::Ready };
        if self.told() != Some(state) {
            let path = if occupied { "/allocate" } else { "/ready" };
            if self.post(path).await {
                *self.told.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(state);
            }
        }
        self.post("/health").await;
    }

    /// The server has ended.
    pub(super) async fn shutdown(&self) {
        self.post("/shutdown").await;
    }

    fn told(&self) -> Option<State> {
        *self.told.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Whether the sidecar took it. One that is still starting is told again at the next beat.
    async fn post(&self, path: &'static str) -> bool {
        let address = self.address;
        let answer = tokio::task::spawn_blocking(move || ask::post_json(address, path, "{}")).await;
        match answer {
            Ok(Ok(Answer { status: 200, .. })) => return true,
            Ok(Ok(Answer { status, body })) => warn!(path, status, body = body.trim(), "Agones refuses"),
            Ok(Err(error)) => warn!(path, %error, "Agones does not answer"),
            Err(error) => warn!(path, %error, "Agones was not asked"),
        }
        false
    }
}
