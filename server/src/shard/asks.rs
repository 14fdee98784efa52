//! What administrators ask of a shard. Each ask is answered once, between two ticks.

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
use crate::{net::link_state::Goodbye, session::Seat, session::SessionId};

/// Where an answer goes; who asked may have gone meanwhile.
pub type Reply<T> = oneshot::Sender<T>;

/// What is asked.
#[derive(Debug)]
pub enum Ask {
    /// What it looks like: all rooms with their players.
    Look {
        /// The answer.
        reply: Reply<ShardLook>,
    },
    /// Its seconds from a number on.
    Seconds {
        /// The first second that is not known yet.
        since: u32,
        /// The answer.
        reply: Reply<Vec<Second>>,
    },
    /// Who a session is, if it is on this shard.
    Find {
        /// Which.
        session: SessionId,
        /// The answer.
        reply: Reply<Option<Found>>,
    },
    /// Who a session is, or was until a moment ago.
    Trace {
        /// Which.
        session: SessionId,
        /// The answer.
        reply: Reply<Option<Found>>,
    },
    /// Ends a session for good.
    Kick {
        /// Which.
        session: SessionId,
        /// What its player reads.
        text: String,
        /// Who that was; none if the session is not on this shard.
        reply: Reply<Option<Found>>,
    },
    /// Ends the match of a room.
    EndMatch {
        /// Which.
        room: RoomId,
        /// Whether the room is there.
        reply: Reply<Result<(), AskError>>,
    },
    /// Begins a match on another map.
    ChangeMap {
        /// Where.
        room: RoomId,
        /// The map's name.
        map: String,
        /// Whether room and map are there.
        reply: Reply<Result<(), AskError>>,
    },
    /// What a match is made of.
    Inspect {
        /// Where.
        room: RoomId,
        /// What is looked at.
        look: Look,
        /// What there is to see.
        reply: Reply<Result<Box<Inspection>, AskError>>,
    },
    /// Sets a field of an entity, in development.
    Edit {
        /// Where.
        room: RoomId,
        /// Whose.
        id: EntityId,
        /// Its name.
        field: String,
        /// What it becomes.
        value: Reflected,
        /// Whether it has become that.
        reply: Reply<Result<(), AskError>>,
    },
    /// Makes links worse, or well again if the conditions are clear.
    Condition {
        /// Which.
        target: Target,
        /// From now on.
        config: ConditionerConfig,
        /// How many links it were; none if the session or room is not here.
        reply: Reply<Option<usize>>,
    },
}

/// Whose links.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// One player's.
    Session(SessionId),
    /// Everybody's in a room, and of those who join it.
    Room(RoomId),
}

/// Why an ask came to nothing.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AskError {
    /// There is no such room.
    #[error("there is no room {}", room.0)]
    UnknownRoom {
        /// What was asked for.
        room: RoomId,
    },
    /// The room does not play such a map.
    #[error("room {} has no map \"{map}\"; it has {}", room.0, known.join(", "))]
    UnknownMap {
        /// The room.
        room: RoomId,
        /// What was asked for.
        map: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A field was not set.
    #[error("{reason}")]
    NotEdited {
        /// Why.
        reason: String,
    },
}

/// A player that was found by its session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Found {
    /// Where it plays.
    pub room: RoomId,
    /// Where its link comes from, or came from last; none while it has had no link since the server started.
    pub address: Option<SocketAddr>,
}

/// A shard as it is now.
#[derive(Debug)]
pub struct ShardLook {
    /// Its rooms.
    pub rooms: Vec<RoomLook>,
    /// Links that have not joined, or are saying goodbye.
    pub strangers: usize,
    /// Time that it worked, smoothed, 0 to 1.
    pub load: f64,
    /// Rung of the overload ladder.
    pub rung: u8,
}

/// A room as it is now.
#[derive(Debug)]
pub struct RoomLook {
    /// Its number.
    pub id: RoomId,
    /// The maps it plays in turn.
    pub maps: Vec<String>,
    /// What is done to the links of those who join it.
    pub condition: Option<ConditionerConfig>,
    /// Everybody with a seat.
    pub roster: Vec<(PlayerId, Profile)>,
    /// What the game says of the match and of them.
    pub summary: Summary,
    /// Everybody with a link.
    pub links: Vec<LinkLook>,
    /// Players whose link is gone and who are awaited.
    pub held: Vec<HeldLook>,
}

/// A player or spectator without a link, who is awaited.
#[derive(Clone, Copy, Debug)]
pub struct HeldLook {
    /// The number of its player in the room.
    pub player: u16,
    /// Its session.
    pub session: SessionId,
    /// Where its last link came from, if it had one since the server started.
    pub address: Option<SocketAddr>,
}

/// A player's or spectator's link as it is now.
#[derive(Clone, Debug)]
pub struct LinkLook {
    /// The number of its player in the room.
    pub player: u16,
    /// Its session.
    pub session: SessionId,
    /// Where it comes from.
    pub address: SocketAddr,
    /// What it travels on.
    pub transport: &'static str,
    /// The transport's round trip, where it knows one.
    pub rtt: Option<Duration>,
    /// Part of our packets that were lost, where the transport knows.
    pub loss: Option<f64>,
    /// Payload to the player since its link began, bytes.
    pub down_bytes: u64,
    /// Payload from the player.
    pub up_bytes: u64,
    /// How long the link is there.
    pub age: Duration,
    /// Whether it takes no more bytes now.
    pub blocked: bool,
    /// What is done to it on purpose.
    pub condition: Option<ConditionerConfig>,
    /// What the room counted.
    pub stats: PlayerStats,
}

/// Conditions of links, as the API tells and takes them.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct Conditions {
    /// Time every message takes in addition, one way, ms.
    pub delay_ms: u64,
    /// Up to this much more or less, ms.
    pub jitter_ms: u64,
    /// Part of the messages that is lost, 0 to 1; what is reliable comes later instead.
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
        // Who asked may have given up; then nobody is sorry that the answer goes nowhere.
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

    /// A new member of a room gets the room's conditions.
    pub(super) fn condition_newcomer(&mut self, key: usize, now: Duration) {
        let Some(hosted) = self.peers[key].session.seat().and_then(|seat| self.rooms.get(seat.room)) else { return };
        if let Some(config) = hosted.condition {
            self.condition_link(key, config, now);
        }
    }

    /// Moves what is under way on links that are made worse.
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
            // A player who is awaited has no link to make worse.
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
