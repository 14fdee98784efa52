//! A human member of a room: its inputs, the state that it has acknowledged, and the quality of its link.

use shared::{
    MemberId, PlayerId, Tick, TickRate,
    game::Game,
    limits::{BASELINE_AGE_MAX, TICK_RENUMBER},
    wire::InputMessage,
};

use crate::{
    config::{Joining, RoomConfig},
    history::History,
    input_buffer::{Arrival, InputBuffer},
    replication::{Feedback, Replica},
    stats::PlayerStats,
    view_age::ViewAges,
};

/// A human player or a spectator.
#[derive(Debug)]
pub(crate) struct Player<G: Game> {
    pub(crate) inputs: InputBuffer<G::Input>,
    pub(crate) replica: Replica<G>,
    /// The link accepts no data at the moment, so the player gets no snapshots.
    pub(crate) blocked: bool,
    /// The link is lost, and the player may resume.
    pub(crate) held: bool,
    /// A spectator that waits until there is something to show.
    pub(crate) waiting: bool,
    pub(crate) stats: PlayerStats,
    margin: Margin,
    views: ViewAges,
}

/// Time between the arrival of the player's input and the tick that uses it, in quarters of a millisecond: the worst new input since the
/// last snapshot.
#[derive(Clone, Copy, Debug, Default)]
struct Margin {
    last: i8,
    since_snapshot: Option<i8>,
}

impl<G: Game> Player<G> {
    /// A member that sees the view of `follows`: its own seat, or the player that a spectator watches.
    pub(crate) fn new(
        member: MemberId,
        follows: PlayerId,
        joining: &Joining,
        config: &RoomConfig<G>,
        now: Tick,
    ) -> Self {
        let Joining { name: _, plain, reliable } = *joining;
        Self {
            inputs: InputBuffer::new(),
            replica: Replica::new(member, follows, plain, reliable, config, now),
            blocked: false,
            held: false,
            waiting: false,
            stats: PlayerStats::default(),
            margin: Margin::default(),
            views: ViewAges::new(config.tick_rate),
        }
    }

    /// Begins to send to this member, from tick `now` on.
    pub(crate) fn begin(&mut self, config: &RoomConfig<G>, now: Tick) {
        self.replica = self.replica.again(config, now);
        self.waiting = false;
    }

    /// True if the room sends messages to this member at the moment.
    pub(crate) fn is_told(&self) -> bool {
        !self.held && !self.waiting
    }

    /// Handles the loss of the link: the input becomes neutral, and the acknowledged state no longer counts.
    pub(crate) fn hold(&mut self) {
        self.inputs.pause();
        self.replica.reset();
        self.held = true;
    }

    /// Continues in the same seat over another link.
    pub(crate) fn resume(&mut self, joining: &Joining, config: &RoomConfig<G>, now: Tick) {
        let Joining { name: _, plain, reliable } = *joining;
        self.inputs.pause();
        self.replica = self.replica.renewed(plain, reliable, config, now);
        self.blocked = false;
        self.held = false;
        self.waiting = false;
        self.margin = Margin::default();
        self.views = ViewAges::new(config.tick_rate);
    }

    /// Handles a change of map: the state and the view ages of the old map no longer count.
    pub(crate) fn change_map(&mut self, rate: TickRate) {
        self.replica.reset();
        self.views = ViewAges::new(rate);
    }

    /// Handles the renumbering of ticks; call it after [`Player::change_map`].
    pub(crate) fn begin_ticks_anew(&mut self, now: Tick) {
        self.inputs.pause();
        self.replica.begin_ticks_anew(now);
        self.margin = Margin::default();
    }

    /// Takes inputs that arrived `until_tick_us` microseconds before the tick `next` is made.
    pub(crate) fn handle_input(
        &mut self,
        message: &InputMessage<G::Input>,
        next: Tick,
        until_tick_us: u32,
        rate: TickRate,
        history: &History<G::Entity>,
    ) -> Arrival {
        if message.newest.since(next) > TICK_RENUMBER / 2 {
            // An input so far ahead is a lie, or was sent before the room renumbered its ticks.
            self.stats.inputs_early += 1;
            return Arrival { early: true, ..Arrival::default() };
        }
        self.replica.handle_ack(message.ack, history);
        let allowed = self.views.handle(message, next);
        let arrival = self.inputs.handle(message, allowed.view_age, next);
        self.stats.view_ages_cut += u32::from(allowed.cut);
        self.stats.inputs_late += u32::from(arrival.late.is_some());
        self.stats.inputs_early += u32::from(arrival.early);
        self.note_ack(message, next, until_tick_us, rate);
        let ahead = match arrival {
            Arrival { accepted: Some(tick), .. } => Some(tick.offset_from(next)),
            Arrival { late: Some(ticks), .. } => Some(-(ticks as i32)),
            _ => None,
        };
        if let Some(ticks) = ahead {
            let period_us = rate.period().as_micros() as i64;
            let margin_us = i64::from(ticks) * period_us + i64::from(until_tick_us);
            self.margin.handle((margin_us / QUARTER_MS_US).clamp(i8::MIN.into(), i8::MAX.into()) as i8);
        }
        arrival
    }

    fn note_ack(&mut self, message: &InputMessage<G::Input>, next: Tick, until_tick_us: u32, rate: TickRate) {
        let ticks = next.offset_from(message.ack.newest);
        // Tick 0 means no acknowledgement. An acknowledgement from the future is a lie.
        if message.ack.newest != Tick(0) && (1..=BASELINE_AGE_MAX as i32).contains(&ticks) {
            let age_us = ticks as u32 * rate.period().as_micros() as u32;
            self.stats.note_ack(age_us.saturating_sub(until_tick_us));
        }
    }

    /// The report on the player's inputs for its next snapshot.
    pub(crate) fn take_feedback(&mut self) -> Feedback {
        Feedback { last_input_applied: self.inputs.last_applied(), margin: self.margin.take() }
    }
}

impl Margin {
    fn handle(&mut self, margin: i8) {
        self.since_snapshot = Some(self.since_snapshot.map_or(margin, |worst| worst.min(margin)));
    }

    fn take(&mut self) -> i8 {
        self.last = self.since_snapshot.take().unwrap_or(self.last);
        self.last
    }
}

const QUARTER_MS_US: i64 = 250;
