//! A player: joins, plays, goes away and comes back, and follows its room through failovers and moves by itself.
//!
//! ```text
//! state      event                                next       what follows
//! Idle       a while                              Joining    ask any machine for a seat
//! Joining    seat                                 Seated     say hello at the owner, with the ticket
//! Joining    no seat, busy, no answer             Idle       knows why
//! Seated     admitted                             Seated     play
//! Seated     150 ms without a snapshot, or the link broke     try the standby, then the owner, then any machine; the old link stays open
//! Seated     "open a link to X"                   Seated     say hello at X, play on here until X admits
//! Seated     refused "at X"                       Seated     say hello at X
//! Seated     refused for good                     Idle       knows why
//! ```

use cluster::{Epoch, Joined, LinkId, NodeId, Refusal, RoomId, SessionId, Want};
use fastrand::Rng;

use crate::{
    item::{ForPlayer, FromPlayer},
    machine::{machine_of, node_id},
    network::MS,
    store::Time,
};

/// Silence after which a player tries another machine: three snapshots.
const SILENCE: Time = 150 * MS;

/// A player.
pub(crate) struct Player {
    pub(crate) index: usize,
    pub(crate) state: State,
    pub(crate) seat: Option<Seat>,
    /// Why it does not play.
    pub(crate) why: Option<Why>,
    links: u64,
    sessions: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    Idle { until: Time },
    Joining { session: SessionId, since: Time },
    Seated,
}

/// Why a player does not play.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Why {
    NoSeat,
    Busy,
    Refused(Refusal),
    Left,
}

/// A seat in a room, or a ticket for one.
pub(crate) struct Seat {
    pub(crate) room: RoomId,
    pub(crate) session: SessionId,
    owner: NodeId,
    standby: Option<NodeId>,
    /// True if it was admitted once.
    pub(crate) seated: bool,
    pub(crate) active: Option<(LinkId, usize)>,
    candidate: Option<Candidate>,
    best: Epoch,
    pub(crate) heard: Time,
    acted: Time,
    tries: u64,
    next_try: Time,
    /// When it leaves the game.
    leaves: Time,
    /// Until when it stays away.
    away: Time,
}

struct Candidate {
    link: LinkId,
    machine: usize,
    since: Time,
}

/// The messages of a player, each with the machine that it goes to.
pub(crate) type Sent = Vec<(usize, FromPlayer)>;

impl Player {
    pub(crate) fn new(index: usize, rng: &mut Rng) -> Self {
        let until = MS * rng.u64(300..2_500);
        Self { index, state: State::Idle { until }, seat: None, why: None, links: 0, sessions: 0 }
    }

    /// Its own clock, each 50 ms.
    pub(crate) fn turn(&mut self, now: Time, machines: usize, restless: bool, want: Want, rng: &mut Rng) -> Sent {
        let mut sent = Vec::new();
        match self.state {
            State::Idle { until } if now >= until => {
                self.sessions += 1;
                let session = SessionId((self.index as u64 + 1) << 32 | self.sessions);
                self.state = State::Joining { session, since: now };
                sent.push((rng.usize(..machines), FromPlayer::Join(session, want)));
            }
            State::Idle { .. } => {}
            State::Joining { since, .. } if now >= since + 3_500 * MS => self.idle(now, Why::Busy, rng),
            State::Joining { .. } => {}
            State::Seated => self.play(now, machines, restless, rng, &mut sent),
        }
        sent
    }

    fn play(&mut self, now: Time, machines: usize, restless: bool, rng: &mut Rng, sent: &mut Sent) {
        let Some(seat) = &mut self.seat else { return };
        if let Some((link, machine)) = seat.active {
            if restless && now >= seat.leaves {
                // Some say goodbye, some vanish for good, some come back.
                match rng.u8(..3) {
                    0 => sent.push((machine, FromPlayer::Leave(link))),
                    1 => {}
                    _ => {
                        seat.away = now + MS * rng.u64(200..3_000);
                        seat.leaves = now + MS * rng.u64(2_000..9_000);
                        seat.active = None;
                        sent.push((machine, FromPlayer::Gone(link)));
                        return;
                    }
                }
                sent.push((machine, FromPlayer::Gone(link)));
                self.idle(now, Why::Left, rng);
                return;
            }
            if now >= seat.acted + 100 * MS {
                seat.acted = now;
                sent.push((machine, FromPlayer::Act(link, rng.u64(..))));
            }
            if now < seat.heard + SILENCE {
                return;
            }
        }
        if now < seat.away {
            return;
        }
        match &seat.candidate {
            Some(candidate) if now < candidate.since + 1_200 * MS => {}
            Some(candidate) => {
                sent.push((candidate.machine, FromPlayer::Gone(candidate.link)));
                seat.candidate = None;
            }
            None if now >= seat.next_try => {
                seat.tries += 1;
                let to = match (seat.tries % 4, seat.standby) {
                    (1, Some(standby)) => machine_of(standby),
                    (3, _) => rng.usize(..machines),
                    _ => machine_of(seat.owner),
                };
                self.try_at(to, now, sent);
            }
            None => {}
        }
    }

    /// Opens a link to a machine, and keeps the old one.
    fn try_at(&mut self, machine: usize, now: Time, sent: &mut Sent) {
        self.links += 1;
        let link = LinkId((self.index as u64 + 1) << 32 | self.links);
        let Some(seat) = &mut self.seat else { return };
        if let Some(old) = seat.candidate.replace(Candidate { link, machine, since: now }) {
            sent.push((old.machine, FromPlayer::Gone(old.link)));
        }
        seat.next_try = now + 100 * MS;
        let hello = FromPlayer::Hello { link, room: seat.room, session: seat.session, returns: seat.seated };
        sent.push((machine, hello));
    }

    /// Something from a machine.
    pub(crate) fn hear(&mut self, message: ForPlayer, now: Time, rng: &mut Rng) -> Sent {
        let mut sent = Vec::new();
        match message {
            ForPlayer::Joined(of, joined) => self.joined(of, joined, now, rng, &mut sent),
            ForPlayer::Admitted(link) => {
                let Some(seat) = &mut self.seat else { return sent };
                if let Some(candidate) = seat.candidate.take_if(|candidate| candidate.link == link) {
                    if let Some((old, machine)) = seat.active.replace((link, candidate.machine)) {
                        sent.push((machine, FromPlayer::Gone(old)));
                    }
                    seat.owner = node_id(candidate.machine);
                    seat.seated = true;
                    seat.heard = now;
                    seat.tries = 0;
                    self.why = None;
                }
            }
            ForPlayer::Refused(link, refusal) => self.refused(link, refusal, now, rng, &mut sent),
            ForPlayer::Snapshot { link, epoch, standby } => {
                if let Some(seat) = &mut self.seat
                    && seat.active.is_some_and(|(active, _)| active == link)
                    && epoch >= seat.best
                {
                    seat.best = epoch;
                    seat.heard = now;
                    seat.standby = standby;
                }
            }
            ForPlayer::OpenLink(link, to) => {
                let here = self.seat.as_ref().is_some_and(|seat| seat.active.is_some_and(|(active, _)| active == link));
                if here {
                    self.try_at(machine_of(to), now, &mut sent);
                }
            }
            ForPlayer::Moved(link, to) => {
                let Some(seat) = &mut self.seat else { return sent };
                if seat.active.take_if(|(active, _)| *active == link).is_some() {
                    seat.owner = to;
                    if seat.candidate.is_none() && now >= seat.away {
                        self.try_at(machine_of(to), now, &mut sent);
                    }
                }
            }
            ForPlayer::Broken(link) => {
                if let Some(seat) = &mut self.seat {
                    seat.active.take_if(|(active, _)| *active == link);
                    seat.candidate.take_if(|candidate| candidate.link == link);
                }
            }
        }
        sent
    }

    fn joined(&mut self, of: SessionId, joined: Joined, now: Time, rng: &mut Rng, sent: &mut Sent) {
        if !matches!(self.state, State::Joining { session, .. } if session == of) {
            return;
        }
        match joined {
            Joined::Seat { room, owner, standby, epoch } => {
                self.state = State::Seated;
                self.seat = Some(Seat {
                    room,
                    session: of,
                    owner: owner.node,
                    standby,
                    seated: false,
                    active: None,
                    candidate: None,
                    best: epoch,
                    heard: now,
                    acted: now,
                    tries: 1,
                    next_try: now,
                    leaves: now + MS * rng.u64(1_500..12_000),
                    away: 0,
                });
                self.try_at(machine_of(owner.node), now, sent);
            }
            Joined::NoSeat(_) | Joined::NoRoom => self.idle(now, Why::NoSeat, rng),
            Joined::Busy => self.idle(now, Why::Busy, rng),
        }
    }

    fn refused(&mut self, link: LinkId, refusal: Refusal, now: Time, rng: &mut Rng, sent: &mut Sent) {
        let Some(seat) = &mut self.seat else { return };
        if seat.candidate.take_if(|candidate| candidate.link == link).is_none() {
            return;
        }
        let plays = seat.active.is_some() && now < seat.heard + SILENCE;
        match refusal {
            _ if plays => {}
            Refusal::At(node) => {
                let asked_again = seat.owner == node && seat.tries % 4 != 0;
                seat.owner = node;
                seat.tries += 1;
                if !asked_again {
                    self.try_at(machine_of(node), now, sent);
                }
            }
            Refusal::Wait => seat.next_try = now + 100 * MS,
            Refusal::NoRoom | Refusal::Full | Refusal::NoTicket | Refusal::NoSession => {
                if let Some((active, machine)) = seat.active {
                    sent.push((machine, FromPlayer::Gone(active)));
                }
                self.idle(now, Why::Refused(refusal), rng);
            }
        }
    }

    fn idle(&mut self, now: Time, why: Why, rng: &mut Rng) {
        self.seat = None;
        self.why = Some(why);
        self.state = State::Idle { until: now + MS * rng.u64(300..2_000) };
    }

    /// True if it plays now, or knows why not.
    pub(crate) fn is_content(&self, now: Time) -> bool {
        match self.state {
            State::Seated => {
                self.seat.as_ref().is_some_and(|seat| seat.active.is_some() && now < seat.heard + 500 * MS)
            }
            State::Idle { .. } | State::Joining { .. } => self.why == Some(Why::NoSeat),
        }
    }
}
