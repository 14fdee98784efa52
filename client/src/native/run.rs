//! Drives one client on one link until its session is over.

use std::time::{Duration, Instant};

use bytes::Bytes;
use shared::{
    Tick,
    input::Input,
    wire::{ClientMessage, DecodeError},
};
use tokio::time::{Instant as TokioInstant, sleep_until};

use crate::{
    client::Client,
    native::{
        conditioned::BadLink,
        link::{Link, LinkError},
        way::Way,
    },
    told::{Channel, Ending, Output},
};

/// Who steers.
pub trait Pilot {
    /// The intent for `tick`, asked just before it is sent.
    fn steer(&mut self, client: &Client, tick: Tick) -> Input;

    /// Looks at a client after something may have arrived, to poll its events and measurements.
    fn observe(&mut self, client: &mut Client, now: Duration);

    /// The link of `client` has ended, for whatever reason; what it counted is about to be forgotten.
    fn link_ended(&mut self, _client: &mut Client, _now: Duration) {}

    /// The link was lost, and attempts to come back begin after the pause that this gives, on the way that it leaves. A
    /// [`ClientEvent::Joined`](crate::ClientEvent::Joined) tells that one was successful.
    fn link_lost(&mut self, _client: &Client, _way: &mut Way<'_>, _why: &str, _now: Duration) -> Duration {
        Duration::ZERO
    }

    /// Whether to let go of the link as if the network had gone, for tests.
    fn wants_to_cut(&mut self, _now: Duration) -> bool {
        false
    }

    /// Whether it reads nothing now, and until when. Nothing is played meanwhile, but the server hears pings.
    fn stalls_until(&mut self, _now: Duration) -> Option<Duration> {
        None
    }

    /// Whether it has played enough.
    fn wants_to_leave(&self) -> bool {
        false
    }
}

/// Why a session ended without a goodbye.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RunError {
    /// The link failed.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The server sent something that makes no sense.
    #[error("the server sent a message that cannot be read: {0}")]
    Decode(#[from] DecodeError),
    /// The pilot wanted it so.
    #[error("the link was cut for a test")]
    Cut,
    /// The bad link in between overflowed.
    #[error("the bad link is full: {0}")]
    Full(#[from] shared::conditioner::LinkFull),
}

/// Drives `client` on `link` until it has ended. Time is since `start`, the same for all clients of a process.
///
/// # Errors
/// See [`RunError`].
pub async fn run(
    client: &mut Client,
    link: &mut Link,
    mut bad: Option<&mut BadLink>,
    pilot: &mut impl Pilot,
    start: Instant,
) -> Result<Ending, RunError> {
    let mut sleep = std::pin::pin!(sleep_until(TokioInstant::from_std(start)));
    let mut sleeps_until = Duration::ZERO;
    loop {
        let now = start.elapsed();
        while let Some((_, bytes)) = bad.as_mut().and_then(|bad| bad.down.poll(now)) {
            client.handle_message(&bytes, now)?;
        }
        pilot.observe(client, now);
        if pilot.wants_to_cut(now) {
            return Err(RunError::Cut);
        }
        if let Some(until) = pilot.stalls_until(now) {
            stall(client, link, start, until).await?;
            continue;
        }
        if pilot.wants_to_leave() {
            client.leave();
        }
        if let Some(tick) = client.input_due(now) {
            let intent = pilot.steer(client, tick);
            client.set_intent(intent);
        }
        client.advance(now);
        send_outputs(client, link, bad.as_deref_mut(), now).await?;
        let in_flight_up = bad.as_ref().and_then(|bad| bad.up.next_due());
        if let Some(ending) = client.ending()
            && in_flight_up.is_none()
        {
            return Ok(ending.clone());
        }
        let due = bad.as_ref().and_then(|bad| bad.next_due()).unwrap_or(Duration::MAX);
        let wake = client.next_wake().min(due).min(now + WAKE_AT_LEAST);
        if wake != sleeps_until {
            sleeps_until = wake;
            sleep.as_mut().reset(TokioInstant::from_std(start + wake));
        }
        tokio::select! {
            biased;
            message = link.receive() => {
                let (channel, bytes) = match (message, client.ending()) {
                    // The server may well close before everything that is still on its way has arrived there.
                    (Err(_), Some(ending)) => return Ok(ending.clone()),
                    (message, _) => message?,
                };
                take_in(client, bad.as_deref_mut(), channel, bytes, start.elapsed())?;
            }
            () = sleep.as_mut() => sleeps_until = Duration::ZERO,
        }
    }
}

/// Reads nothing until `until`, then all that has come meanwhile, as a program that was busy with something else.
async fn stall(client: &mut Client, link: &mut Link, start: Instant, until: Duration) -> Result<(), RunError> {
    let mut ping = Vec::new();
    ClientMessage::Ping { token: 0 }.encode(&mut ping);
    while let Some(left) = until.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) {
        tokio::time::sleep(left.min(STALL_PING)).await;
        link.send(Output { channel: Channel::Reliable, bytes: ping.clone() }).await?;
    }
    while let Ok(message) = tokio::time::timeout(STALL_ENDS, link.receive()).await {
        client.handle_message(&message?.1, start.elapsed())?;
        while client.poll_output().is_some() {}
    }
    Ok(())
}

fn take_in(
    client: &mut Client,
    bad: Option<&mut BadLink>,
    channel: Channel,
    bytes: Bytes,
    now: Duration,
) -> Result<(), RunError> {
    match bad {
        Some(bad) => bad.down.push(now, channel, bytes.into())?,
        None => client.handle_message(&bytes, now)?,
    }
    Ok(())
}

async fn send_outputs(
    client: &mut Client,
    link: &mut Link,
    bad: Option<&mut BadLink>,
    now: Duration,
) -> Result<(), RunError> {
    let Some(bad) = bad else {
        while let Some(output) = client.poll_output() {
            link.send(output).await?;
        }
        return Ok(());
    };
    while let Some(Output { channel, bytes }) = client.poll_output() {
        bad.up.push(now, channel, bytes)?;
    }
    while let Some((channel, bytes)) = bad.up.poll(now) {
        link.send(Output { channel, bytes }).await?;
    }
    Ok(())
}

/// Between two signs of life while nothing is read.
const STALL_PING: Duration = Duration::from_secs(1);
/// When so long nothing more comes, what has come meanwhile is read.
const STALL_ENDS: Duration = Duration::from_millis(20);
/// Looks around this often even when nothing is due, to notice a pilot that wants to leave.
const WAKE_AT_LEAST: Duration = Duration::from_millis(500);
