//! One visit of a hostile bot: a link, and what the bot does on it until the server closes it or the run ends.

use std::time::Duration;

use client::{
    Client, ClientConfig, ClientSight, Maps, Output,
    native::{JoinRequest, Link, LinkError, QuicEndpoints, Way, join},
};
use shared::{
    game::{Bot as _, Game, MapOf},
    rng::Rng,
    wire::DisconnectReason,
};
use tokio::time::{interval, sleep_until, timeout};

use super::offender::Offender;
use crate::{
    fleet::shared_state::{Shared, new_bot},
    measure::tally::{End, Visit},
    options::attack_kind::AttackKind,
};

/// A hostile bot with its own link, which has no link conditioner.
pub(super) struct Visitor<'a, G: Game> {
    shared: &'a Shared,
    number: u32,
    client: Client<G>,
    link: Link,
    offender: Offender<G::Input>,
    bot: G::Bot,
    outputs: Vec<Output>,
}

impl<'a, G: Game> Visitor<'a, G> {
    /// Takes a seat and opens a link to it.
    ///
    /// # Errors
    /// There is no seat, or the link cannot be opened; the error says why.
    pub(super) async fn enter(
        shared: &'a Shared,
        maps: &Maps<MapOf<G>>,
        endpoints: &QuicEndpoints,
        number: u32,
        attack: AttackKind,
        rng: &mut Rng,
    ) -> anyhow::Result<Self> {
        let Shared { http, start, .. } = shared;
        let args = &shared.args.common;
        let name = format!("hostile-{number:04}");
        let request = JoinRequest { mode: args.mode.clone(), room: args.room, ..JoinRequest::of::<G>(&name) };
        let answer = join(http, &args.server, &request).await?;
        let ticket = answer.ticket.clone();
        let transport = args.transport.of(number).native();
        // The stock libraries let a bot send what the drivers would not.
        let way =
            Way { http, server: &args.server, endpoints, drivers: None, answer, carrier: transport, fallback: false };
        let link = way.open_stock(transport).await?;
        let config = ClientConfig {
            ticket,
            name,
            plain: args.plain,
            reliable: link.is_reliable(),
            maps: maps.clone(),
            ..ClientConfig::default()
        };
        let client = Client::new(config, start.elapsed());
        let (offender, bot) = (Offender::new(attack, rng.fork()), new_bot::<G>(&shared.args, rng));
        Ok(Self { shared, number, client, link, offender, bot, outputs: Vec::new() })
    }

    /// Plays until the link closes or the bot is dismissed; calls `welcomed` once it is in a room.
    pub(super) async fn stay(mut self, welcomed: impl FnMut()) -> Visit {
        let mut welcome = false;
        let end = match self.play(&mut welcome, welcomed).await {
            Ok(end) => end,
            Err(error) => self.hear_why(error).await,
        };
        let committed = self.offender.committed();
        let reason = if end == End::Stayed { DisconnectReason::Left } else { DisconnectReason::BadMessage };
        self.link.close(reason).await;
        Visit { welcome, committed, end }
    }

    async fn play(&mut self, welcome: &mut bool, mut welcomed: impl FnMut()) -> Result<End, LinkError> {
        loop {
            let now = self.shared.start.elapsed();
            if self.is_dismissed() {
                return self.leave().await;
            }
            if let Some(tick) = self.client.input_due(now) {
                let sight = ClientSight::new(&self.client, tick);
                let intent = sight.map(|sight| self.bot.input(&sight)).unwrap_or_default();
                self.client.set_intent(intent);
            }
            self.client.advance(now);
            while let Some(fair) = self.client.poll_output() {
                self.offender.spoil(fair, &mut self.outputs);
            }
            self.send().await?;
            if self.client.ending().is_some() {
                // The client timed out: the server sent no reason.
                return Ok(End::Lost);
            }
            if self.offender.is_deaf() {
                return self.read_no_more().await;
            }
            let wake = self.client.next_wake().min(now + LOOK_INTERVAL);
            tokio::select! {
                biased;
                message = self.link.receive() => self.take_in(&message?.1),
                () = sleep_until((self.shared.start + wake).into()) => {}
            }
            if !*welcome && self.client.welcome().is_some() {
                *welcome = true;
                welcomed();
            }
            if let Some(ending) = self.client.ending() {
                return Ok(End::Closed(ending.reason));
            }
        }
    }

    /// Requests much and reads nothing.
    async fn read_no_more(&mut self) -> Result<End, LinkError> {
        let mut every = interval(LOOK_INTERVAL);
        while !self.is_dismissed() {
            every.tick().await;
            self.offender.demands(&mut self.outputs);
            self.send().await?;
        }
        self.leave().await
    }

    /// Reads on after an error, because the server's reason may not have been read yet.
    async fn hear_why(&mut self, error: LinkError) -> End {
        let last = match error {
            LinkError::Closed { .. } => error,
            LinkError::Lost(_) | LinkError::Framing(_) => timeout(PATIENCE, self.read_on()).await.unwrap_or(error),
        };
        match (self.client.ending(), last) {
            (Some(ending), _) => End::Closed(ending.reason),
            (None, LinkError::Closed { reason, .. }) => End::Closed(reason),
            (None, LinkError::Lost(_) | LinkError::Framing(_)) => End::Lost,
        }
    }

    /// Reads until the link ends; returns the error that ended it.
    async fn read_on(&mut self) -> LinkError {
        loop {
            match self.link.receive().await {
                Ok((_, bytes)) => self.take_in(&bytes),
                Err(error) => break error,
            }
        }
    }

    /// Handles a message. A decode error is ignored: it may follow from the bot's own messages.
    fn take_in(&mut self, bytes: &[u8]) {
        if let Err(error) = self.client.handle_message(bytes, self.shared.start.elapsed()) {
            tracing::debug!(bot = self.number, %error, "hostile bot cannot decode a message");
        }
    }

    async fn leave(&mut self) -> Result<End, LinkError> {
        self.client.leave();
        self.outputs.extend(std::iter::from_fn(|| self.client.poll_output()));
        self.send().await?;
        Ok(End::Stayed)
    }

    async fn send(&mut self) -> Result<(), LinkError> {
        for output in self.outputs.drain(..) {
            let sending = timeout(PATIENCE, self.link.send(output)).await;
            sending.unwrap_or_else(|_| Err(LinkError::Lost("the link takes nothing".to_owned())))?;
        }
        Ok(())
    }

    fn is_dismissed(&self) -> bool {
        self.shared.stages.dismisses(self.number)
    }
}

/// A bot wakes this often even when nothing is due, to notice that the run has ended. A deaf bot requests more as
/// often.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);
/// Time for the server to take a message, or to end a link after its last message.
const PATIENCE: Duration = Duration::from_secs(3);
