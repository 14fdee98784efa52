//! From a hello to a seat: a ticket takes a reserved seat, a token resumes a session in its seat.

use std::time::Duration;

use room::{JoinError, Joining, Match};
use shared::{
    MemberId,
    wire::{DisconnectReason, Hello, ServerMessage, SessionMessage},
};

use super::worker::Worker;
use crate::{
    logging,
    net::link_state::Goodbye,
    session::{FIRST_GENERATION, HeldSession, Pass, Resumed, Role, Seat, SessionId, Ticket, Token},
};

impl Worker {
    /// Exchanges the ticket or token of a hello for a seat.
    ///
    /// # Errors
    /// The goodbye for the peer.
    pub(super) fn join(&mut self, key: usize, hello: Hello<'_>, now: Duration) -> Result<Seat, Goodbye> {
        let pass = self.directory.open(hello.ticket).map_err(|error| {
            self.metrics.count_pass_refused(error.label());
            Goodbye::new(DisconnectReason::BadTicket, error.to_string())
        })?;
        // A hello may come in the packet that ends its handshake.
        self.count_connection(key)?;
        if let Some(lease) = &self.peers[key].lease {
            lease.play()?;
        }
        match pass {
            Pass::Ticket(ticket) => self.take_seat(key, hello, ticket, now),
            Pass::Token(token) => self.resume(key, hello, token, now),
        }
    }

    fn take_seat(&mut self, key: usize, hello: Hello<'_>, ticket: Ticket, now: Duration) -> Result<Seat, Goodbye> {
        self.check_shard("the ticket is", ticket.shard)?;
        let reservation = self.directory.redeem(ticket, self.clock.real(now)).map_err(|error| {
            self.metrics.count_pass_refused(error.label());
            Goodbye::new(DisconnectReason::BadTicket, error.to_string())
        })?;
        let (handle, part, session) = (reservation.room, reservation.part, reservation.session);
        let room_id = handle.id;
        let Some(&room) = self.room_indices.get(&room_id) else {
            self.directory.release(&handle, part);
            self.directory.forget(session);
            return Err(Goodbye::new(DisconnectReason::RoomClosed, "the room was closed"));
        };
        let hosted = &mut self.rooms[room];
        let name = match part {
            Role::Play => hosted.names.distinct(reservation.name, hosted.room.roster()),
            Role::Watch => reservation.name,
        };
        let logged = logging::name(&name).map(str::to_owned);
        let joining = self.joining(key, hello, name);
        let room_of = &mut self.rooms[room].room;
        let joined = match part {
            Role::Play => room_of.join(joining).map(MemberId::from),
            Role::Watch => room_of.spectate(&joining).map(MemberId::from),
        };
        let member = joined.map_err(|error| {
            self.directory.release(&handle, part);
            self.directory.forget(session);
            Goodbye::new(refusal(&error), error.to_string())
        })?;
        let seat = Seat { room, member, session };
        self.sessions.join(seat, key);
        self.link_up(key, seat, FIRST_GENERATION, now);
        let peer = &self.peers[key];
        tracing::debug!(
            shard = self.config.index, room = room_id.0, %session, %member, name = logged,
            peer = %logging::address(peer.address), transport = peer.link.transport().label(), "joined",
        );
        Ok(seat)
    }

    fn resume(&mut self, key: usize, hello: Hello<'_>, token: Token, now: Duration) -> Result<Seat, Goodbye> {
        self.check_shard("this session is", token.shard)?;
        let session = token.session;
        let Resumed { seat, before, generation } =
            self.sessions.resume_on(session, token.generation, key).map_err(|error| {
                self.metrics.count_pass_refused(error.label());
                let (shard, peer) = (self.config.index, logging::address(self.peers[key].address));
                tracing::debug!(shard, %session, %peer, %error, "resume refused");
                Goodbye::new(DisconnectReason::SessionOver, error.to_string())
            })?;
        if let Some(before) = before {
            self.supersede(before, now);
        }
        let joining = self.joining(key, hello, String::new());
        let kept = self.rooms[seat.room].room.resume(seat.member, &joining);
        debug_assert!(kept || self.rooms[seat.room].room.failure().is_some(), "a session has a seat");
        self.link_up(key, seat, generation, now);
        let peer = &self.peers[key];
        self.metrics.count_resume(peer.link.transport());
        tracing::debug!(
            shard = self.config.index, room = self.rooms[seat.room].handle.id.0, %session, member = %seat.member,
            peer = %logging::address(peer.address), transport = peer.link.transport().label(), moved = before.is_some(),
            "resumed",
        );
        Ok(seat)
    }

    /// Holds the sessions of a restored room until their players come back. The directory has counted their seats already.
    pub(super) fn await_players(&mut self, room: usize, sessions: &[HeldSession], now: Duration) {
        for &held in sessions {
            self.sessions.restore(room, held, now);
            let HeldSession { session, member, generation, account } = held;
            self.rooms[room].room.note_session(member, session.0, generation, account.map(|mark| mark.0));
        }
    }

    /// Refuses tickets and tokens of another shard. They are not used up, so the right shard still accepts them.
    fn check_shard(&self, what: &str, shard: u16) -> Result<(), Goodbye> {
        let here = self.config.index;
        if usize::from(shard) == here {
            return Ok(());
        }
        self.metrics.count_pass_refused("wrong_shard");
        Err(Goodbye::new(DisconnectReason::WrongShard, format!("{what} on shard {shard}, and this is shard {here}")))
    }

    fn joining(&self, key: usize, hello: Hello<'_>, name: String) -> Joining {
        let reliable = !self.peers[key].link.transport().supports_unreliable();
        Joining { name, plain: hello.plain, reliable }
    }

    /// Connects a session with a link, and prepares the message with the token that resumes it.
    fn link_up(&mut self, key: usize, seat: Seat, generation: u32, now: Duration) {
        let hosted = &mut self.rooms[seat.room];
        hosted.members.insert(seat.member, key);
        self.addresses.note(seat.session, hosted.handle.id, self.peers[key].address);
        let account = self.directory.account_of(seat.session).map(|mark| mark.0);
        hosted.room.note_session(seat.member, seat.session.0, generation, account);
        let message = self.session_message(seat, generation);
        let peer = &mut self.peers[key];
        peer.session.joined(seat, now);
        if let Some(before) = self.sessions.allowances(seat.session) {
            peer.session.go_on_with(&before);
        }
        peer.untold = Some(message);
        peer.unheard = true;
        self.metrics.player_joined(peer.link.transport());
    }

    fn session_message(&self, seat: Seat, generation: u32) -> Vec<u8> {
        let Seat { room, session, .. } = seat;
        let resume_secs = self.sessions.resume().as_secs() as u16;
        let token = || {
            let (room, shard) = (self.rooms[room].handle.id, self.config.index as u16);
            self.directory.seal(Token { session, room, shard, generation })
        };
        let token = if resume_secs == 0 { String::new() } else { token() };
        let mut bytes = Vec::new();
        ServerMessage::Session(SessionMessage { id: session.to_string(), token, resume_secs }).encode(&mut bytes);
        bytes
    }

    /// Notes the first input over a link: it proves that the player has received the answer to its hello.
    pub(super) fn hear(&mut self, key: usize, session: SessionId) {
        if std::mem::take(&mut self.peers[key].unheard) {
            self.sessions.handle_input(session);
        }
    }
}

const fn refusal(error: &JoinError) -> DisconnectReason {
    match error {
        JoinError::Failed => DisconnectReason::RoomFailed,
        JoinError::Full { .. } | JoinError::TooEarly { .. } | JoinError::Crowded { .. } => DisconnectReason::RoomFull,
    }
}
