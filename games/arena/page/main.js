// The page: puts its parts together and draws a frame whenever the browser shows one.

import { Attract } from './attract.js';
import { Bench } from './bench.js';
import { Connection } from './connection.js';
import { Stage } from './draw/stage.js';
import { Chat } from './hud/chat.js';
import { byId, setData, setText } from './hud/dom.js';
import { Feed } from './hud/feed.js';
import { Match } from './hud/match.js';
import { Menu } from './hud/menu.js';
import { Minimap } from './hud/minimap.js';
import { NetworkOverlay } from './hud/network.js';
import { Scoreboard } from './hud/scoreboard.js';
import { StatusLine } from './hud/status-line.js';
import { Vitals } from './hud/vitals.js';
import { Watching } from './hud/watching.js';
import { Controls } from './input/controls.js';
import { Idle } from './idle.js';
import { JoinScreen } from './join.js';
import { Measures } from './measures.js';
import { Moments } from './moments.js';
import { OwnDeath } from './own-death.js';
import * as place from './place.js';
import { ROOM_GONE } from './refusals.js';
import { RESULTS, RUNNING, Roster } from './roster.js';
import { Scene } from './scene.js';
import { Sound } from './sound/sound.js';
import { saidAtOnce, truthOf } from './truth.js';
import { loadModule } from './wasm.js';

const parameters = new URLSearchParams(location.search);
const canvas = byId('stage');
const roster = new Roster();
const scene = new Scene();
const sound = new Sound();
const chat = new Chat();
const join = new JoinScreen(parameters);
const controls = new Controls(canvas, byId('dash'), () => chat.isOpen || join.isOpen || menu.isOpen || theatre !== null);
const stage = new Stage(canvas, scene, roster, sound);
const measures = new Measures();
const connection = new Connection(controls, parameters.get('transport') ?? 'auto');
const [vitals, match, scoreboard, feed, minimap] = [new Vitals(), new Match(), new Scoreboard(), new Feed(), new Minimap()];
const network = new NetworkOverlay();
const status = new StatusLine({ onRetry: retry, onLeave: leave });
const watching = new Watching({ onPlay: joinTheFight });
const menu = new Menu({ onMute: () => setMuted(!sound.muted), onNetwork: () => network.toggle(), onLeave: leave });
const idle = new Idle();
const attract = new Attract(canvas);
const moments = new Moments(showEvent, (event) => {
  // What is too old to be seen happen is still true.
  if (event.kind === 'killed' && event.victim === roster.joined?.player) vitals.handleKilledBy(killedBy(event));
});
const ownDeath = new OwnDeath(showEvent);
let bench = null;
/** Shows recordings, once one is asked for. */
let theatre = null;
let map = null;
let drawnAt = performance.now();
/** Whether there was something to say of the second before. */
let uneasy = false;
/** When the trigger was held last. */
let firedAt = -Infinity;
let coveredAt = -Infinity;

connection.onState = (state) => {
  setData(document.body, 'state', state);
  setData(document.body, 'transport', connection.session?.transport);
  const watches = Boolean(connection.wish?.spectate);
  controls.enabled = state === 'playing' && !watches;
  // The panel of a lost link has a way out of its own.
  if (state !== 'playing') menu.close();
  if (state === 'playing') {
    join.hide();
    measures.clear();
    if (watches) watching.start(scene, roster, connection.session, connection.seat?.delay_secs);
    else watching.start();
    byId('hud').hidden = false;
    join.wishFor(undefined);
    place.show(connection.room, watches ? 'Watching room' : 'Room');
    menu.setLink(place.linkTo(connection.room));
  }
  // A newcomer is told where they stand: at the form.
  if (join.isOpen && (state === 'over' || state === 'waiting')) {
    const { name, what, advice } = connection.reason;
    connection.stop();
    if (ROOM_GONE.includes(name)) join.wishFor(undefined);
    join.fail([what, advice].filter(Boolean).join(' '));
  }
};

connection.onEvent = (event) => {
  const before = roster.match?.phase;
  const leaver = event.kind === 'left' ? roster.player(event.player) : null;
  const known = event.kind === 'player' ? roster.player(event.player) : null;
  roster.handleEvent(event);
  if (event.tick !== undefined) holdEvent(event, performance.now());
  switch (event.kind) {
    case 'map':
      map = connection.session.map();
      stage.setMap(map);
      minimap.setArena(stage.arena);
      scene.clear();
      moments.clear();
      ownDeath.clear();
      idle.clear();
      break;
    case 'chat':
      chat.add(event, roster);
      break;
    case 'left':
      if (leaver && !leaver.opponent && event.player !== roster.joined.player) chat.note(`${leaver.name} left`);
      break;
    case 'player':
      if (!known && !event.opponent && event.player !== roster.joined.player && roster.match) chat.note(`${event.name} is here`);
      if (event.player === roster.joined.player && event.name !== connection.wish.name && event.name !== known?.name) {
        chat.note(`Others read your name as ${event.name}`);
      }
      break;
    case 'match':
      if (before !== undefined && before !== event.phase) {
        if (event.phase === RUNNING) sound.gong(true);
        if (event.phase === RESULTS) sound.gong(false);
      }
      break;
  }
};

join.onJoin = (wish) => connection.start(wish);
chat.onSend = (text) => {
  if (connection.state !== 'playing') return false;
  connection.session.chat(text);
  return true;
};
chat.onOpen = menu.onOpen = () => controls.release();
scoreboard.onMute = (seat, muted) => roster.mute(seat, muted);
stage.idle = idle.seats;

/** What happens to oneself is seen on one's own clock, what happens to others with their picture. */
function holdEvent(event, now) {
  const own = event.victim !== undefined && event.victim === roster.joined?.player;
  if (!own || document.hidden || now - drawnAt > NO_FRAMES_MS) moments.hold(event, now);
  else if (event.kind === 'killed') ownDeath.hold(event, now);
  else showEvent(event);
}

function showEvent(event) {
  stage.handleEvent(event);
  if (event.kind !== 'killed') return;
  feed.add(event, roster);
  if (event.victim === roster.joined?.player) vitals.handleKilledBy(killedBy(event));
}

/** The camera keeps the rim of the map out from below what lies over it. */
function coverCamera(now) {
  coveredAt = now;
  let top = 0, bottom = 0;
  for (const id of ['match', 'vitals']) {
    const box = byId(id).getBoundingClientRect();
    if (box.height === 0) continue;
    if (box.bottom < innerHeight / 2) top = Math.max(top, box.bottom);
    else bottom = Math.max(bottom, innerHeight - box.top);
  }
  stage.camera.cover(top, bottom);
}

/** After this long without a frame the page is as good as hidden. */
const NO_FRAMES_MS = 500;
/** Between two looks at what lies over the map. */
const COVER_MS = 250;
/** Who fires goes on firing. */
const FIGHT_MS = 1_000;

function killedBy({ killer, victim, rail }) {
  if (killer === victim) return 'Your own shell caught you';
  return `${roster.name(killer)} got you${rail ? ' with the rail' : ''}`;
}

function retry() {
  if (connection.state === 'over') connection.start(connection.wish);
  else connection.tryNow();
}

function leave() {
  connection.stop();
  menu.close();
  place.show();
  roster.clear();
  watching.start();
  map = null;
  stage.setMap(null);
  minimap.setArena(null);
  scene.clear();
  moments.clear();
  ownDeath.clear();
  idle.clear();
  feed.clear();
  chat.clear();
  status.update(performance.now(), connection);
  byId('hud').hidden = true;
  join.show();
}

function joinTheFight() {
  const { room } = roster.joined;
  leave();
  join.join({ room });
}

/** Shows a recording instead of playing: a file, an address, or what will be chosen. */
async function watch(source) {
  if (roster.joined && !theatre) leave();
  join.hide();
  try {
    if (!theatre) {
      const { Theatre } = await import('./replay/theatre.js');
      await Theatre.load();
      theatre = new Theatre({ canvas, stage, scene, roster, sound, feed, minimap, match, scoreboard, vitals, setMuted });
    }
  } catch (error) {
    join.show();
    return join.fail(`Recordings cannot be shown: ${error.message}. Reload the page.`);
  }
  await theatre.show(source);
}

function setMuted(muted) {
  sound.setMuted(muted);
  byId('mute').setAttribute('aria-pressed', String(muted));
  setText(byId('mute'), muted ? 'Sound off' : 'Sound on');
}

addEventListener('keydown', (event) => {
  if (theatre) return;
  if (event.key === 'F3') {
    event.preventDefault();
    network.toggle();
  }
  if (join.isOpen || chat.isOpen || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') return escape();
  if (menu.isOpen) return;
  if (event.key === 'Tab' && connection.state !== 'idle') {
    event.preventDefault();
    scoreboard.show(true);
  } else if (watching.active && event.key === ' ') {
    event.preventDefault();
    watching.next();
  } else if (event.key === 'Enter' && connection.state === 'playing' && !watching.active && !(event.target instanceof HTMLButtonElement)) {
    event.preventDefault();
    chat.open();
  } else if (event.code === 'KeyM' && !event.repeat) {
    setMuted(!sound.muted);
  }
});

/** Closes what is open, and opens the menu where nothing is. */
function escape() {
  if (scoreboard.open) scoreboard.show(false);
  else if (menu.isOpen) menu.close();
  else if (connection.state === 'playing') menu.open();
}

addEventListener('keyup', (event) => event.key === 'Tab' && !theatre && scoreboard.show(false));
addEventListener('blur', () => scoreboard.show(false));
// A file that is dropped is a recording.
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file) watch(file);
});
byId('show-scores').addEventListener('click', () => scoreboard.show(!scoreboard.open));
// Only a recording is left at once: a stray click must not end a match.
byId('leave').addEventListener('click', () => location.assign('/'));
byId('scoreboard-close').addEventListener('click', () => scoreboard.show(false));
// A button that keeps the keys would be pressed by the next space.
byId('hud').addEventListener('click', ({ target }) => {
  const button = target.closest('button');
  if (button && !menu.isOpen) button.blur();
});

function frame() {
  requestAnimationFrame(frame);
  const now = performance.now();
  const interval = now - drawnAt;
  drawnAt = now;
  if (bench) {
    bench.step(Math.min(0.05, interval / 1_000));
    stage.draw(now, controls);
    if (bench.handleFrame(interval, performance.now() - now)) setText(byId('bench'), JSON.stringify(bench.result, null, 1));
    return;
  }
  if (theatre) return theatre.frame(now, interval);
  if (connection.state === 'idle' || (join.isOpen && !roster.joined)) return attract.draw(now);
  if (now - coveredAt > COVER_MS) coverCamera(now);
  const shown = connection.state === 'playing' && connection.session?.frame(now);
  if (shown) {
    scene.read(shown.floats, shown.renderTick);
    ownDeath.update(scene.own, now);
    idle.update(now, scene, roster);
  }
  if (scene.own) {
    const { x, y } = stage.camera.toScreen(scene.own.x, scene.own.y);
    Object.assign(controls.origin, { x, y });
  }
  moments.update(scene.renderTick, now);
  stage.draw(now, controls, watching.active ? watching.craft(now) : null);
  vitals.update(scene.own, roster.match?.phase);
  match.update(roster, scene.renderTick);
  scoreboard.update(roster, map, idle.seats);
  minimap.update(now, scene, roster);
  status.update(now, connection);
  if (measures.update(now, connection.session, roster.joined)) {
    const line = truthOf(measures.sample);
    if (uneasy || saidAtOnce(measures.sample)) status.tell(now, line);
    uneasy = line !== null;
    network.update(measures, connection.session.transport);
    setText(byId('link'), `${Math.round(measures.sample.rtt_ms ?? 0)} ms`);
  }
  if (controls.intent.fire) firedAt = now;
  // A mouse that fires passes over buttons: they must not take the trigger.
  setData(document.body, 'fighting', now - firedAt < FIGHT_MS ? 'yes' : undefined);
  setData(document.body, 'touch', controls.touched ? 'yes' : undefined);
  measures.handleFrame(interval, performance.now() - now);
}

/** For tests and for the curious: what the page knows. Nothing here changes anything but `cutLink`. */
window.ricochet = Object.freeze({
  get state() { return connection.state; },
  get transport() { return connection.session?.transport ?? null; },
  get reason() { return connection.reason; },
  get reconnects() { return connection.reconnects; },
  get resumes() { return connection.resumes; },
  get watching() { return watching.active; },
  get player() { return roster.joined?.player ?? null; },
  get room() { return roster.joined?.room ?? null; },
  get own() { return scene.own && { ...scene.own }; },
  get crafts() { return [...scene.crafts.values()].map((craft) => ({ ...craft })); },
  get shells() { return scene.shells.size; },
  get scores() { return roster.ranked().map(({ player, name, team, score, deaths, opponent }) => ({ player, name, team, score, deaths, opponent })); },
  get match() { return roster.match && { ...roster.match }; },
  get map() { return map?.name ?? null; },
  get stats() { return measures.sample && { ...measures.sample, frames: measures.frames() }; },
  get replay() { return theatre?.state ?? null; },
  get bench() { return bench?.result ?? null; },
  get intent() { return { ...controls.intent }; },
  get effects() { return stage.effects.counts; },
  get idle() { return [...idle.seats]; },
  /** Where a point of the world is on the screen, CSS pixels. */
  onScreen(x, y) { return stage.camera.toScreen(x, y); },
  /** Cuts the link as a network would. */
  cutLink() { connection.session?.cut(); },
});

setMuted(sound.muted);
setData(document.body, 'state', 'idle');
if (parameters.has('bench')) {
  bench = new Bench(Number(parameters.get('bench')) || 64, scene, roster, stage);
  byId('join').hidden = true;
  byId('bench').hidden = false;
  requestAnimationFrame(frame);
} else if (parameters.has('replay')) {
  requestAnimationFrame(frame);
  watch(parameters.get('replay')).finally(() => setData(document.body, 'ready', 'yes'));
} else {
  const ready = loadModule();
  const room = place.roomOf(parameters);
  // A link to another room is a wish to leave this one.
  const elsewhere = parameters.has('play') || (room !== undefined && room !== connection.heldRoom);
  if (connection.canComeBack && !elsewhere) comeBack();
  else join.show();
  requestAnimationFrame(frame);
  ready.then(() => {
    if (parameters.has('play')) join.join({});
    setData(document.body, 'ready', 'yes');
  }, (error) => join.fail(`The game cannot be loaded: ${error.message}. Reload the page.`));
}

async function comeBack() {
  join.hide();
  if (await connection.comeBack()) return;
  join.show();
  join.fail('You are playing in another tab. Play here as well, under another name.');
}
