//! The bounds of the project, each with its reason. Everything that a peer can make grow has a bound here.

/// The protocol version, equal on both ends. Every change of the engine's layouts or arithmetic raises it; a game has its own version.
pub const PROTOCOL_VERSION: u16 = 3;

/// Payload of one unreliable message, bytes. Raw QUIC starts at 1,162 and Chromium's WebTransport at 1,211.
pub const DATAGRAM_BYTES_MAX: usize = 1_150;
/// One reliable message from the server, bytes: the largest is the map of a plain.
pub const SERVER_MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// One message from a client, bytes: the largest is a hello with a ticket and a name.
pub const CLIENT_MESSAGE_BYTES_MAX: usize = 1_024;
/// A hello of another protocol version, bytes: it may be longer than ours, and still gets an answer that names both versions.
pub const FOREIGN_HELLO_BYTES_MAX: usize = 8 * CLIENT_MESSAGE_BYTES_MAX;
/// Depth of nested arrays in one message. The protocol needs two; deep nesting would be an attack on the decoder's stack.
pub const DEPTH_MAX: usize = 4;

/// Join ticket or resume token, bytes.
pub const TICKET_BYTES_MAX: usize = 256;
/// A session's number as text, bytes: 64 bits in hexadecimal.
pub const SESSION_ID_BYTES_MAX: usize = 16;
/// Largest setting for the time that a seat is kept for a player whose link was lost, seconds: beyond it a room would fill with
/// absent players.
pub const RESUME_SECS_MAX: u16 = 600;
/// Name of a game, bytes: small letters, digits and `-`.
pub const GAME_NAME_BYTES_MAX: usize = 24;
/// Player name, bytes of UTF-8.
pub const NAME_BYTES_MAX: usize = 24;
/// Chat line, bytes of UTF-8.
pub const CHAT_BYTES_MAX: usize = 200;
/// Chat lines a player may send in [`CHAT_WINDOW_SECS`].
pub const CHAT_LINES_MAX: u32 = 5;
/// Window of the chat rate, seconds.
pub const CHAT_WINDOW_SECS: u32 = 5;
/// Chat lines that a room sends in one tick; more wait for the next tick. A screen shows fewer.
pub const CHAT_LINES_PER_TICK_MAX: usize = 16;
/// Bytes of chat times the number of receivers, per second and room. In a room of sixteen it never limits the chat; in a room of a
/// thousand about thirty lines a second are sent.
pub const CHAT_FANOUT_BYTES_PER_SEC_MAX: u32 = 4 * 1024 * 1024;
/// Chat lines that wait in one room: five of each of a hundred players.
pub const CHAT_LINES_WAITING_MAX: usize = 512;
/// Seconds that a chat line waits before it is refused: a later line would be out of context.
pub const CHAT_WAIT_SECS_MAX: u32 = 2;
/// Reason in a goodbye, bytes of UTF-8.
pub const REASON_BYTES_MAX: usize = 200;

/// Inputs in one message: the newest and redundant copies of earlier ones.
pub const INPUTS_PER_MESSAGE_MAX: usize = 8;
/// Ticks that an input may be ahead of the room; inputs farther ahead are dropped and counted.
pub const INPUT_WINDOW: usize = 32;
/// Ticks for which the last movement is repeated when inputs are missing; after that the input is neutral.
pub const INPUT_REPEAT_TICKS: u32 = 3;

/// Players in one room.
pub const ROOM_PLAYERS_MAX: usize = 4_096;
/// Spectators of one room. Each costs the server as much as a player.
pub const SPECTATORS_PER_ROOM_MAX: usize = 64;
/// Default delay of what spectators see, seconds: after this time a position is too old to help a player who asks a spectator.
pub const SPECTATOR_DELAY_SECS: u32 = 10;
/// Entities alive in one room, including those that are sent once: ids have 16 bits.
pub const ROOM_ENTITIES_MAX: usize = 65_535;
/// Map name, bytes.
pub const MAP_NAME_BYTES_MAX: usize = 32;

/// From this tick on a room starts its next match at tick 0 and sends its clients a new welcome. It is reached after 103 days at
/// 120 Hz, or a year at 30 Hz.
pub const TICK_RENUMBER: u32 = 1 << 30;
/// A room that reaches this tick within a match ends the match at once and starts the next at tick 0. Below it, the ticks of a day at
/// 120 Hz can be added to any tick without an overflow of 32 bits.
pub const TICK_MAX: u32 = 1 << 31;

/// Ticks of state that a room keeps, for baselines and for lag compensation. A power of two.
pub const HISTORY_TICKS: usize = 64;
/// In-flight snapshots per player that the server keeps records of.
pub const SENT_SNAPSHOTS_MAX: usize = 64;
/// Age of the oldest baseline of a delta, ticks. Clients keep the states of snapshots for as long.
pub const BASELINE_AGE_MAX: u32 = 60;
/// Ticks covered by the acknowledgement mask of an input message.
pub const ACK_MASK_TICKS: u32 = 32;
/// Bound of the rewind of lag compensation, milliseconds: players with a longer delay must lead their targets.
pub const REWIND_MAX_MS: u32 = 200;
/// Bound of the interpolation delay of a client, milliseconds, apart from a tick and a frame. A longer wait for late snapshots looks
/// worse than extrapolation.
pub const VIEW_INTERPOLATION_MAX_MS: u32 = 150;

/// Bytes of reliable messages that wait for one slow reader. If more would wait, messages are dropped and the reader is resynchronised.
pub const RELIABLE_BACKLOG_BYTES_MAX: usize = 64 * 1024;
/// Events in one message.
pub const EVENTS_PER_MESSAGE_MAX: usize = 4_096;
/// Size of a message of events, bytes; a room then starts another message. It is far below [`SERVER_MESSAGE_BYTES_MAX`], so that the link
/// of a slow reader has room for one although other messages wait.
pub const EVENT_MESSAGE_BYTES_MAX: usize = 16 * 1024;
/// Events that wait in a room until the caller polls them.
pub const ROOM_EVENTS_MAX: usize = 8_192;

/// Ticks that a client predicts ahead of the newest state from the server. A page shows a lost connection long before this.
pub const PREDICTED_TICKS_MAX: usize = 128;
/// Entities that a client predicts for its player; more are interpolated like those of other players.
pub const PREDICTED_ENTITIES_MAX: usize = 64;
/// Entities created by the prediction that a client shows ahead of the server.
pub const PREDICTED_BIRTHS_MAX: usize = 64;
/// States that a client keeps of each entity for interpolation.
pub const SHOWN_STATES_MAX: usize = 32;
/// Ended entities that a client still shows, because its render tick is behind.
pub const ENDING_TRACKS_MAX: usize = 512;

/// Events that wait in a client until its owner polls them; the oldest are dropped.
pub const CLIENT_EVENTS_MAX: usize = 1_024;
/// Messages in flight on one direction of a simulated bad link.
pub const CONDITIONER_MESSAGES_MAX: usize = 4_096;

/// Links of one shard in any state: opening, playing or closing.
pub const LINKS_PER_SHARD_MAX: usize = 8_192;
/// QUIC handshakes that wait on one shard; beyond this bound clients are refused.
pub const HANDSHAKES_WAITING_MAX: usize = 512;
/// One frame or capsule of HTTP/3, and the bytes that wait for the rest of one: a browser's request has about 400 bytes.
pub const HTTP3_FRAME_BYTES_MAX: usize = 2 * 1024;
/// Bidirectional streams of a client that are open at once: WebTransport's request, its messages, and a few that are rejected.
pub const STREAMS_BOTH_WAYS_MAX: u32 = 4;
/// Unidirectional streams of a client that are open at once: HTTP/3's three, and streams of reserved types that browsers open to check
/// that they are ignored.
pub const STREAMS_ONE_WAY_MAX: u32 = 8;
/// Commands that wait for one shard: new sockets, rooms to open.
pub const SHARD_COMMANDS_MAX: usize = 1_024;
/// Messages of a client per tick, on average: an input, a ping, and a reserve for a clock that runs fast.
pub const MESSAGES_PER_TICK_MAX: u32 = 3;
/// Messages with inputs per tick, on average; more are ignored. A room takes one input per tick, and a clock that is
/// corrected may make two.
pub const INPUT_MESSAGES_PER_TICK_MAX: u32 = 2;
/// Burst of messages with inputs, as seconds of one per tick. It is a second less than [`MESSAGE_BURST_SECS`], which leaves room for
/// other messages.
pub const INPUT_BURST_SECS: u32 = MESSAGE_BURST_SECS - 1;
/// Bytes of messages per tick, on average: a message with eight inputs has a hundred.
pub const MESSAGE_BYTES_PER_TICK_MAX: u32 = 512;
/// QUIC packets per tick, on average; more are dropped unread. A client sends one or two with its input, and a browser
/// as many acknowledgements.
pub const PACKETS_PER_TICK_MAX: u32 = 6;
/// Burst of messages, as seconds of one per tick: the messages that a network delivers at once after it stalled for slightly longer than a
/// client waits before it opens a new link.
pub const MESSAGE_BURST_SECS: u32 = 6;
/// Resync requests per second, on average.
pub const RESYNCS_PER_SEC_MAX: u32 = 1;
/// Changes of the watched player by a spectator, per second, on average: after each, the server must send a new view.
pub const WATCHES_PER_SEC_MAX: u32 = 2;
/// Least time between two changes of a room's map, seconds. There are eight epochs, so a snapshot would have to be eight changes late
/// to be taken for a new one.
pub const MAP_CHANGE_SECS_MIN: u32 = 1;
/// Seconds within which a link must send its hello.
pub const HELLO_TIMEOUT_SECS: u64 = 5;
/// Seconds of silence after which a link is closed.
pub const IDLE_TIMEOUT_SECS: u64 = 10;
/// Seconds that a link may stay blocked while its peer still sends. Nothing is queued for it, so it costs only its buffers. A player
/// who uses another program on a phone for a minute can continue.
pub const BLOCKED_TIMEOUT_SECS: u64 = 90;

/// Addresses and networks whose connections and rates the server tracks, about 220 bytes each; the one that was silent for the longest
/// time is dropped. Two for each link of four full shards.
pub const GUARD_ENTRIES_MAX: usize = 32 * 1024;
/// Networks that are banned at once. All of them are written to disk whenever one is added.
pub const BANS_MAX: usize = 4_096;
/// Log lines that wait to be written; more are dropped and counted.
pub const LOG_QUEUE_LINES_MAX: usize = 8 * 1024;
/// Bytes of log lines that wait: sixteen times the capacity of a pipe.
pub const LOG_QUEUE_BYTES_MAX: usize = 1024 * 1024;
/// Networks that the log names in warnings within one minute.
pub const WARNINGS_MAX: usize = 256;

/// One chunk of a recording, bytes, compressed or not: a checkpoint of the fullest room at the highest rate has 1.5 MB.
pub const RECORD_CHUNK_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A recording, bytes. A reader loads the whole file into memory. A recorder starts another file long before this.
pub const RECORD_FILE_BYTES_MAX: usize = 512 * 1024 * 1024;
/// Uncompressed bytes of a recording after which it continues in another file.
pub const RECORD_PART_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Bytes of its recording that a room keeps until they are polled; more are lost.
pub const RECORD_WAITING_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes of recordings that wait for the disk: half a minute of a thousand rooms.
pub const RECORD_QUEUE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Chunks of recordings that wait for the disk.
pub const RECORD_QUEUE_CHUNKS_MAX: usize = 16 * 1024;
/// Written buffers that are kept for reuse: more than one turn of a shard fills. Others are freed.
pub const RECORD_SPARE_BUFFERS_MAX: usize = 64;
/// Capacity of a buffer that is kept for reuse, bytes. The buffer of a rare large checkpoint is freed. All together hold at most 16 MiB.
pub const RECORD_SPARE_BYTES_MAX: usize = 256 * 1024;
/// The name of the build that wrote a recording, bytes.
pub const RECORD_BUILD_BYTES_MAX: usize = 64;
/// Facts of a game's summary that a recording keeps of the match, and of each player.
pub const RECORD_FACTS_MAX: usize = 64;
/// The name of a summary's fact, and its value if that is text, bytes.
pub const RECORD_FACT_BYTES_MAX: usize = 128;
/// The reason of a failure in a recording, bytes: a panic may quote a whole match.
pub const RECORD_FAILURE_BYTES_MAX: usize = 1_000;
/// Inputs of the tick in which a game failed, bytes; more are not kept.
pub const RECORD_LAST_INPUTS_BYTES_MAX: usize = 64 * 1024;
/// Entities in one answer of the inspector; the rest is asked for page by page.
pub const INSPECT_ENTITIES_MAX: usize = 200;
/// Places of entities in one answer of the inspector, for its drawing.
pub const INSPECT_DOTS_MAX: usize = 2_000;
/// Events that a room keeps while somebody inspects it.
pub const INSPECT_EVENTS_MAX: usize = 200;
/// Bytes of a board as the inspector shows it.
pub const INSPECT_BOARD_BYTES_MAX: usize = 16 * 1024;

/// Lowest tick rate of a room, hertz.
pub const TICK_HZ_MIN: u16 = 10;
/// Highest tick rate of a room, hertz.
pub const TICK_HZ_MAX: u16 = 120;

const _: () = assert!(TICK_RENUMBER < TICK_MAX && TICK_MAX < u32::MAX - 86_400 * TICK_HZ_MAX as u32);
const _: () = assert!(HISTORY_TICKS.is_power_of_two());
const _: () = assert!(EVENT_MESSAGE_BYTES_MAX <= SERVER_MESSAGE_BYTES_MAX);
const _: () = assert!(CHAT_LINES_PER_TICK_MAX * (CHAT_BYTES_MAX + 16) < EVENT_MESSAGE_BYTES_MAX);
const _: () = assert!(INPUTS_PER_MESSAGE_MAX < INPUT_WINDOW);
const _: () = assert!((BASELINE_AGE_MAX as usize) < HISTORY_TICKS);
const _: () = assert!(ACK_MASK_TICKS < BASELINE_AGE_MAX);
const _: () = assert!((REWIND_MAX_MS * TICK_HZ_MAX as u32) / 1_000 < HISTORY_TICKS as u32);
const _: () = assert!(RECORD_CHUNK_BYTES_MAX * 2 <= RECORD_WAITING_BYTES_MAX);
const _: () = assert!(RECORD_PART_BYTES_MAX < RECORD_FILE_BYTES_MAX);
const _: () = assert!(RECORD_SPARE_BUFFERS_MAX * RECORD_SPARE_BYTES_MAX <= RECORD_QUEUE_BYTES_MAX);
