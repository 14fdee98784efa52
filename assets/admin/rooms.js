// Rooms and their players, kept between updates so that a pressed button stays where it is.

import { columnsOf, fitCells, showFacts } from './facts.js';
import { byId, conditions, percent, plural, put } from './words.js';

const cards = new Map();
// Bytes of each session at the last look, for rates.
let before = new Map();

export function showRooms(rooms, games) {
  byId('rooms-empty').hidden = rooms.length > 0;
  for (const [id, card] of cards) {
    if (!rooms.some((room) => room.id === id)) {
      card.remove();
      cards.delete(id);
    }
  }
  const now = performance.now();
  const after = new Map();
  rooms.forEach((room, index) => {
    const list = byId('rooms');
    let card = cards.get(room.id);
    if (!card) {
      card = byId('room').content.firstElementChild.cloneNode(true);
      card.dataset.room = room.id;
      cards.set(room.id, card);
    }
    if (list.children[index] !== card) list.insertBefore(card, list.children[index] ?? null);
    showRoom(card, room, games, after, now);
  });
  before = after;
}

function showRoom(card, room, games, after, now) {
  const find = (selector) => card.querySelector(selector);
  card.room = room;
  put(find('.room-name'), `Room ${room.id} · ${room.map}`);
  find('.phase').dataset.phase = room.phase;
  put(find('.phase'), room.phase);
  put(find('.mode'), played(room, games));
  showCondition(find('header .condition'), room.condition);
  put(find('.room-note'), `${plural(room.humans, 'player')} of ${room.seats}, shard ${room.shard}, tick p99 ${room.tick_ms.p99.toFixed(2)} ms`);
  const people = room.players.filter(({ opponent }) => !opponent);
  const opponents = room.players.length - people.length;
  put(find('.opponents'), [people.length === 0 && 'Nobody plays here.', opponents > 0 && plural(opponents, 'computer opponent')].filter(Boolean).join(' '));
  find('.scroll').hidden = people.length === 0;
  const shown = columnsOf(room);
  fitCells(find('thead tr'), shown.columns, '.link');
  const body = find('tbody');
  const rows = new Map([...body.rows].map((row) => [row.dataset.session, row]));
  people.forEach((player, index) => {
    const row = rows.get(player.session) ?? newRow(player.session);
    rows.delete(player.session);
    if (body.rows[index] !== row) body.insertBefore(row, body.rows[index] ?? null);
    after.set(player.session, { at: now, bytes: player.down_bytes ?? 0 });
    fitCells(row, shown.columns, '.link');
    showFacts(row, player, shown);
    showPlayer(row, player, rate(player, now));
  });
  for (const row of rows.values()) row.remove();
}

/** What is played: the game is named where there are several. */
export const played = ({ game, mode }, games) => (games.length > 1 ? `${game} · ${mode}` : mode);

function rate({ session, down_bytes: bytes }, now) {
  const last = before.get(session);
  return last && now > last.at && bytes >= last.bytes ? (bytes - last.bytes) / (now - last.at) : null;
}

function newRow(session) {
  const row = byId('player').content.firstElementChild.cloneNode(true);
  row.dataset.session = session;
  const labels = { delay: 'delay', loss: 'loss', inputs: 'late · missing', rate: 'kB/s' };
  for (const [name, label] of Object.entries(labels)) row.querySelector(`.${name}`).dataset.label = label;
  return row;
}

function showPlayer(row, player, kilobytes) {
  const find = (selector) => row.querySelector(selector);
  row.player = player;
  row.dataset.part = player.spectator ? 'watches' : 'plays';
  put(find('.player-name'), player.name ?? (player.spectator ? 'a spectator' : '–'));
  put(find('.session'), player.session);
  find('.quality').dataset.quality = player.quality ?? 'poor';
  put(find('.quality'), player.held ? 'link lost' : player.quality);
  if (player.held) return showAwaited(find, player);
  const notes = [player.transport, player.blocked && 'reads too slowly', player.muted && 'muted', player.condition && `made worse: ${conditions(player.condition)}`];
  put(find('.transport'), notes.filter(Boolean).join(' · '));
  put(find('.delay'), player.ack_ms === null ? '–' : `${player.ack_ms.toFixed(0)} ms`);
  find('.delay').title = player.rtt_ms === null ? '' : `round trip of the transport ${player.rtt_ms.toFixed(1)} ms`;
  put(find('.loss'), player.loss === null ? '–' : percent(player.loss));
  const { late, missing } = player.inputs;
  put(find('.inputs'), player.spectator ? '' : `${late} · ${missing}`);
  put(find('.rate'), kilobytes === null ? '–' : kilobytes.toFixed(1));
  const mute = find('[data-act="mute"], [data-act="unmute"]');
  mute.dataset.act = player.muted ? 'unmute' : 'mute';
  put(mute, player.muted ? 'Unmute…' : 'Mute…');
}

function showAwaited(find, player) {
  put(find('.transport'), player.last_address ? `may come back · was at ${player.last_address}` : 'may come back');
  for (const name of ['delay', 'loss', 'inputs', 'rate']) put(find(`.${name}`), '–');
}

function showCondition(chip, condition) {
  chip.hidden = !condition;
  put(chip, condition ? `made worse: ${conditions(condition)}` : '');
}
