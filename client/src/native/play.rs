//! Plays one session over several links: when a link is lost, a new one resumes the session in the same seat.

use std::time::{Duration, Instant};

use shared::wire::DisconnectReason;
use tokio::time::{Instant as TokioInstant, sleep_until};

use crate::{
    client::{Client, ClientConfig},
    comeback::{Comeback, LinkEnd, NextStep},
    native::{BadLink, LinkError, Opened, Pilot, RunError, Session, Way},
    told::Ending,
};

/// Options of [`play`].
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct PlayOptions {
    /// Reconnect when a link is lost.
    pub resume: bool,
    /// Seed that spreads the pauses between attempts.
    pub chance: u64,
}

/// The reason why a session ended without a final goodbye.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PlayError {
    /// The link failed, and the session could not be resumed.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The server no longer has the session: request a new seat.
    #[error("the session is over: {0}")]
    Over(String),
    /// No attempt to reconnect was successful in time.
    #[error("could not reconnect within {} s; the last attempt failed: {why}", patience.as_secs())]
    GaveUp {
        /// Time for which the server keeps a seat.
        patience: Duration,
        /// Error of the last attempt.
        why: String,
    },
}

/// Plays until the session is over, and returns the pilot. `config.ticket` is the ticket of the join answer in `way`. `bad` may return
/// a link conditioner for each link; its argument says if that link is reliable. Times count from `start`.
pub async fn play<P: Pilot + Send + 'static>(
    way: &mut Way<'_>,
    config: ClientConfig<P::Game>,
    options: PlayOptions,
    bad: impl FnMut(bool) -> Option<BadLink>,
    pilot: P,
    start: Instant,
) -> (P, Result<Ending, PlayError>) {
    match way.open().await {
        Ok(link) => play_on(link, way, config, options, bad, pilot, start).await,
        Err(error) => (pilot, Err(PlayError::Run(error.into()))),
    }
}

/// Plays from the first open link on.
async fn play_on<P: Pilot + Send + 'static>(
    mut link: Opened,
    way: &mut Way<'_>,
    mut config: ClientConfig<P::Game>,
    options: PlayOptions,
    mut bad: impl FnMut(bool) -> Option<BadLink>,
    mut pilot: P,
    start: Instant,
) -> (P, Result<Ending, PlayError>) {
    let mut known = None;
    let mut comeback: Option<Comeback> = None;
    // Links that were cut for a test stay open: a close would inform the server.
    let mut hanging = Vec::new();
    loop {
        config.reliable = link.is_reliable();
        let began = start.elapsed();
        let client = Client::new(config.clone(), began);
        let session = Box::new(Session::new(client, pilot, bad(link.is_reliable())));
        let (mut session, outcome) = link.run(session, start).await;
        let now = start.elapsed();
        let Session { client, pilot: steers, .. } = &mut *session;
        steers.link_ended(client, now);
        let (end, why) = judge(&outcome);
        // A link that soon ended with an invalid message was of no use, so the pauses continue instead of starting again.
        let mut pauses = None;
        if let Some(session) = client.session() {
            known = Some(session.clone());
            pauses = comeback.take().filter(|_| end == LinkEnd::Nonsense && now - began < USELESS_WITHIN);
        }
        let token = known.as_ref().filter(|session| options.resume && !session.token.is_empty());
        let kept = match (NextStep::after(end), token) {
            (NextStep::Resume, Some(session)) => session,
            (NextStep::Rejoin, Some(_)) => return (session.into_pilot(), Err(PlayError::Over(why))),
            _ => {
                let reason = outcome.as_ref().map_or(DisconnectReason::BadMessage, |ending| ending.reason);
                link.close(reason).await;
                return (session.into_pilot(), outcome.map_err(PlayError::Run));
            }
        };
        let patience = Duration::from_secs(kept.resume_secs.into());
        let attempts = comeback.get_or_insert_with(|| {
            let down = steers.link_lost(client, way, &why, now);
            let mut comeback = match pauses.take() {
                Some(attempts) => attempts.extended(client.heard_at(), patience, now),
                None => Comeback::new(client.heard_at(), patience, now, options.chance),
            };
            comeback.wait_until(now + down);
            comeback
        });
        config.ticket.clone_from(&kept.token);
        pilot = session.into_pilot();
        hanging.clear();
        match (outcome, end) {
            (Err(RunError::Cut), _) => hanging.push(link),
            (_, LinkEnd::Told(reason)) => link.give_up(reason),
            (_, LinkEnd::Nonsense) => link.give_up(DisconnectReason::BadMessage),
            (_, LinkEnd::Lost) => {}
        }
        link = match come_back(way, attempts, start).await {
            Ok(link) => link,
            Err(why) => return (pilot, Err(PlayError::GaveUp { patience, why })),
        };
    }
}

async fn come_back(way: &mut Way<'_>, comeback: &mut Comeback, start: Instant) -> Result<Opened, String> {
    let mut why = "no attempt was made".to_owned();
    while let Some(at) = comeback.next_attempt(start.elapsed()) {
        sleep_until(TokioInstant::from_std(start + at)).await;
        match way.open_again(comeback.attempts()).await {
            Ok(link) => return Ok(link),
            Err(error) => why = error.to_string(),
        }
    }
    Err(why)
}

/// The end of a link, and a text for it.
fn judge(outcome: &Result<Ending, RunError>) -> (LinkEnd, String) {
    match outcome {
        Ok(Ending { reason, text }) | Err(RunError::Link(LinkError::Closed { reason, text })) => {
            (LinkEnd::Told(*reason), format!("{}: {text}", reason.label()))
        }
        Err(error) => (error.link_end(), error.to_string()),
    }
}

/// A link that ends with an invalid message within this time was of no use.
const USELESS_WITHIN: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use shared::{conditioner::LinkFull, wire::DecodeError};

    use super::*;

    fn closed(reason: DisconnectReason) -> RunError {
        RunError::Link(LinkError::Closed { reason, text: "so".into() })
    }

    #[test]
    fn what_follows_depends_on_how_a_link_ended_and_not_on_what_carried_it() {
        let nonsense = DecodeError::BadText { field: "the frame" };
        let lost = [
            RunError::Link(LinkError::Lost("gone".into())),
            // Bytes that are no message are invalid either as a frame of the stream or as a message in a frame.
            RunError::Link(LinkError::Framing(nonsense)),
            RunError::Decode(nonsense),
            RunError::Full(LinkFull),
            RunError::Cut,
        ];
        for error in lost {
            assert_eq!(NextStep::after(judge(&Err(error.clone())).0), NextStep::Resume, "{error}");
        }
        for (reason, step) in [
            (DisconnectReason::TimedOut, NextStep::Resume),
            (DisconnectReason::SessionOver, NextStep::Rejoin),
            (DisconnectReason::Kicked, NextStep::Stop),
        ] {
            let said = Ok(Ending { reason, text: "so".into() });
            for outcome in [Err(closed(reason)), said] {
                let (end, why) = judge(&outcome);
                assert_eq!((NextStep::after(end), why), (step, format!("{}: so", reason.label())));
            }
        }
    }
}
