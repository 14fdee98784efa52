//! Where a report comes from: when, by which command and versions, on which machine, against which server.

use client::native::HttpClient;
use serde::{Deserialize, Serialize};
use shared::limits::PROTOCOL_VERSION;
use time::OffsetDateTime;

use crate::{command_line, machine::Machine};

/// See the module.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Origin {
    /// Of the run, in UTC, RFC 3339.
    pub(crate) began: String,
    /// As a shell would take it.
    pub(crate) command: String,
    /// Of these bots.
    pub(crate) version: String,
    /// Of the wire.
    pub(crate) protocol: u16,
    pub(crate) machine: Machine,
    pub(crate) server: Option<ServerOrigin>,
}

/// What a server says it is.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ServerOrigin {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) mode: String,
    pub(crate) room_size: u32,
    pub(crate) shards: usize,
}

impl Origin {
    /// This process, now, playing on that server.
    pub(crate) async fn of_run(http: &HttpClient, server: &str) -> Self {
        let url = format!("{}/api/server", server.trim_end_matches('/'));
        let answer = http.get(&url).await.ok().filter(|answer| answer.status == 200);
        Self {
            began: moment(OffsetDateTime::now_utc()),
            command: command_line::of_this_process(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: PROTOCOL_VERSION,
            machine: Machine::here(),
            server: answer.and_then(|answer| serde_json::from_slice(&answer.body).ok()),
        }
    }
}

fn moment(at: OffsetDateTime) -> String {
    let (date, (hour, minute, second)) = (at.date(), at.time().as_hms());
    let month = u8::from(date.month());
    format!("{:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", date.year(), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_rfc_3339() {
        assert_eq!(moment(OffsetDateTime::from_unix_timestamp(951_782_405).unwrap()), "2000-02-29T00:00:05Z");
    }
}
