//! Every bound of the protocol, with its reason.

/// Bytes of a message through the broker. NATS refuses more than 1 MiB by default.
pub const MESSAGE_BYTES_MAX: usize = 512 * 1024;
/// Bytes of a reply between nodes: a checkpoint of the largest room is some megabytes.
pub const REPLY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of a value in the key-value store. The record of a room's seats is the largest: 9 B per reservation.
pub const VALUE_BYTES_MAX: usize = 64 * 1024;

/// Bytes of one tick's record in the feed. 1,000 players make about 12 kB when all of them change their input. A standby fetches what
/// is longer in a checkpoint.
pub const RECORD_BYTES_MAX: usize = 64 * 1024;
/// Rooms in one message of the feed. The sender begins another message.
pub const FEED_ROOMS_MAX: usize = 256;
/// Bytes of records in one message of the feed, above which the sender begins another one.
pub const FEED_BYTES_MAX: usize = MESSAGE_BYTES_MAX / 2;
/// Ticks of a room that its owner keeps, so that a standby that missed some needs no checkpoint: 6 s at 20 Hz.
pub const WINDOW_TICKS: usize = 128;
/// Bytes of these ticks.
pub const WINDOW_BYTES_MAX: usize = 1024 * 1024;
/// Ticks that a standby keeps behind a gap until the gap is filled.
pub const AHEAD_TICKS: usize = 128;
/// Hashes of the owner that a standby keeps until it has played their ticks.
pub const HASHES_MAX: usize = 256;

/// Nodes of a cluster that a node remembers. Each record is some 500 B.
pub const NODES_MAX: usize = 4_096;
/// Rooms of a cluster that a node remembers.
pub const ROOMS_MAX: usize = 262_144;
/// Seats of a room.
pub const SEATS_MAX: usize = 4_096;
/// Reservations of a room at one time.
pub const RESERVATIONS_MAX: usize = 2_048;
/// Players whose links wait at a standby until it owns their room.
pub const HELD_LINKS_MAX: usize = SEATS_MAX;
/// Rooms with free seats that a node names with its load each second. With a thousand nodes all of them hear 1 Mbit/s of it.
pub const OPEN_ROOMS_MAX: usize = 8;
/// Requests to the store and to other nodes that are under way at one time.
pub const REQUESTS_MAX: usize = 65_536;
/// Joins that a node works on at one time; the next one is refused.
pub const JOINS_MAX: usize = 1_024;
/// Rooms and conflicts that one join tries.
pub const JOIN_ATTEMPTS_MAX: u32 = 12;
/// Results of matches that wait per room until its owner knows that it still owns it.
pub const RESULTS_MAX: usize = 16;
/// Bytes of a match's result.
pub const RESULT_BYTES_MAX: usize = 256 * 1024;
/// Checkpoints that an owner takes at one time for standbys that asked; further requests are refused, and asked again.
pub const CHECKPOINTS_MAX: usize = 8;
/// Rooms that a draining node moves at one time.
pub const DRAIN_MOVES_MAX: usize = 4;
/// Room records without an owner that a node removes in one poll.
pub const ORPHANS_PER_POLL: usize = 4;

/// Letters of a name, zone, host, game, mode or map.
pub const NAME_BYTES_MAX: usize = 64;
/// Letters of an address.
pub const ADDRESS_BYTES_MAX: usize = 256;
/// UDP addresses of a node: one per shard.
pub const ADDRESSES_MAX: usize = 128;
/// Hashes of certificates of a node: the present one, and the next.
pub const CERTIFICATES_MAX: usize = 4;
/// Games that a node hosts.
pub const GAMES_MAX: usize = 64;
/// Letters of the code of a private room.
pub const CODE_BYTES_MAX: usize = 12;

/// A room whose copy is at most this far behind the newest tick it heard of is claimed at once.
pub const CLAIM_LAG_TICKS: u64 = 3;

const _: () = assert!(RECORD_BYTES_MAX < FEED_BYTES_MAX);
const _: () = assert!(FEED_BYTES_MAX + RECORD_BYTES_MAX + FEED_ROOMS_MAX * 64 < MESSAGE_BYTES_MAX);
const _: () = assert!(WINDOW_BYTES_MAX < REPLY_BYTES_MAX);
const _: () = assert!(RESERVATIONS_MAX * 9 + 64 < VALUE_BYTES_MAX);
const _: () = assert!(RESERVATIONS_MAX <= SEATS_MAX);
const _: () = assert!(AHEAD_TICKS <= HASHES_MAX);
