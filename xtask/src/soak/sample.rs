//! One look at the server: a line of the table.

use std::{fmt, time::Duration};

use crate::live_server;

/// The state at a moment.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Sample {
    pub(super) at: Duration,
    pub(super) memory: u64,
    pub(super) descriptors: u64,
    pub(super) links: u64,
    pub(super) players: u64,
    /// Players whose link is gone and who are awaited.
    pub(super) held: u64,
    pub(super) seats: u64,
    pub(super) rooms: u64,
    pub(super) joins: u64,
    pub(super) panics: u64,
    pub(super) disk: Disk,
}

/// Number and bytes of files.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Disk {
    /// Files of running matches.
    pub(super) rooms: (u64, u64),
    /// Files of ended matches.
    pub(super) recordings: (u64, u64),
}

pub(super) const HEADINGS: &str =
    "    time  memory MiB   fds  links  players  held  seats  rooms    joins  room files  recordings      MiB";

impl Sample {
    /// From the text of `/metrics`.
    pub(super) fn new(at: Duration, text: &str, disk: Disk) -> Self {
        let sum = |name: &str| live_server::sum(text, name) as u64;
        Self {
            at,
            memory: sum("process_resident_memory_bytes"),
            descriptors: sum("process_open_fds"),
            links: sum("ricochet_links"),
            players: sum("ricochet_players"),
            held: sum("ricochet_sessions_held"),
            seats: sum("ricochet_seats_taken"),
            rooms: sum("ricochet_rooms"),
            joins: sum("ricochet_joins_total"),
            panics: sum("ricochet_panics_total"),
            disk,
        }
    }

    /// Nobody is here or awaited, and only the room that never closes is open.
    pub(super) fn is_at_rest(&self) -> bool {
        let Self { links, players, held, seats, rooms, .. } = *self;
        links + players + held + seats == 0 && rooms == 1
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, memory, descriptors, links, players, held, seats, rooms, joins, disk, .. } = *self;
        let mib = |bytes: u64| bytes as f64 / (1024.0 * 1024.0);
        let (room_files, recordings) = (disk.rooms.0, disk.recordings.0);
        write!(
            f,
            "{:>6.0} s  {:>10.1}  {descriptors:>4}  {links:>5}  {players:>7}  {held:>4}  {seats:>5}  {rooms:>5}  {joins:>7}  \
             {room_files:>10}  {recordings:>10}  {:>7.1}",
            at.as_secs_f64(),
            mib(memory),
            mib(disk.recordings.1),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_summed_over_their_labels_and_not_over_other_names() {
        let text = "# TYPE ricochet_links gauge\nricochet_links{transport=\"quic\"} 3\nricochet_links{transport=\"ws\"} 4\n\
                    ricochet_links_blocked{transport=\"quic\"} 9\nricochet_rooms 2\n";
        let sample = Sample::new(Duration::ZERO, text, Disk::default());
        assert_eq!((sample.links, sample.rooms, sample.players), (7, 2, 0));
    }

    #[test]
    fn rest_is_when_nobody_is_here_or_awaited() {
        let rest = Sample { rooms: 1, ..Sample::default() };
        assert!(rest.is_at_rest());
        assert!(!Sample { held: 1, ..rest }.is_at_rest());
        assert!(!Sample { rooms: 2, ..rest }.is_at_rest());
    }
}
