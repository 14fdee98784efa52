// The admin page: asks the server once a second and shows what it says. Nothing is loaded from elsewhere.

import { get, token } from './api.js';
import { Chart } from './chart.js';
import { confirm } from './dialog.js';
import { inspect, updatePlayers } from './inspector.js';
import { played, showRooms } from './rooms.js';
import { byId, duration, milliseconds, plural, put, time } from './words.js';

const PERIOD_MS = 1_000;
const RUNGS = ['full', 'less of what is far', 'half the snapshots', 'refuses joins'];

const chart = new Chart();
const sum = (list, pick) => list.reduce((total, item) => total + pick(item), 0);

function showServer({ server, shards, rooms, who }) {
  document.title = `Admin · ${server.name}`;
  put(byId('name'), server.name);
  put(byId('tagline'), `${played(server, server.games)}, rooms of ${server.room_size} at ${server.tick_hz} Hz`);
  put(byId('players'), String(sum(rooms, (room) => room.humans)));
  put(byId('players-of'), `of ${server.players_max}`);
  put(byId('players-note'), `${plural(sum(rooms, (room) => room.spectators), 'spectator')}, ${plural(rooms.length, 'room')}`);
  put(byId('memory'), (server.memory_bytes / 2 ** 20).toFixed(0));
  put(byId('memory-note'), plural(server.open_files, 'open file'));
  put(byId('version'), `${server.version}, protocol ${server.protocol}`);
  put(byId('uptime'), duration(server.uptime_s));
  put(byId('who'), who);
  const load = Math.max(0, ...shards.map((shard) => shard.load ?? 0));
  put(byId('load'), (100 * load).toFixed(load < 0.1 ? 1 : 0));
  put(byId('load-note'), plural(sum(shards, (shard) => shard.commands_waiting), 'command') + ' waiting');
  const rung = Math.max(0, ...shards.map((shard) => shard.rung ?? 0));
  byId('rung').dataset.rung = rung;
  put(byId('rung'), RUNGS[rung]);
  put(byId('rung-note'), `rung ${rung} of ${RUNGS.length - 1}`);
  const silent = shards.filter((shard) => !shard.alive).map((shard) => shard.shard);
  put(byId('shards'), silent.length > 0 ? `${shards.length}, silent: ${silent.join(', ')}` : String(shards.length));
}

function showTicks() {
  const newest = chart.newest;
  const p99 = Math.max(0, ...newest.map((second) => second.p99_us));
  put(byId('tick'), newest.length > 0 ? milliseconds(p99 / 1_000) : '–');
  put(byId('tick-note'), newest.length > 0 ? `late p99 ${milliseconds(Math.max(...newest.map((second) => second.late_p99_us)) / 1_000)} ms` : '');
}

function showAudit({ entries }) {
  byId('audit-empty').hidden = entries.length > 0;
  const list = byId('audit');
  if (list.children.length === entries.length && list.dataset.newest === String(entries.at(-1)?.at_ms)) return;
  list.dataset.newest = String(entries.at(-1)?.at_ms);
  list.replaceChildren(...entries.toReversed().map(({ at_ms: at, who, action, target, reason, outcome }) => {
    const item = document.createElement('li');
    const small = document.createElement('small');
    item.className = outcome === 'done' ? '' : 'failed';
    item.append(`${action} ${target}`, small);
    small.textContent = [time(at), who, reason, outcome !== 'done' && outcome].filter(Boolean).join(' · ');
    return item;
  }));
}

function showBans({ bans }) {
  byId('bans-empty').hidden = bans.length > 0;
  const list = byId('bans');
  const now = JSON.stringify(bans);
  if (list.dataset.shown === now) return;
  list.dataset.shown = now;
  list.replaceChildren(...bans.map((ban) => {
    const item = document.createElement('li');
    const text = document.createElement('span');
    const small = document.createElement('small');
    const button = document.createElement('button');
    text.append(ban.network, small);
    small.textContent = [ban.reason, ban.until ? `until ${ban.until}` : 'for good', ban.by].filter(Boolean).join(' · ');
    button.type = 'button';
    button.dataset.act = 'unban';
    button.textContent = 'Unban…';
    item.ban = ban;
    item.append(text, button);
    return item;
  }));
}

function showPulse(state, text) {
  byId('pulse').dataset.state = state;
  put(byId('pulse-text'), text);
}

function askWho(problem) {
  document.body.dataset.view = 'login';
  chart.forget();
  showPulse('wait', 'not admitted');
  put(byId('tagline'), 'Admin');
  put(byId('login-problem'), problem);
  if (document.activeElement !== byId('token')) byId('token').focus();
}

let lastHeard = null;

async function update() {
  if (document.body.dataset.view === 'login') return;
  if (!token.get()) return askWho('');
  try {
    const [state, ticks, audit, bans] = await Promise.all([get('state'), get(`ticks?since=${chart.since}`), get('audit'), get('bans')]);
    document.body.dataset.view = 'main';
    chart.add(ticks);
    showServer(state);
    showTicks();
    showRooms(state.rooms, state.server.games);
    updatePlayers(state.rooms);
    showAudit(audit);
    showBans(bans);
    lastHeard = Date.now();
    const { status } = state.server;
    showPulse(...(status === 'serving' ? ['live', 'live'] : ['drain', status]));
  } catch (problem) {
    if ([401, 403, 429].includes(problem.status)) return askWho(problem.message);
    const ago = lastHeard ? ` Last heard ${duration((Date.now() - lastHeard) / 1_000)} ago.` : '';
    showPulse('lost', (problem.message ?? String(problem)) + ago);
  }
}

/** What a button is about: the player of its row, the ban of its line, the room of its card, or the server. */
function about(button) {
  return {
    player: button.closest('tr')?.player,
    ban: button.closest('li')?.ban,
    room: button.closest('.room')?.room,
  };
}

document.addEventListener('click', ({ target }) => {
  const act = target instanceof HTMLButtonElement && target.dataset.act;
  if (act) confirm(act, about(target), update);
  else if (target instanceof HTMLButtonElement && target.classList.contains('inspect')) inspect(about(target).room);
});
byId('login').addEventListener('submit', (event) => {
  event.preventDefault();
  token.set(byId('token').value);
  byId('token').value = '';
  document.body.dataset.view = 'wait';
  update();
});
byId('logout').addEventListener('click', () => {
  token.forget();
  askWho('');
});

for (;;) {
  const started = performance.now();
  if (!document.hidden) await update();
  await new Promise((resolve) => setTimeout(resolve, Math.max(100, PERIOD_MS - (performance.now() - started))));
}
