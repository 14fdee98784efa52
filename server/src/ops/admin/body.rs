//! The bodies of actions. They are parsed once, and a parsed value is allowed.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use serde::{Deserialize, de::DeserializeOwned};
use shared::{
    RoomId,
    conditioner::ConditionerConfig,
    limits::{CHAT_BYTES_MAX, REASON_BYTES_MAX},
};

use super::{Admin, BODY_BYTES_MAX, refusal::Refusal};
use crate::{base::text, config::Network, http, session::SessionId, shard::Target};

/// A JSON body.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<Admin>> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &Arc<Admin>) -> Result<Self, Refusal> {
        if !http::is_json(request.headers()) {
            return Err(Refusal::NotJson);
        }
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes
            .map_err(|_| Refusal::BadRequest(format!("the body is longer than {BODY_BYTES_MAX} bytes, or broken")))?;
        http::from_object(&bytes).map(Self).map_err(|error| Refusal::BadRequest(error.to_string()))
    }
}

/// The administrator's reason, for the audit log; may be empty.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Reason(pub(super) String);

impl TryFrom<String> for Reason {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        bounded("a reason", text, REASON_BYTES_MAX).map(Self)
    }
}

/// An announcement to a room, or to all rooms.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Line(pub(super) String);

impl TryFrom<String> for Line {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let line = bounded("an announcement", text, CHAT_BYTES_MAX)?;
        if line.is_empty() { Err("an announcement needs words".to_owned()) } else { Ok(Self(line)) }
    }
}

fn bounded(what: &str, text: String, bytes_max: usize) -> Result<String, String> {
    let text = text::check(&text).map_err(|(character, why)| {
        let code = u32::from(character);
        format!("{what} holds U+{code:04X}, which is {}; allowed is what everybody can see, on one line", why.words())
    })?;
    match text.len() {
        length if length <= bytes_max => Ok(text),
        length => Err(format!("{what} has {length} bytes; allowed are {bytes_max}")),
    }
}

/// The body of an action on one player.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ToSession {
    pub(super) session: SessionId,
    #[serde(default)]
    pub(super) reason: Reason,
}

/// The body of an action on one room.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ToRoom {
    pub(super) room: u32,
    #[serde(default)]
    pub(super) reason: Reason,
}

/// The body of an action on the server.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ToServer {
    #[serde(default)]
    pub(super) reason: Reason,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BanBody {
    pub(super) session: Option<SessionId>,
    #[serde(default, deserialize_with = "network")]
    pub(super) network: Option<Network>,
    /// Duration of the ban; without it, the ban has no end.
    pub(super) secs: Option<u64>,
    #[serde(default)]
    pub(super) reason: Reason,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnbanBody {
    #[serde(deserialize_with = "network")]
    pub(super) network: Option<Network>,
    #[serde(default)]
    pub(super) reason: Reason,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnnounceBody {
    pub(super) room: Option<u32>,
    pub(super) text: Line,
    #[serde(default)]
    pub(super) reason: Reason,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeMapBody {
    pub(super) room: u32,
    pub(super) map: String,
    #[serde(default)]
    pub(super) reason: Reason,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DrainBody {
    /// Seconds that running matches get to finish; without it, those of the settings.
    pub(super) secs: Option<u32>,
    #[serde(default)]
    pub(super) reason: Reason,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionBody {
    session: Option<SessionId>,
    room: Option<u32>,
    #[serde(default)]
    delay_ms: u64,
    #[serde(default)]
    jitter_ms: u64,
    #[serde(default)]
    loss: f64,
    #[serde(default)]
    pub(super) reason: Reason,
}

// With worse conditions a link does not work at all.
const DELAY_MS_MAX: u64 = 2_000;
const JITTER_MS_MAX: u64 = 1_000;
const LOSS_MAX: f64 = 0.5;
/// An hour, the bound of `drain.secs` in the settings.
pub(super) const DRAIN_SECS_MAX: u32 = 3_600;

impl ConditionBody {
    pub(super) fn target(&self) -> Result<Target, Refusal> {
        match (self.session, self.room) {
            (Some(session), None) => Ok(Target::Session(session)),
            (None, Some(room)) => Ok(Target::Room(RoomId(room))),
            _ => Err(Refusal::BadRequest("give a session or a room".to_owned())),
        }
    }

    pub(super) fn conditions(&self) -> Result<ConditionerConfig, Refusal> {
        let Self { delay_ms, jitter_ms, loss, .. } = *self;
        if delay_ms > DELAY_MS_MAX || jitter_ms > JITTER_MS_MAX || !(0.0..=LOSS_MAX).contains(&loss) {
            let allowed = format!(
                "allowed are delay_ms up to {DELAY_MS_MAX}, jitter_ms up to {JITTER_MS_MAX}, loss from 0 to {LOSS_MAX}"
            );
            return Err(Refusal::BadRequest(allowed));
        }
        let ms = Duration::from_millis;
        Ok(ConditionerConfig { delay: ms(delay_ms), jitter: ms(jitter_ms), loss, ..ConditionerConfig::default() })
    }
}

fn network<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Network>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn reasons_are_trimmed_and_bounded() {
        let body: ToRoom = parse(r#"{"room":1,"reason":" too loud "}"#).unwrap();
        assert_eq!(body.reason.0, "too loud");
        let long = |bytes| format!(r#"{{"room":1,"reason":"{}"}}"#, "x".repeat(bytes));
        assert!(parse::<ToRoom>(&long(REASON_BYTES_MAX)).is_ok());
        assert!(parse::<ToRoom>(&long(REASON_BYTES_MAX + 1)).is_err());
        assert!(parse::<ToRoom>(r#"{"room":1,"reason":"a\nb"}"#).is_err());
        assert!(parse::<ToRoom>(r#"{"room":1,"resaon":"x"}"#).is_err(), "a misspelt key is an error");
        assert!(parse::<AnnounceBody>(r#"{"text":"  "}"#).is_err());
        for hidden in ["\u{202E}moc.live", "\u{3164}", "a\u{200B}b"] {
            let told = parse::<AnnounceBody>(&format!(r#"{{"text":"{hidden}"}}"#)).err().unwrap_or_default();
            assert!(told.contains("U+"), "{hidden:?}: {told}");
            assert!(parse::<ToRoom>(&format!(r#"{{"room":1,"reason":"{hidden}"}}"#)).is_err());
        }
    }

    #[test]
    fn conditions_have_one_target_and_bounds() {
        let body = |text: &str| parse::<ConditionBody>(text).unwrap();
        assert_eq!(body(r#"{"room":3,"delay_ms":50}"#).target(), Ok(Target::Room(RoomId(3))));
        assert!(body(r#"{"delay_ms":50}"#).target().is_err());
        assert!(body(r#"{"room":3,"session":"00abcdef01234567"}"#).target().is_err());
        assert!(body(r#"{"room":3}"#).conditions().unwrap().is_clear());
        assert!(body(r#"{"room":3,"delay_ms":2000,"jitter_ms":1000,"loss":0.5}"#).conditions().is_ok());
        for bad in [r#""delay_ms":2001"#, r#""jitter_ms":1001"#, r#""loss":0.51"#, r#""loss":-0.1"#] {
            assert!(body(&format!(r#"{{"room":3,{bad}}}"#)).conditions().is_err(), "{bad}");
        }
    }
}
