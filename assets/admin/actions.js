// What can be done: what each action asks for, in words, and what it sends.

const REASON = { name: 'reason', label: 'Why? It is logged, and whom it concerns reads it.', maxLength: 200 };
const NOTE = { name: 'reason', label: 'Why? It is logged.', maxLength: 200 };
const TIMES = [['3600', 'an hour'], ['86400', 'a day'], ['604800', 'a week'], ['2592000', 'thirty days'], ['', 'for good']];

// The name between isolates: letters of right-to-left scripts reorder nothing around it.
const who = ({ player }) => `${player.name ? `\u2068${player.name}\u2069` : 'the spectator'} (${player.session})`;
const where = ({ room }) => (room ? `room ${room.id}` : 'all rooms');
const condition = (now) => [
  { name: 'delay_ms', label: 'Delay, one way, ms', type: 'number', min: 0, max: 2_000, value: now?.delay_ms ?? 0 },
  { name: 'jitter_ms', label: 'Jitter, ± ms', type: 'number', min: 0, max: 1_000, value: now?.jitter_ms ?? 0 },
  { name: 'loss', label: 'Loss, %', type: 'number', min: 0, max: 50, step: 0.1, value: (now?.loss ?? 0) * 100 },
  NOTE,
];
const conditions = ({ delay_ms: delay, jitter_ms: jitter, loss, reason }) => ({
  delay_ms: Number(delay), jitter_ms: Number(jitter), loss: Number(loss) / 100, reason,
});

/** By name: `title`, `text`, `verb`, `fields`, and `body`, each made of what the button is about. */
export const ACTIONS = {
  kick: {
    title: (at) => `Kick ${who(at)}?`,
    text: () => 'The player loses its seat and what it has won, and may join again.',
    verb: 'Kick',
    fields: () => [{ ...REASON, required: true }],
    body: ({ player }, values) => ({ session: player.session, ...values }),
    done: (at) => `${who(at)} was kicked.`,
  },
  ban: {
    title: (at) => `Ban ${who(at)}?`,
    text: () => 'The address of this player does not get in until the ban is over; whoever shares it is banned too.',
    verb: 'Ban',
    fields: () => [{ name: 'secs', label: 'For how long?', options: TIMES }, { ...REASON, required: true }],
    body: ({ player }, { secs, reason }) => ({ session: player.session, ...(secs && { secs: Number(secs) }), reason }),
    done: (at) => `${who(at)} is banned.`,
  },
  'ban-network': {
    path: 'ban',
    title: () => 'Ban a network?',
    text: () => 'An address, or a network as in 203.0.113.0/24 or 2001:db8::/48.',
    verb: 'Ban',
    fields: () => [{ name: 'network', label: 'Network', required: true, maxLength: 50 }, { name: 'secs', label: 'For how long?', options: TIMES }, { ...REASON, required: true }],
    body: (_, { network, secs, reason }) => ({ network: network.trim(), ...(secs && { secs: Number(secs) }), reason }),
    done: () => 'The network is banned.',
  },
  unban: {
    title: ({ ban }) => `Let ${ban.network} in again?`,
    text: ({ ban }) => (ban.reason ? `It was banned for: ${ban.reason}` : 'It was banned without a reason.'),
    verb: 'Unban',
    fields: () => [NOTE],
    body: ({ ban }, values) => ({ network: ban.network, ...values }),
    done: ({ ban }) => `${ban.network} may come in again.`,
  },
  mute: {
    title: (at) => `Mute ${who(at)}?`,
    text: () => 'Nobody reads what this player writes, until it is unmuted or its session ends. It is told so.',
    verb: 'Mute',
    fields: () => [NOTE],
    body: ({ player }, values) => ({ session: player.session, ...values }),
    done: (at) => `${who(at)} is muted.`,
  },
  unmute: {
    title: (at) => `Unmute ${who(at)}?`,
    text: () => '',
    verb: 'Unmute',
    fields: () => [NOTE],
    body: ({ player }, values) => ({ session: player.session, ...values }),
    done: (at) => `${who(at)} may speak again.`,
  },
  announce: {
    title: (at) => `Announce in ${where(at)}`,
    text: () => 'Everybody there reads it as a line of the server.',
    verb: 'Announce',
    fields: () => [{ name: 'text', label: 'Line', required: true, maxLength: 200 }],
    body: ({ room }, values) => ({ ...(room && { room: room.id }), ...values }),
    done: () => 'It is announced.',
  },
  'end-match': {
    title: (at) => `End the match in ${where(at)}?`,
    text: () => 'The results are shown, then the next map follows.',
    verb: 'End match',
    fields: () => [NOTE],
    body: ({ room }, values) => ({ room: room.id, ...values }),
    done: () => 'The match has ended.',
  },
  'change-map': {
    title: (at) => `Change the map of ${where(at)}?`,
    text: () => 'A new match begins at once, without results.',
    verb: 'Change map',
    fields: ({ room }) => [{ name: 'map', label: 'Map', options: room.maps.map((map) => [map, map]), value: room.map }, NOTE],
    body: ({ room }, values) => ({ room: room.id, ...values }),
    done: () => 'The map changes.',
  },
  condition: {
    title: (at) => `Condition ${at.player ? `the link of ${who(at)}` : `all links of ${where(at)}`}`,
    text: () => 'For testing: messages take longer, or are lost, in both directions. Zero everywhere makes a link well again.',
    verb: 'Condition',
    fields: ({ player, room }) => condition(player ? player.condition : room.condition),
    body: ({ player, room }, values) => ({ ...(player ? { session: player.session } : { room: room.id }), ...conditions(values) }),
    done: () => 'It is done.',
  },
  reload: {
    title: () => 'Read the settings again?',
    text: () => 'File and environment are read; what can change while the server runs changes, if all of it is right.',
    verb: 'Reload',
    fields: () => [NOTE],
    body: (_, values) => values,
    done: (_, { changed, restart }) => `${changed.length === 0 ? 'Nothing has changed' : `Changed: ${changed.join(', ')}`}${restart.length > 0 ? `; needs a restart: ${restart.join(', ')}` : ''}.`,
  },
  drain: {
    title: () => 'End the server?',
    text: () => 'Nobody gets in any more. The server ends as soon as no match with people is running, or when the time is over.',
    verb: 'Drain',
    fields: () => [{ name: 'secs', label: 'Seconds that matches have to end (empty: as in the settings)', type: 'number', min: 0, max: 3_600 }, { ...REASON, required: true }],
    body: (_, { secs, reason }) => ({ ...(secs && { secs: Number(secs) }), reason }),
    done: () => 'The server drains.',
  },
};
