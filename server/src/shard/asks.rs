//! Queries and commands of administrators to a shard. The shard answers each once, between two ticks.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use room::{Inspection, Look, Match, PlayerStats};
use serde::Serialize;
use shared::{
    EntityId, PlayerId, RoomId,
    conditioner::ConditionerConfig,
    game::{Profile, Summary, reflect::Reflected},
    wire::DisconnectReason,
};
use tokio::sync::oneshot;

use super::{seconds::Second, worker::Worker};
use crate::{
    net::link_state::Goodbye,
    session::{Seat, SessionId},
};

/// The channel for an answer. Its receiver may be dropped before the answer is sent.
pub type Reply<T> = oneshot::Sender<T>;

/// A query or command of an administrator.
#[derive(Debug)]
pub enum Ask {
    /// The state of the shard: all rooms with their players.
    Look {
        /// The answer.
        reply: Reply<ShardLook>,
    },
    /// The measured seconds of the shard, from a number on.
    Seconds {
        /// The first second that the sender does not have yet.
        since: u32,
        /// The answer.
        reply: Reply<Vec<Second>>,
    },
    /// Finds the player of a session on this shard.
    Find {
        /// The session.
        session: SessionId,
        /// The answer.
        reply: Reply<Option<Found>>,
    },
    /// Finds the player of a session on this shard, or of one that ended recently.
    Trace {
        /// The session.
        session: SessionId,
        /// The answer.
        reply: Reply<Option<Found>>,
    },
    /// Ends a session for good.
    Kick {
        /// The session.
        session: SessionId,
        /// The text of the goodbye, for the player.
        text: String,
        /// The player; none if the session is not on this shard.
        reply: Reply<Option<Found>>,
    },
    /// Ends the match of a room.
    EndMatch {
        /// The room.
        room: RoomId,
        /// An error if there is no such room.
        reply: Reply<Result<(), AskError>>,
    },
    /// Begins a match on another map.
    ChangeMap {
        /// The room.
        room: RoomId,
        /// The name of the map.
        map: String,
        /// An error if there is no such room or map.
        reply: Reply<Result<(), AskError>>,
    },
    /// The state of a match, down to the fields of its entities.
    Inspect {
        /// The room.
        room: RoomId,
        /// The selection of entities and fields.
        look: Look,
        /// The selected state, or an error if there is no such room.
        reply: Reply<Result<Box<Inspection>, AskError>>,
    },
    /// Sets a field of an entity, in development.
    Edit {
        /// The room.
        room: RoomId,
        /// The entity.
        id: EntityId,
        /// The name of the field.
        field: String,
        /// The new value.
        value: Reflected,
        /// An error if the field was not set.
        reply: Reply<Result<(), AskError>>,
    },
    /// Degrades links on purpose, or restores them if the conditions are clear.
    Condition {
        /// The links.
        target: Target,
        /// The conditions from now on.
        config: ConditionerConfig,
        /// The number of links that got the conditions; none if the session or room is not on this shard.
        reply: Reply<Option<usize>>,
    },
}

/// The links that get conditions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// The link of one player.
    Session(SessionId),
    /// All links of a room, and those of members who join it later.
    Room(RoomId),
}

/// Reasons why a query or command has failed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AskError {
    /// There is no such room.
    #[error("there is no room {}", room.0)]
    UnknownRoom {
        /// The requested room.
        room: RoomId,
    },
    /// The room has no such map.
    #[error("room {} has no map \"{map}\"; it has {}", room.0, known.join(", "))]
    UnknownMap {
        /// The room.
        room: RoomId,
        /// The requested map.
        map: String,
        /// The maps that it has.
        known: Vec<String>,
    },
    /// A field was not set.
    #[error("{reason}")]
    NotEdited {
        /// The reason, as a sentence.
        reason: String,
    },
}

/// A player that was found by its session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Found {
    /// The room that it plays in.
    pub room: RoomId,
    /// The address of its link, or of its last link; none if it has had no link since the server started.
    pub address: Option<SocketAddr>,
}

/// The state of a shard.
#[derive(Debug)]
pub struct ShardLook {
    /// Its rooms.
    pub rooms: Vec<RoomLook>,
    /// Links that have not joined yet, or are closing.
    pub strangers: usize,
    /// The part of time that it works, smoothed, 0 to 1.
    pub load: f64,
    /// Rung of the overload ladder.
    pub rung: u8,
}

/// The state of a room.
#[derive(Debug)]
pub struct RoomLook {
    /// Its number.
    pub id: RoomId,
    /// The maps it plays in turn.
    pub maps: Vec<String>,
    /// The conditions for links of members who join it.
    pub condition: Option<ConditionerConfig>,
    /// Every player with a seat, computer opponents included.
    pub roster: Vec<(PlayerId, Profile)>,
    /// The game's facts about the match and its players.
    pub summary: Summary,
    /// Every member with a link.
    pub links: Vec<LinkLook>,
    /// Members without a link, whose sessions are held.
    pub held: Vec<HeldLook>,
}

/// A player or spectator without a link, whose session is held.
#[derive(Clone, Copy, Debug)]
pub struct HeldLook {
    /// The number of its player in the room.
    pub player: u16,
    /// Its session.
    pub session: SessionId,
    /// The address of its last link, if it had one since the server started.
    pub address: Option<SocketAddr>,
}

/// The state of a player's or spectator's link.
#[derive(Clone, Debug)]
pub struct LinkLook {
    /// The number of its player in the room.
    pub player: u16,
    /// Its session.
    pub session: SessionId,
    /// The address of the peer.
    pub address: SocketAddr,
    /// The label of its transport.
    pub transport: &'static str,
    /// The transport's round-trip time, if it measures one.
    pub rtt: Option<Duration>,
    /// The part of our packets that were lost, 0 to 1, if the transport measures it.
    pub loss: Option<f64>,
    /// Payload to the player since its link began, bytes.
    pub down_bytes: u64,
    /// Payload from the player since its link began, bytes.
    pub up_bytes: u64,
    /// Time since the link began.
    pub age: Duration,
    /// The link accepts no more bytes now.
    pub blocked: bool,
    /// The conditions that degrade it on purpose.
    pub condition: Option<ConditionerConfig>,
    /// The room's counts for the member.
    pub stats: PlayerStats,
}

/// Conditions of links, in the form of the API.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct Conditions {
    /// Additional delay of every message, one way, ms.
    pub delay_ms: u64,
    /// Largest random difference from that delay, ms.
    pub jitter_ms: u64,
    /// The part of messages that are lost, 0 to 1; reliable messages come later instead.
    pub loss: f64,
}

impl From<ConditionerConfig> for Conditions {
    fn from(config: ConditionerConfig) -> Self {
        let ms = |duration: Duration| duration.as_millis() as u64;
        Self { delay_ms: ms(config.delay), jitter_ms: ms(config.jitter), loss: config.loss }
    }
}

impl Worker {
    pub(super) fn handle_ask(&mut self, ask: Ask, now: Duration) {
        // The receiver may have given up, so errors of `send` are ignored.
        match ask {
            Ask::Look { reply } => {
                let _ = reply.send(self.look(now));
            }
            Ask::Seconds { since, reply } => {
                let _ = reply.send(self.seconds.since(since));
            }
            Ask::Find { session, reply } => {
                let _ = reply.send(self.find(session));
            }
            Ask::Trace { session, reply } => {
                let last =
                    || self.addresses.of(session).map(|last| Found { room: last.room, address: Some(last.address) });
                let _ = reply.send(self.find(session).or_else(last));
            }
            Ask::Kick { session, text, reply } => {
                let found = self.find(session);
                self.end_session(session, Goodbye::new(DisconnectReason::Kicked, text), now);
                let _ = reply.send(found);
            }
            Ask::EndMatch { room, reply } => {
                let ended = self.room_index(room).map(|index| self.rooms[index].room.end_match());
                let _ = reply.send(ended);
            }
            Ask::ChangeMap { room, map, reply } => {
                let _ = reply.send(self.change_map(room, map));
            }
            Ask::Inspect { room, look, reply } => {
                let seen = self.room_index(room).map(|index| Box::new(self.rooms[index].room.inspect(&look)));
                let _ = reply.send(seen);
            }
            Ask::Edit { room, id, field, value, reply } => {
                let edited = self.room_index(room).and_then(|index| {
                    let edited = self.rooms[index].room.edit(id, &field, &value);
                    edited.map_err(|reason| AskError::NotEdited { reason })
                });
                let _ = reply.send(edited);
            }
            Ask::Condition { target, config, reply } => {
                let _ = reply.send(self.condition(target, config, now));
            }
        }
    }

    /// Gives the room's conditions to the link of a new member.
    pub(super) fn condition_newcomer(&mut self, key: usize, now: Duration) {
        let Some(hosted) = self.peers[key].session.seat().and_then(|seat| self.rooms.get(seat.room)) else { return };
        if let Some(config) = hosted.condition {
            self.condition_link(key, config, now);
        }
    }

    /// Moves the messages that are in flight on degraded links.
    pub(super) fn pump_conditioned(&mut self, now: Duration) {
        let mut place = 0;
        while let Some(key) = self.conditioned.at(place) {
            self.make_ready(key);
            let goes_on = self.peers.get_mut(key).is_some_and(|peer| {
                self.dirty.push(key);
                peer.link.pump(now, &mut self.quic)
            });
            if goes_on { place += 1 } else { self.conditioned.remove(key) }
        }
    }

    fn look(&mut self, now: Duration) -> ShardLook {
        let mut held: BTreeMap<usize, Vec<Seat>> = BTreeMap::new();
        for seat in self.sessions.awaited() {
            held.entry(seat.room).or_default().push(seat);
        }
        let rooms = self.rooms.iter().map(|(index, hosted)| {
            let links = hosted.members.keys().filter_map(|key| {
                let peer = self.peers.get(key)?;
                let Seat { member, session, .. } = peer.session.seat()?;
                let stats = peer.link.stats();
                Some(LinkLook {
                    player: member.number(hosted.handle.seats),
                    session,
                    address: peer.address,
                    transport: peer.link.transport().label(),
                    rtt: peer.link.rtt(),
                    loss: peer.link.loss(),
                    down_bytes: stats.down.bytes,
                    up_bytes: stats.up.bytes,
                    age: now.saturating_sub(peer.began),
                    blocked: peer.session.is_blocked(),
                    condition: peer.link.condition(),
                    stats: hosted.room.player_stats(member).unwrap_or_default(),
                })
            });
            let held = held.remove(&index).unwrap_or_default().into_iter().map(|seat| HeldLook {
                player: seat.member.number(hosted.handle.seats),
                session: seat.session,
                address: self.addresses.of(seat.session).map(|last| last.address),
            });
            RoomLook {
                id: hosted.handle.id,
                maps: hosted.room.map_names(),
                condition: hosted.condition,
                roster: hosted.room.roster(),
                summary: hosted.room.summary(),
                links: links.collect(),
                held: held.collect(),
            }
        });
        let rooms: Vec<RoomLook> = rooms.collect();
        let playing: usize = rooms.iter().map(|room| room.links.len()).sum();
        ShardLook {
            rooms,
            strangers: self.peers.len() - playing,
            load: self.overload.load(),
            rung: self.overload.rung(),
        }
    }

    fn find(&self, session: SessionId) -> Option<Found> {
        let (seat, key) = self.sessions.find(session)?;
        let room = self.rooms.get(seat.room)?.handle.id;
        let linked = key.and_then(|key| self.peers.get(key)).map(|peer| peer.address);
        Some(Found { room, address: linked.or_else(|| self.addresses.of(session).map(|last| last.address)) })
    }

    fn room_index(&self, room: RoomId) -> Result<usize, AskError> {
        self.room_indices.get(&room).copied().ok_or(AskError::UnknownRoom { room })
    }

    fn change_map(&mut self, room: RoomId, map: String) -> Result<(), AskError> {
        let index = self.room_index(room)?;
        let playing = &mut self.rooms[index].room;
        let known = playing.map_names();
        match known.iter().position(|name| *name == map) {
            Some(place) if playing.change_map(place) => Ok(()),
            _ => Err(AskError::UnknownMap { room, map, known }),
        }
    }

    fn condition(&mut self, target: Target, config: ConditionerConfig, now: Duration) -> Option<usize> {
        let keys: Vec<usize> = match target {
            // A held session has no link to degrade.
            Target::Session(session) => self.sessions.find(session)?.1.into_iter().collect(),
            Target::Room(room) => {
                let index = self.room_index(room).ok()?;
                let hosted = &mut self.rooms[index];
                hosted.condition = (!config.is_clear()).then_some(config);
                hosted.members.keys().collect()
            }
        };
        keys.iter().for_each(|&key| self.condition_link(key, config, now));
        Some(keys.len())
    }

    fn condition_link(&mut self, key: usize, config: ConditionerConfig, now: Duration) {
        let peer = &mut self.peers[key];
        let seed = peer.session.seat().map_or(0, |seat| seat.session.0);
        peer.link.set_condition(config, seed, now);
        self.conditioned.insert(key);
    }
}
