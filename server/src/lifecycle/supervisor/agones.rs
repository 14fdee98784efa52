//! Agones, which runs game servers on Kubernetes. The server reports to the REST API of its sidecar.
//!
//! ```text
//! POST /ready      no players: a smaller fleet or a new version may remove the server
//! POST /allocate   at least one player: it must not be removed
//! POST /health     every heartbeat
//! POST /shutdown   the server has ended: its pod may be deleted
//! ```
//!
//! An external match-maker may allocate servers as well. Both agree, because an allocation is kept while there are players.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Mutex,
};

use tracing::warn;

use crate::ops::http_client::{self, Answer};

/// The sidecar of our pod.
#[derive(Debug)]
pub(super) struct Agones {
    address: SocketAddr,
    told: Mutex<Option<State>>,
}

/// The server's state in the fleet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Ready,
    Allocated,
}

/// Environment variable with the sidecar's port.
const PORT_VARIABLE: &str = "AGONES_SDK_HTTP_PORT";

impl Agones {
    pub(super) fn from_environment() -> Option<Self> {
        let port = std::env::var(PORT_VARIABLE).ok()?;
        let Ok(port) = port.parse() else {
            warn!(port, "{PORT_VARIABLE} is not a port; this server does not report to Agones");
            return None;
        };
        Some(Self { address: (Ipv4Addr::LOCALHOST, port).into(), told: Mutex::new(None) })
    }

    /// Reports that the server is well; `occupied` says whether there are players.
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

    /// Reports that the server has ended.
    pub(super) async fn shutdown(&self) {
        self.post("/shutdown").await;
    }

    fn told(&self) -> Option<State> {
        *self.told.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// True if the sidecar accepted it. The next heartbeat repeats a state that it did not accept, for example while it starts.
    async fn post(&self, path: &'static str) -> bool {
        let address = self.address;
        let answer = tokio::task::spawn_blocking(move || http_client::post_json(address, path, "{}")).await;
        match answer {
            Ok(Ok(Answer { status: 200, .. })) => return true,
            Ok(Ok(Answer { status, body })) => warn!(path, status, body = body.trim(), "Agones refuses"),
            Ok(Err(error)) => warn!(path, %error, "Agones does not answer"),
            Err(error) => warn!(path, %error, "the request to Agones failed"),
        }
        false
    }
}
