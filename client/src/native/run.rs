//! Drives one session on one stock link until it is over.

use std::time::{Duration, Instant};

use tokio::time::{Instant as TokioInstant, sleep_until};

use crate::{
    native::{
        link::Link,
        newest::Newest,
        pilot::Pilot,
        session::{RunError, Session},
    },
    told::Ending,
};

/// Drives `session` on `link` until it has ended. Times count from `start`, the same for all sessions of a process.
///
/// # Errors
/// See [`RunError`].
pub async fn run(session: &mut Session<impl Pilot>, link: &mut Link, start: Instant) -> Result<Ending, RunError> {
    let mut sleep = std::pin::pin!(sleep_until(TokioInstant::from_std(start)));
    let mut sleeps_until = Duration::ZERO;
    let mut newest = Newest::default();
    loop {
        let now = start.elapsed();
        session.turn(now)?;
        while let Some(output) = session.poll_output(now) {
            if let Some(output) = newest.push(output, || link.has_room()) {
                link.send(output).await?;
            }
        }
        if let Some(output) = newest.poll(|| link.has_room()) {
            link.send(output).await?;
        }
        if let Some(ending) = session.ending() {
            return Ok(ending.clone());
        }
        let wake = session.next_wake(now);
        if wake != sleeps_until {
            sleeps_until = wake;
            sleep.as_mut().reset(TokioInstant::from_std(start + wake));
        }
        tokio::select! {
            biased;
            message = link.receive(), if session.is_reading() => match message {
                Ok((channel, bytes)) => session.handle_message(channel, bytes, start.elapsed())?,
                Err(error) => return session.handle_lost(error),
            },
            () = sleep.as_mut() => sleeps_until = Duration::ZERO,
        }
    }
}
