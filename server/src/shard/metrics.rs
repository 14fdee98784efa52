//! The metrics of a shard. Handles are looked up once; the hot path counts messages in plain integers, which are added to the
//! counters ten times a second.

use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use room::RoomStats;
use shared::wire::kind;

use super::share::Share;
use crate::{
    base::label_values::{HANDSHAKE_OUTCOMES, PHASES},
    net::{Packets, Transport, UdpStats},
};

/// Kinds of messages with their labels; the position is the index of their counters.
const KINDS: [(u8, &str, Direction); 16] = [
    (kind::HELLO, "hello", Direction::Up),
    (kind::INPUT, "input", Direction::Up),
    (kind::PING, "ping", Direction::Up),
    (kind::CHAT, "chat", Direction::Up),
    (kind::LEAVE, "leave", Direction::Up),
    (kind::RESYNC, "resync", Direction::Up),
    (kind::WATCH, "watch", Direction::Up),
    (kind::WELCOME, "welcome", Direction::Down),
    (kind::GOODBYE, "goodbye", Direction::Down),
    (kind::SNAPSHOT, "snapshot", Direction::Down),
    (kind::PLAIN_SNAPSHOT, "plain_snapshot", Direction::Down),
    (kind::EVENTS, "events", Direction::Down),
    (kind::PONG, "pong", Direction::Down),
    (kind::MAP, "map", Direction::Down),
    (kind::SESSION, "session", Direction::Down),
    (kind::RESTART, "restart", Direction::Down),
];

/// A direction, seen from the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Direction {
    /// To the players.
    Down,
    /// From the players.
    Up,
}

impl Direction {
    const ALL: [Self; 2] = [Self::Down, Self::Up];

    const fn label(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Up => "up",
        }
    }
}

/// The outcome for a client that wanted a handshake.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum HandshakeOutcome {
    Begun,
    Waited,
    Retried,
    Refused,
    Failed,
    Completed,
    Dropped,
}

/// Durations of the phases of one tick of one room.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct TickTimes {
    /// Draining sockets and decoding since the shard's last tick.
    pub(super) receive: Duration,
    pub(super) inputs: Duration,
    pub(super) simulate: Duration,
    pub(super) replicate: Duration,
    pub(super) send: Duration,
    /// From the start of the tick to its last byte, without `receive`.
    pub(super) total: Duration,
}

/// Handles and counts of one shard.
pub(super) struct Metrics {
    tick: [Histogram; PHASES.len()],
    late: Histogram,
    overruns: Counter,
    ticks: Counter,
    player_ticks: Counter,
    players: [Share; Transport::ALL.len()],
    rooms: Share,
    rooms_opened: Counter,
    rooms_closed: Counter,
    /// In the order of [`RoomStats`].
    room_stats: [Counter; 11],
    resyncs: [Counter; 2],
    handshakes: [Counter; HANDSHAKE_OUTCOMES.len()],
    rung: Gauge,
    load: Gauge,
    datagrams_dropped: Counter,
    traffic: Vec<Traffic>,
    packets: [[Counter; 2]; Transport::ALL.len()],
    websocket_packets: [u64; 2],
    udp: UdpStats,
    web: Packets,
    strays: Counter,
    sessions_held: Counter,
    sessions_resumed: [Counter; Transport::ALL.len()],
    sessions_expired: Counter,
    migrations: Counter,
    standstills: Counter,
    standstill: Gauge,
}

/// One kind of messages on one transport.
struct Traffic {
    messages: u64,
    bytes: u64,
    messages_total: Counter,
    bytes_total: Counter,
}

impl Metrics {
    /// Call it after the recorder is installed: handles that are made before count nothing.
    pub(super) fn new(shard: usize) -> Self {
        let tick = |phase: &'static str| histogram!("ricochet_tick_seconds", "phase" => phase);
        let shard = shard.to_string();
        let packets = |transport: Transport| {
            let transport = transport.label();
            Direction::ALL.map(|direction| {
                counter!("ricochet_packets_total", "direction" => direction.label(), "transport" => transport)
            })
        };
        Self {
            tick: std::array::from_fn(|phase| tick(PHASES[phase])),
            late: histogram!("ricochet_tick_late_seconds"),
            overruns: counter!("ricochet_tick_overruns_total"),
            ticks: counter!("ricochet_ticks_total"),
            player_ticks: counter!("ricochet_player_ticks_total"),
            players: Transport::ALL
                .map(|transport| Share::new(gauge!("ricochet_players", "transport" => transport.label()))),
            rooms: Share::new(gauge!("ricochet_rooms")),
            rooms_opened: counter!("ricochet_rooms_opened_total"),
            rooms_closed: counter!("ricochet_rooms_closed_total"),
            room_stats: [
                counter!("ricochet_inputs_applied_total"),
                counter!("ricochet_inputs_late_total"),
                counter!("ricochet_inputs_early_total"),
                counter!("ricochet_inputs_missing_total"),
                counter!("ricochet_view_ages_cut_total"),
                counter!("ricochet_messages_oversized_total"),
                counter!("ricochet_snapshots_total"),
                counter!("ricochet_updates_total"),
                counter!("ricochet_snapshots_full_total"),
                counter!("ricochet_snapshots_skipped_total"),
                counter!("ricochet_matches_total"),
            ],
            resyncs: ["asked", "backlog"].map(|cause| counter!("ricochet_resyncs_total", "cause" => cause)),
            handshakes: HANDSHAKE_OUTCOMES.map(|outcome| counter!("ricochet_handshakes_total", "outcome" => outcome)),
            rung: gauge!("ricochet_overload_rung", "shard" => shard.clone()),
            load: gauge!("ricochet_shard_load", "shard" => shard),
            datagrams_dropped: counter!("ricochet_datagrams_dropped_total"),
            traffic: Transport::ALL
                .into_iter()
                .flat_map(|transport| KINDS.map(|kind| Traffic::new(transport, kind)))
                .collect(),
            packets: Transport::ALL.map(packets),
            websocket_packets: [0; 2],
            udp: UdpStats::default(),
            web: Packets::default(),
            strays: counter!("ricochet_datagrams_stray_total"),
            sessions_held: counter!("ricochet_sessions_held_total"),
            sessions_resumed: Transport::ALL
                .map(|transport| counter!("ricochet_sessions_resumed_total", "transport" => transport.label())),
            sessions_expired: counter!("ricochet_sessions_expired_total"),
            migrations: counter!("ricochet_migrations_total"),
            standstills: counter!("ricochet_standstills_total"),
            standstill: gauge!("ricochet_last_standstill_seconds"),
        }
    }

    /// Counts a message of either direction.
    #[inline]
    pub(super) fn count_message(&mut self, transport: Transport, kind: u8, length: usize) {
        let Some(traffic) = self.traffic.get_mut(transport.index() * KINDS.len() + kind_index(kind)) else { return };
        traffic.messages += 1;
        traffic.bytes += length as u64;
    }

    /// Counts datagrams that belonged to no WebTransport session.
    pub(super) fn count_strays(&self, strays: u64) {
        if strays > 0 {
            self.strays.increment(strays);
        }
    }

    /// Counts reads or writes on the sockets of WebSockets.
    #[inline]
    pub(super) fn count_websocket_packets(&mut self, direction: Direction, packets: u64) {
        self.websocket_packets[direction as usize] += packets;
    }

    pub(super) fn count_handshake(&self, outcome: HandshakeOutcome) {
        self.count_handshakes(outcome, 1);
    }

    pub(super) fn count_handshakes(&self, outcome: HandshakeOutcome, count: u64) {
        self.handshakes[outcome as usize].increment(count);
    }

    /// Counts a closed link; `reason` is one of [`shared::wire::DisconnectReason::label`], or `lost`.
    pub(super) fn count_close(&self, reason: &'static str) {
        counter!("ricochet_closes_total", "reason" => reason).increment(1);
    }

    pub(super) fn count_decode_error(&self, error: &'static str) {
        counter!("ricochet_decode_errors_total", "error" => error).increment(1);
    }

    /// Counts ticks that could not begin within their period: made later, or skipped.
    pub(super) fn record_overruns(&self, ticks: u32) {
        if ticks > 0 {
            self.overruns.increment(ticks.into());
        }
    }

    /// Records a tick of a room, which began `late` after its deadline.
    pub(super) fn record_tick(&self, times: &TickTimes, late: Duration, players: usize) {
        self.late.record(late);
        let TickTimes { receive, inputs, simulate, replicate, send, total } = *times;
        for (histogram, duration) in self.tick.iter().zip([receive, inputs, simulate, replicate, send, total]) {
            histogram.record(duration);
        }
        self.ticks.increment(1);
        self.player_ticks.increment(players as u64);
    }

    /// Adds the difference between two counts of a room.
    pub(super) fn record_room(&self, now: &RoomStats, before: &RoomStats) {
        for ((counter, now), before) in self.room_stats.iter().zip(in_order(now)).zip(in_order(before)) {
            counter.increment(now - before);
        }
    }

    pub(super) fn player_joined(&mut self, transport: Transport) {
        self.players[transport.index()].increment();
    }

    pub(super) fn player_left(&mut self, transport: Transport) {
        self.players[transport.index()].decrement();
    }

    /// Counts a session that is held after its link has ended.
    pub(super) fn count_session_held(&self) {
        self.sessions_held.increment(1);
    }

    /// Counts a session that continues on another link.
    pub(super) fn count_resume(&self, transport: Transport) {
        self.sessions_resumed[transport.index()].increment(1);
    }

    /// Counts a held session whose resume time-out has passed.
    pub(super) fn count_session_expired(&self) {
        self.sessions_expired.increment(1);
    }

    /// Counts a connection that continues from another address.
    pub(super) fn count_migration(&self) {
        self.migrations.increment(1);
    }

    /// Counts a standstill of the process, and shows its length.
    pub(super) fn count_standstill(&self, time: Duration) {
        self.standstills.increment(1);
        self.standstill.set(time.as_secs_f64());
    }

    /// Counts a ticket or token that was refused.
    pub(super) fn count_pass_refused(&self, cause: &'static str) {
        counter!("ricochet_passes_refused_total", "cause" => cause).increment(1);
    }

    pub(super) fn room_opened(&mut self) {
        self.rooms.increment();
        self.rooms_opened.increment(1);
    }

    /// Counts a room that ended because of a fault in its game.
    pub(super) fn count_room_failed(&self, game: &'static str) {
        counter!("ricochet_rooms_failed_total", "game" => game).increment(1);
    }

    pub(super) fn room_closed(&mut self) {
        self.rooms.decrement();
        self.rooms_closed.increment(1);
    }

    /// Counts a resync, which sends the whole state to a player: because the player asked, or its link had to drop reliable messages.
    pub(super) fn count_resync(&self, asked: bool) {
        self.resyncs[usize::from(!asked)].increment(1);
    }

    pub(super) fn set_rung(&self, rung: u8) {
        self.rung.set(f64::from(rung));
    }

    /// Adds the plain counts to the counters.
    pub(super) fn flush(&mut self, udp: UdpStats, web: Packets, load: f64) {
        for traffic in &mut self.traffic {
            if traffic.messages > 0 {
                traffic.messages_total.increment(std::mem::take(&mut traffic.messages));
                traffic.bytes_total.increment(std::mem::take(&mut traffic.bytes));
            }
        }
        let [quic, websocket, webtransport] = &self.packets;
        let (web_down, web_up) = (web.down - self.web.down, web.up - self.web.up);
        let (udp_down, udp_up) = (udp.sent - self.udp.sent, udp.received - self.udp.received);
        webtransport[Direction::Down as usize].increment(web_down);
        webtransport[Direction::Up as usize].increment(web_up);
        // Packets that the kernel had no room for are in the counts of the links, but not in those of the socket.
        quic[Direction::Down as usize].increment(udp_down.saturating_sub(web_down));
        quic[Direction::Up as usize].increment(udp_up.saturating_sub(web_up));
        self.datagrams_dropped.increment(udp.dropped - self.udp.dropped);
        for (counter, count) in websocket.iter().zip(&mut self.websocket_packets) {
            counter.increment(std::mem::take(count));
        }
        self.udp = udp;
        self.web = web;
        self.load.set(load);
    }
}

impl Traffic {
    fn new(transport: Transport, (_, kind, direction): (u8, &'static str, Direction)) -> Self {
        let (direction, transport) = (direction.label(), transport.label());
        Self {
            messages: 0,
            bytes: 0,
            messages_total: counter!("ricochet_messages_total", "direction" => direction, "transport" => transport, "kind" => kind),
            bytes_total: counter!("ricochet_bytes_total", "direction" => direction, "transport" => transport, "kind" => kind),
        }
    }
}

/// Counts of a room, in the order of their counters.
fn in_order(stats: &RoomStats) -> [u64; 11] {
    let RoomStats {
        inputs_applied,
        inputs_late,
        inputs_early,
        inputs_missing,
        view_ages_cut,
        messages_oversized,
        snapshots,
        updates,
        snapshots_full,
        snapshots_skipped,
        matches,
    } = *stats;
    [
        inputs_applied,
        inputs_late,
        inputs_early,
        inputs_missing,
        view_ages_cut,
        messages_oversized,
        snapshots,
        updates,
        snapshots_full,
        snapshots_skipped,
        matches,
    ]
}

/// Position of a kind in [`KINDS`]: clients' kinds count from 0, the server's from 16.
const fn kind_index(kind: u8) -> usize {
    match kind {
        kind::HELLO..=kind::WATCH => kind as usize,
        _ => (kind - kind::WELCOME + kind::WATCH + 1) as usize,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_place() {
        for (index, (kind, ..)) in KINDS.into_iter().enumerate() {
            assert_eq!(kind_index(kind), index, "kind {kind}");
        }
    }
}
