//! Every bound of the project, each with its reason. Nothing that a peer can make grow lacks a line here.

/// The version both ends must share. Raised by every change of layout or of the simulation.
pub const PROTOCOL_VERSION: u16 = 3;

/// Payload of one unreliable message, bytes. Raw QUIC starts at 1,162 and Chromium's WebTransport at 1,211.
pub const DATAGRAM_BYTES_MAX: usize = 1_150;
/// One reliable message from the server, bytes: the largest is the map of a plain.
pub const SERVER_MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// One message from a client, bytes: the largest is a hello with a ticket and a name.
pub const CLIENT_MESSAGE_BYTES_MAX: usize = 1_024;
/// A hello of another version, bytes: it may be longer than ours, and is answered all the same.
pub const FOREIGN_HELLO_BYTES_MAX: usize = 8 * CLIENT_MESSAGE_BYTES_MAX;
/// Nested arrays in one message. Ours need two; more is an attack on the decoder's stack.
pub const DEPTH_MAX: usize = 4;

/// Join ticket or resume token, bytes.
pub const TICKET_BYTES_MAX: usize = 256;
/// The number of a session as text, bytes: 64 bits in hexadecimal.
pub const SESSION_ID_BYTES_MAX: usize = 16;
/// Seconds a server may be told to keep the seat of a player whose link was lost: longer, and a room is full of nobody.
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
/// Lines of chat that a room says in one tick; more wait for the next. A screen shows fewer.
pub const CHAT_LINES_PER_TICK_MAX: usize = 16;
/// Bytes of chat times those who hear it, per second and room: each of sixteen hears more than anybody writes, each of a thousand some
/// thirty lines.
pub const CHAT_FANOUT_BYTES_PER_SEC_MAX: u32 = 4 * 1024 * 1024;
/// Lines that wait to be said in one room: five of each of a hundred players.
pub const CHAT_LINES_WAITING_MAX: usize = 512;
/// Seconds a line waits before it is refused: later it would answer something that nobody remembers.
pub const CHAT_WAIT_SECS_MAX: u32 = 2;
/// Reason in a goodbye, bytes of UTF-8.
pub const REASON_BYTES_MAX: usize = 200;

/// Inputs one message may carry: the newest and its redundant predecessors.
pub const INPUTS_PER_MESSAGE_MAX: usize = 8;
/// Ticks ahead of the room an input may be; farther ones are dropped and counted.
pub const INPUT_WINDOW: usize = 32;
/// Ticks in which the last movement counts in place of a missing input, before nothing does.
pub const INPUT_REPEAT_TICKS: u32 = 3;

/// Players in one room.
pub const ROOM_PLAYERS_MAX: usize = 4_096;
/// Spectators of one room. Each costs as much as a player, and plays no part.
pub const SPECTATORS_PER_ROOM_MAX: usize = 64;
/// Seconds that spectators see everything later than players, unless the host wants it otherwise: longer than what anybody does
/// about where somebody else was.
pub const SPECTATOR_DELAY_SECS: u32 = 10;
/// Entities alive in one room, those that are told once included: ids have 16 bits.
pub const ROOM_ENTITIES_MAX: usize = 65_535;
/// Map name, bytes.
pub const MAP_NAME_BYTES_MAX: usize = 32;

/// A room whose newest tick is this or later begins its next match at tick 0: after 103 days at 120 Hz, a year at 30 Hz.
/// Clients are welcomed anew.
pub const TICK_RENUMBER: u32 = 1 << 30;
/// A room that has come so far within one match ends it at once and begins another at tick 0. A day at 120 Hz may still be
/// added to any tick without reaching the end of its 32 bits.
pub const TICK_MAX: u32 = 1 << 31;

/// Ticks of state the room remembers, for baselines and for rewinding. A power of two.
pub const HISTORY_TICKS: usize = 64;
/// Snapshots the server remembers having sent to one player.
pub const SENT_SNAPSHOTS_MAX: usize = 64;
/// Oldest baseline a delta is made from, ticks back. Clients remember what snapshots wrote for as long.
pub const BASELINE_AGE_MAX: u32 = 60;
/// Ticks covered by the acknowledgement mask of an input message.
pub const ACK_MASK_TICKS: u32 = 32;
/// Lag compensation never rewinds farther, milliseconds: beyond it whoever aims must lead.
pub const REWIND_MAX_MS: u32 = 200;
/// A picture lags behind the newest acknowledged snapshot by no more than this, a tick and a frame, milliseconds: waiting longer for
/// late snapshots hurts more than guessing.
pub const VIEW_INTERPOLATION_MAX_MS: u32 = 150;

/// Bytes of reliable messages waiting for one slow reader, after which it is resynchronised.
pub const RELIABLE_BACKLOG_BYTES_MAX: usize = 64 * 1024;
/// Events in one message.
pub const EVENTS_PER_MESSAGE_MAX: usize = 4_096;
/// A message of events, bytes; a room begins another before. Far below [`SERVER_MESSAGE_BYTES_MAX`], so that the link of a slow reader has
/// room for one although something waits already.
pub const EVENT_MESSAGE_BYTES_MAX: usize = 16 * 1024;
/// Events waiting inside a room for the shell to poll them.
pub const ROOM_EVENTS_MAX: usize = 8_192;

/// Ticks a client predicts ahead of what it surely knows, at most; it shows a lost connection long before.
pub const PREDICTED_TICKS_MAX: usize = 128;
/// Entities of one player that a client predicts; more are shown as those of others are.
pub const PREDICTED_ENTITIES_MAX: usize = 64;
/// What a player brought into being that a client shows ahead of the server, at most.
pub const PREDICTED_BIRTHS_MAX: usize = 64;
/// States of the last ticks a client keeps of each entity, to show it between two of them.
pub const SHOWN_STATES_MAX: usize = 32;
/// Entities that ended and are still shown, because a screen is a little behind.
pub const ENDING_TRACKS_MAX: usize = 512;

/// Events waiting inside a client for its owner to poll them; the oldest give way.
pub const CLIENT_EVENTS_MAX: usize = 1_024;
/// Messages in flight on one direction of a simulated bad link.
pub const CONDITIONER_MESSAGES_MAX: usize = 4_096;

/// Links of one shard, whether they play, open or close.
pub const LINKS_PER_SHARD_MAX: usize = 8_192;
/// QUIC handshakes waiting for their turn on one shard; beyond them a client is refused.
pub const HANDSHAKES_WAITING_MAX: usize = 512;
/// One frame or capsule of HTTP/3, and what waits for the rest of one, bytes: a browser's request has some 400.
pub const HTTP3_FRAME_BYTES_MAX: usize = 2 * 1024;
/// Streams a client may have open at once, both ways: WebTransport's request and its messages, and a few to be rejected.
pub const STREAMS_BOTH_WAYS_MAX: u32 = 4;
/// Streams a client may have open at once, one way: HTTP/3's three, and those a browser opens to see us ignore them.
pub const STREAMS_ONE_WAY_MAX: u32 = 8;
/// Commands waiting for one shard: sockets handed over, rooms to open.
pub const SHARD_COMMANDS_MAX: usize = 1_024;
/// Messages per tick a client may send in the long run: its input, a ping, and as much again for a clock that runs ahead.
pub const MESSAGES_PER_TICK_MAX: u32 = 3;
/// Messages with inputs per tick in the long run; more are ignored. A room takes one input per tick, and a clock that is
/// corrected may make two.
pub const INPUT_MESSAGES_PER_TICK_MAX: u32 = 2;
/// Seconds' worth of one message with inputs per tick that may come at once; the second more is for what else a client says.
pub const INPUT_BURST_SECS: u32 = MESSAGE_BURST_SECS - 1;
/// Bytes of messages per tick in the long run: a message with eight inputs has a hundred.
pub const MESSAGE_BYTES_PER_TICK_MAX: u32 = 512;
/// QUIC packets per tick in the long run; more are dropped unread. A client sends one or two with its input, and a browser
/// as many acknowledgements again.
pub const PACKETS_PER_TICK_MAX: u32 = 6;
/// Seconds' worth of one message per tick that may come at once: what a network delivers that stalled for a little longer than a
/// client waits before it looks for another link.
pub const MESSAGE_BURST_SECS: u32 = 6;
/// Requests to send everything whole again, per second in the long run.
pub const RESYNCS_PER_SEC_MAX: u32 = 1;
/// Spectators' choices of whom to watch, per second in the long run: each looks around anew.
pub const WATCHES_PER_SEC_MAX: u32 = 2;
/// Seconds between two changes of a room's map: epochs count to eight, so snapshots of the one before the last seven are never taken for
/// new ones, however late they come.
pub const MAP_CHANGE_SECS_MIN: u32 = 1;
/// Seconds until a link must have said hello.
pub const HELLO_TIMEOUT_SECS: u64 = 5;
/// Seconds of silence after which a link is given up.
pub const IDLE_TIMEOUT_SECS: u64 = 10;
/// Seconds a link may stay blocked while its peer still sends. Nothing queues for it, so it costs its buffers only, and a
/// phone that shows another program for a minute goes on where the game is.
pub const BLOCKED_TIMEOUT_SECS: u64 = 90;

/// Addresses and networks whose connections and pace the server keeps in mind, some 220 bytes each; the longest silent
/// give way. Two for each link of four full shards.
pub const GUARD_ENTRIES_MAX: usize = 32 * 1024;
/// Networks that may be banned at once: each is written to disk whenever one is added.
pub const BANS_MAX: usize = 4_096;
/// Lines of the log that wait to be written; more are dropped and counted.
pub const LOG_QUEUE_LINES_MAX: usize = 8 * 1024;
/// Bytes of them: sixteen times what a pipe holds.
pub const LOG_QUEUE_BYTES_MAX: usize = 1024 * 1024;
/// Networks the log warns of in one minute.
pub const WARNINGS_MAX: usize = 256;

/// One chunk of a recording, bytes, packed or not: a checkpoint of the fullest room at the highest rate has 1.5 MB.
pub const RECORD_CHUNK_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A recording, bytes; a reader takes the whole file into memory. A recorder goes on in another file long before.
pub const RECORD_FILE_BYTES_MAX: usize = 512 * 1024 * 1024;
/// Bytes of a recording before they are packed, after which it goes on in another file.
pub const RECORD_PART_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Bytes a room keeps of its recording until they are polled; whoever does not poll loses them.
pub const RECORD_WAITING_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Chunks of recordings that wait for the disk, bytes: half a minute of a thousand rooms.
pub const RECORD_QUEUE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The same, in chunks.
pub const RECORD_QUEUE_CHUNKS_MAX: usize = 16 * 1024;
/// Buffers that were written and wait to be filled again: more than one turn of a shard fills. Others are freed.
pub const RECORD_SPARE_BUFFERS_MAX: usize = 64;
/// Capacity of such a buffer, bytes: a checkpoint of a crowd is rare, and its buffer is not kept. Together they hold 16 MiB at most.
pub const RECORD_SPARE_BYTES_MAX: usize = 256 * 1024;
/// What wrote a recording, in words, bytes.
pub const RECORD_BUILD_BYTES_MAX: usize = 64;
/// Facts of a game's summary that a recording keeps of the match, and of each player.
pub const RECORD_FACTS_MAX: usize = 64;
/// The name of such a fact, and its value where it is text, bytes.
pub const RECORD_FACT_BYTES_MAX: usize = 128;

/// Tick rates a server accepts, hertz.
pub const TICK_HZ_MIN: u16 = 10;
/// See [`TICK_HZ_MIN`].
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
