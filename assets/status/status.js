// The live status page: asks the server once a second and shows what it says. Nothing is loaded from elsewhere.

import { columnsOf, fitCells, showFacts, showMatch } from './facts.js';

const PERIOD_MS = 1_000;
const TIMEOUT_MS = 4_000;
// Samples of a sparkline: two minutes.
const HISTORY = 120;
// Rooms shown open when the page first sees them; the others wait for a click.
const OPEN_ROOMS = 3;
// Sides in units of the drawing, and the shortest time it shows, ms.
const CHART = { width: 240, height: 80, floor: 0.01 };

const byId = (id) => document.getElementById(id);
const put = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

const milliseconds = (value) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
const bytes = (value) => (value < 1e6 ? [(value / 1e3).toFixed(1), 'kB/s'] : [(value / 1e6).toFixed(2), 'MB/s']);
const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
const sum = (rooms, pick) => rooms.reduce((total, room) => total + pick(room), 0);

function duration(seconds) {
  const parts = [[Math.floor(seconds / 86_400), 'd'], [Math.floor(seconds / 3_600) % 24, 'h'], [Math.floor(seconds / 60) % 60, 'min'], [seconds % 60, 's']];
  const first = parts.findIndex(([count]) => count > 0);
  return parts.slice(first < 0 ? 3 : first).slice(0, 2).map(([count, unit]) => `${count} ${unit}`).join(' ');
}

// Processor time of the last seconds, to tell how much of a core the server takes. The kernel counts in steps of 10 ms.
const CPU_WINDOW_S = 10;
const cpuSamples = [];

function showServer(server, rooms) {
  document.title = `${server.name} · ${plural(sum(rooms, (room) => room.humans), 'player')}`;
  put(byId('name'), server.name);
  hosted = server.games.length;
  put(byId('tagline'), `${playedIn(server)}, rooms of ${server.room_size} at ${server.tick_hz} Hz`);
  put(byId('version'), `${server.version}, protocol ${server.protocol}`);
  put(byId('rate'), `${server.tick_hz} Hz, ${(1_000 / server.tick_hz).toFixed(1)} ms`);
  put(byId('uptime'), duration(Math.round(server.uptime_s)));
  put(byId('quic'), server.transports.quic.addresses.join(', '));
  put(byId('websocket'), server.transports.websocket.url);
  put(byId('certificate'), server.certificate_sha256);
  put(byId('bots'), ['cargo run --release', '-p bot-client --', `--server ${location.origin}`, `--game ${server.game} --bots 50`, '--transport mix --seconds 60'].join(' \\\n  '));
  put(byId('curl'), ['curl', `${location.origin}/api/join`, `--json '{"name":"Ann"}'`].join(' \\\n  '));

  const humans = sum(rooms, (room) => room.humans);
  put(byId('players'), String(humans));
  put(byId('players-of'), `of ${server.players_max}`);
  put(byId('players-note'), `and ${plural(sum(rooms, (room) => room.opponents), 'opponent')} in ${plural(rooms.length, 'room')}`);

  const slowest = rooms.reduce((worst, room) => (room.tick_ms.p99 >= worst.p99 ? room.tick_ms : worst), { p50: 0, p99: 0, max: 0 });
  put(byId('tick'), milliseconds(slowest.p99));
  put(byId('tick-note'), `max ${milliseconds(slowest.max)} of ${(1_000 / server.tick_hz).toFixed(1)} ms`);
  const latest = rooms.reduce((worst, room) => (room.late_ms.p99 >= worst.p99 ? room.late_ms : worst), { p50: 0, p99: 0, max: 0 });
  put(byId('late'), milliseconds(latest.p99));
  put(byId('late-note'), `max ${milliseconds(latest.max)} ms after its time`);

  const [down, unit] = bytes(sum(rooms, (room) => room.down_bytes_per_s));
  put(byId('down'), down);
  put(byId('down-unit'), `${unit} down`);
  put(byId('up-note'), `${bytes(sum(rooms, (room) => room.up_bytes_per_s)).join(' ')} up`);

  cpuSamples.push({ at: server.uptime_s, cpu: server.cpu_s });
  while (cpuSamples.length > 2 && cpuSamples[0].at < server.uptime_s - CPU_WINDOW_S) cpuSamples.shift();
  const { at, cpu } = cpuSamples[0];
  // A restarted server counts from zero again.
  if (server.uptime_s < at) cpuSamples.length = 0;
  else if (server.uptime_s > at) {
    const share = (100 * (server.cpu_s - cpu)) / (server.uptime_s - at);
    put(byId('cpu'), share.toFixed(share < 10 ? 1 : 0));
  }
  put(byId('memory-note'), `${(server.memory_bytes / 2 ** 20).toFixed(0)} MiB, ${plural(server.shards, 'shard')}`);
}

// One card per room, kept between updates so that what is open stays open.
const cards = new Map();

function newCard(open) {
  const root = byId('room').content.firstElementChild.cloneNode(true);
  root.open = open;
  const find = (selector) => root.querySelector(selector);
  return {
    root,
    find,
    history: [],
    rows: find('tbody'),
    paths: ['max', 'p99', 'p50'].map((key) => [key, find(`path.${key}`)]),
  };
}

let tickHz = 30;
/** Games that the server hosts. */
let hosted = 1;

/** What is played: the game is named where there are several. */
const playedIn = ({ game, mode }) => (hosted > 1 ? `${game} · ${mode}` : mode);

function showRooms(rooms) {
  const list = byId('rooms');
  byId('rooms-empty').hidden = rooms.length > 0;
  for (const [id, card] of cards) {
    if (!rooms.some((room) => room.id === id)) {
      card.root.remove();
      cards.delete(id);
    }
  }
  rooms.forEach((room, index) => {
    let card = cards.get(room.id);
    if (!card) {
      card = newCard(cards.size < OPEN_ROOMS);
      cards.set(room.id, card);
    }
    if (list.children[index] !== card.root) list.insertBefore(card.root, list.children[index] ?? null);
    card.room = room;
    card.history.push(room.tick_ms);
    if (card.history.length > HISTORY) card.history.shift();
    showRoom(card, room);
  });
}

function showRoom(card, room) {
  const { find } = card;
  const name = find('.room-name');
  if (!name.firstChild) name.append(document.createElement('small'), document.createTextNode(''));
  put(name.firstChild, `Room ${room.id}`);
  name.lastChild.data = room.map;
  find('.phase').dataset.phase = room.phase;
  put(find('.phase'), room.phase);
  put(find('.mode'), playedIn(room));
  find('.meter .humans').style.width = `${(100 * room.humans) / room.seats}%`;
  find('.meter .opponents').style.width = `${(100 * room.opponents) / room.seats}%`;
  put(find('.seats-text'), `${plural(room.humans, 'player')} + ${plural(room.opponents, 'opponent')} of ${room.seats}`);
  put(find('.brief'), `p99 ${milliseconds(room.tick_ms.p99)} ms`);
  if (!card.root.open) return;

  const shown = columnsOf(room);
  showMatch(find('.match'), room, shown.colour);
  fitCells(find('thead tr'), shown.columns);
  showPlayers(card.rows, room.players, shown);
  const hidden = room.humans + room.opponents - room.players.length;
  put(find('.more'), hidden > 0 ? `and ${hidden} more` : '');
  showTiming(card, 1_000 / tickHz);
  put(find('.scale-top'), `top is the period, ${(1_000 / tickHz).toFixed(1)} ms`);
  for (const key of ['p50', 'p99', 'max']) put(find(`dd.${key}`), `${milliseconds(room.tick_ms[key])} ms`);
  put(find('dd.down'), bytes(room.down_bytes_per_s).join(' '));
  put(find('dd.up'), bytes(room.up_bytes_per_s).join(' '));
  put(find('dd.number-tick'), room.tick.toLocaleString('en'));
}

function showPlayers(body, players, shown) {
  while (body.rows.length > players.length) body.deleteRow(-1);
  while (body.rows.length < players.length) {
    const row = body.insertRow();
    const cell = row.insertCell();
    const dot = document.createElement('span');
    dot.className = 'dot';
    const tag = document.createElement('span');
    tag.className = 'tag';
    // The name in an isolate of its own: letters of right-to-left scripts reorder nothing around it.
    const shown = document.createElement('bdi');
    cell.append(dot, shown, tag);
  }
  players.forEach((player, index) => {
    const row = body.rows[index];
    row.className = player.opponent ? 'opponent' : '';
    put(row.cells[0].childNodes[1], player.name);
    put(row.cells[0].lastChild, player.opponent ? 'computer' : '');
    fitCells(row, shown.columns);
    showFacts(row, player, shown);
  });
}

// Drawn by its logarithm, from ten microseconds at the bottom to the whole period of a tick at the top: there a room
// would be out of time.
function showTiming({ history, paths, find }, period) {
  const { width, height, floor } = CHART;
  const x = (index) => width - ((history.length - 1 - index) * width) / (HISTORY - 1);
  const y = (value) => height * (1 - Math.log(Math.max(value, floor) / floor) / Math.log(period / floor));
  for (const [key, path] of paths) {
    const points = history.map((sample, index) => `${x(index).toFixed(1)} ${Math.max(0, y(sample[key])).toFixed(1)}`);
    // A single sample is drawn as a dot.
    path.setAttribute('d', `M${points.join('L')}${points.length === 1 ? 'h-.1' : ''}`);
  }
  const marks = [0.1, 1, 10].filter((mark) => mark < period);
  find('path.grid').setAttribute('d', marks.map((mark) => `M0 ${y(mark).toFixed(1)}H${width}`).join(''));
  const labels = find('.marks');
  if (labels.children.length === marks.length) return;
  labels.replaceChildren(...marks.map((mark) => {
    const label = document.createElement('span');
    label.textContent = mark;
    label.style.top = `${(100 * y(mark)) / height}%`;
    return label;
  }));
}

function showPulse(state, text) {
  byId('pulse').dataset.state = state;
  put(byId('pulse-text'), text);
}

async function ask(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

let lastHeard = null;

async function update() {
  try {
    const [server, { rooms }] = await Promise.all([ask('/api/server'), ask('/api/rooms')]);
    rooms.sort((a, b) => b.humans - a.humans || a.id - b.id);
    tickHz = server.tick_hz;
    showServer(server, rooms);
    showRooms(rooms);
    lastHeard = Date.now();
    showPulse(...(server.draining ? ['drain', 'shutting down'] : ['live', 'live']));
  } catch {
    const ago = lastHeard ? `, last heard ${duration(Math.round((Date.now() - lastHeard) / 1_000))} ago` : '';
    showPulse('lost', `no answer${ago}`);
  }
}

async function run() {
  for (;;) {
    const started = performance.now();
    if (!document.hidden) await update();
    await new Promise((resolve) => setTimeout(resolve, Math.max(100, PERIOD_MS - (performance.now() - started))));
  }
}

document.addEventListener('click', async ({ target }) => {
  const source = target instanceof HTMLButtonElement && target.dataset.copy;
  if (!source) return;
  try {
    await navigator.clipboard.writeText(byId(source).textContent);
    target.textContent = 'Copied';
  } catch {
    // Without the clipboard (plain http from afar) the text is selected, so that the keys do it.
    getSelection().selectAllChildren(byId(source));
    target.textContent = 'Selected';
  }
  setTimeout(() => (target.textContent = 'Copy'), 1_500);
});
// What is closed is not kept up to date, so it is drawn when it opens.
document.addEventListener('toggle', ({ target }) => {
  const card = [...cards.values()].find(({ root }) => root === target);
  if (card?.room) showRoom(card, card.room);
}, true);

run();
