// The inspector: what a room's match is made of, live, by the names of its game's declarations. It asks only while it is open.

import { get, post } from './api.js';
import { byId, put } from './words.js';

const PERIOD_MS = 400;
const EVENTS_MAX = 200;
/** Colours of kinds in the drawing, in turn. */
const COLOURS = ['var(--accent)', 'var(--good)', 'var(--red)', 'var(--text)', 'var(--muted)'];

const dialog = byId('inspector');
const rows = new Map();
let room = null, events = [], eventsNext = 0, after = [], running = false, shownKinds = '', shownPlayers = '', latest = null;

/** Opens it on a room of the state. */
export function inspect({ id, map, players }) {
  room = id;
  events = [];
  eventsNext = 0;
  after = [];
  shownKinds = '';
  rows.clear();
  byId('inspect-rows').replaceChildren();
  byId('inspect-events').replaceChildren();
  put(byId('inspect-title'), `Room ${id} · ${map}`);
  for (const name of ['inspect-kind', 'inspect-id']) byId(name).value = '';
  shownPlayers = '';
  byId('inspect-player').value = '';
  showPlayers(players);
  dialog.showModal();
  if (!running) run();
}

/** Players come and go while the inspector is open. */
export function updatePlayers(rooms) {
  const shown = dialog.open && rooms.find(({ id }) => id === room);
  if (shown) showPlayers(shown.players);
}

function showPlayers(players) {
  const seated = players.filter(({ spectator }) => !spectator).sort((a, b) => a.player - b.player);
  const text = seated.map(({ player, name }) => `${player} ${name}`).join('\n');
  if (text === shownPlayers) return;
  shownPlayers = text;
  const select = byId('inspect-player'), { value } = select;
  select.replaceChildren(new Option('nobody', ''), ...seated.map(({ player, name }) => new Option(`${name} (${player})`, player)));
  if (seated.some(({ player }) => String(player) === value)) select.value = value;
}

async function run() {
  running = true;
  while (dialog.open) {
    const started = performance.now();
    if (!document.hidden) await update();
    await new Promise((resolve) => setTimeout(resolve, Math.max(100, PERIOD_MS - (performance.now() - started))));
  }
  running = false;
}

async function update() {
  const wanted = { room, kind: byId('inspect-kind').value, id: byId('inspect-id').value, player: byId('inspect-player').value, after: after.at(-1) ?? '', events_since: eventsNext };
  const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value !== ''));
  try {
    const seen = await get(`inspect?${query}`);
    // Another room, or another page of the list, was asked for meanwhile.
    if (wanted.room !== room || wanted.after !== (after.at(-1) ?? '')) return;
    show(seen);
    put(byId('inspect-problem'), '');
  } catch (problem) {
    put(byId('inspect-problem'), problem.message);
  }
}

function show(seen) {
  latest = seen;
  put(byId('inspect-tick'), `tick ${seen.tick}`);
  showKinds(seen.kinds);
  showEntities(seen);
  showDots(seen);
  put(byId('inspect-own'), seen.own === null ? 'Choose a player.' : `${pretty(seen.own)}${seen.input === null ? '' : `\n\nIts last input:\n${pretty(seen.input)}`}`);
  put(byId('inspect-board'), seen.board);
  put(byId('inspect-settings'), pretty(seen.settings));
  if (seen.events_next < eventsNext) events = [];
  events = [...events, ...seen.events].slice(-EVENTS_MAX);
  eventsNext = seen.events_next;
  if (seen.events.length > 0) byId('inspect-events').replaceChildren(...[...events].reverse().map(eventLine));
}

const pretty = (value) => (value !== null && typeof value === 'object' && Object.values(value).every((part) => part === null || typeof part !== 'object')
  ? Object.entries(value).map(([name, part]) => `${name}: ${JSON.stringify(part)}`).join('\n')
  : JSON.stringify(value, null, 1));

function showKinds(kinds) {
  const text = kinds.map(({ name, count }) => `${name} ${count}`).join();
  if (text === shownKinds) return;
  shownKinds = text;
  const select = byId('inspect-kind'), { value } = select;
  // The options stay: a list that is open would close.
  if (select.options.length === kinds.length + 1) {
    kinds.forEach(({ name, count }, index) => put(select.options[index + 1], `${name} (${count})`));
  } else {
    select.replaceChildren(new Option('all', ''), ...kinds.map(({ name, count }) => new Option(`${name} (${count})`, name)));
    select.value = value;
  }
}

function showEntities({ entities, more_after: more, dev, kinds }) {
  const body = byId('inspect-rows');
  for (const [id, row] of rows) {
    if (entities.some((entity) => entity.id === id)) continue;
    row.remove();
    rows.delete(id);
  }
  entities.forEach((entity, index) => {
    let row = rows.get(entity.id);
    if (!row) {
      row = byId('entity').content.firstElementChild.cloneNode(true);
      rows.set(entity.id, row);
    }
    row.entity = entity;
    if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
    put(row.querySelector('.entity-id'), String(entity.id));
    put(row.querySelector('.entity-kind'), entity.kind);
    row.querySelector('.entity-kind').style.color = colourOf(kinds.findIndex(({ name }) => name === entity.kind));
    put(row.querySelector('.entity-fields'), Object.entries(entity.fields).map(([name, value]) => `${name} ${short(value)}`).join('   '));
    row.querySelector('button').hidden = !dev;
  });
  byId('inspect-empty').hidden = entities.length > 0;
  byId('inspect-first').disabled = after.length === 0;
  byId('inspect-more').disabled = more === null;
  byId('inspect-more').dataset.after = more ?? '';
}

const short = (value) => (value !== null && typeof value === 'object' && 'x' in value && 'y' in value ? `${value.x}, ${value.y}` : JSON.stringify(value));
const colourOf = (kind) => COLOURS[kind % COLOURS.length];

/** A small drawing from above: around what lives, where the map has no end. */
function showDots({ dots, size, entities }) {
  const xs = dots.map(([, x]) => x), ys = dots.map(([, , y]) => y);
  const [left, top] = size ? [0, 0] : [Math.min(0, ...xs), Math.min(0, ...ys)];
  const [width, height] = size ?? [Math.max(1, ...xs) - left, Math.max(1, ...ys) - top];
  const low = [Math.min(left, ...xs), Math.min(top, ...ys)];
  const box = [low[0], low[1], Math.max(left + width, ...xs) - low[0], Math.max(top + height, ...ys) - low[1]];
  const radius = Math.max(box[2], box[3]) / 90;
  const svg = byId('inspect-dots');
  svg.setAttribute('viewBox', box.map((number) => number.toFixed(0)).join(' '));
  const shown = new Set(entities.map(({ id }) => id));
  const circles = dots.map(([id, x, y, kind]) => {
    const circle = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
    const place = { cx: x.toFixed(1), cy: y.toFixed(1), r: (radius * (shown.has(id) ? 1 : 0.6)).toFixed(1) };
    for (const [name, value] of Object.entries(place)) circle.setAttribute(name, value);
    circle.style.fill = colourOf(kind);
    return circle;
  });
  svg.replaceChildren(...circles);
}

function eventLine({ number, tick, audience, event }) {
  const line = document.createElement('li');
  line.dataset.number = number;
  const { kind = 'event', ...fields } = event ?? {};
  const name = document.createElement('b');
  name.textContent = kind;
  const note = document.createElement('small');
  note.textContent = `tick ${tick}${audience === 'all' ? '' : `, to ${audience}`}`;
  line.append(name, ` ${Object.entries(fields).map(([field, value]) => `${field} ${short(value)}`).join('   ')}`, note);
  return line;
}

/** Opens the form in which a field is set. */
function edit(entity) {
  const select = byId('edit-field');
  select.replaceChildren(...Object.keys(entity.fields).map((name) => new Option(name, name)));
  const fill = () => byId('edit-value').value = JSON.stringify(entity.fields[select.value]);
  select.onchange = fill;
  fill();
  put(byId('edit-title'), `Set a field of ${entity.kind} ${entity.id}`);
  byId('edit-form').entity = entity.id;
  byId('edit-form').hidden = false;
  put(byId('edit-problem'), '');
  byId('edit-value').focus();
}

byId('edit-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = byId('edit-form');
  let value;
  try {
    value = JSON.parse(byId('edit-value').value);
  } catch {
    put(byId('edit-problem'), 'Write the value as JSON, for example 100, true, "red" or {"x": 16, "y": 32}.');
    return;
  }
  try {
    await post('edit', { room, id: form.entity, field: byId('edit-field').value, value });
    form.hidden = true;
  } catch (problem) {
    put(byId('edit-problem'), problem.message);
  }
});
byId('edit-cancel').addEventListener('click', () => byId('edit-form').hidden = true);
byId('inspect-close').addEventListener('click', () => dialog.close());
byId('inspect-rows').addEventListener('click', ({ target }) => {
  if (target instanceof HTMLButtonElement) edit(target.closest('tr').entity);
});
byId('inspect-more').addEventListener('click', () => {
  if (latest?.more_after != null) after.push(latest.more_after);
});
byId('inspect-first').addEventListener('click', () => after = []);
for (const name of ['inspect-kind', 'inspect-id', 'inspect-player']) byId(name).addEventListener('change', () => after = []);
