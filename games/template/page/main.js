// The page: the facts about the game that the engine needs, and its drawing.

import * as play from 'game-module/play.js';
import { FieldPicture } from 'ricochet-page/draw/field-picture.js';
import { draw, glow, label } from 'ricochet-page/draw/pictures.js';
import { byId, setText } from 'ricochet-page/hud/dom.js';
import { PointsHud, points } from 'ricochet-page/hud/points.js';
import { StickInput } from 'ricochet-page/input/stick-input.js';
import { start } from 'ricochet-page/start.js';

const WIDTH = 1_200, HEIGHT = 800, RING = 40, SQUARE = 26, COIN = 12;
const OWN = '#ffb84d', OTHER = '#5cc8ff', COMPUTER = '#7d8ca3', GOLD = '#ffd76a';
/** Rings that spread for a second when a player gets a point: remaining seconds, by player. */
const bursts = new Map();
let page, picture;

/** Draws the field. `picture.all(KIND)` are the entities of a kind, with the names of their fields in Rust. */
function drawField(context, { now, seconds }) {
  context.fillStyle = '#131a26';
  context.fillRect(-RING, -RING, WIDTH + 2 * RING, HEIGHT + 2 * RING);
  context.fillStyle = '#253247';
  for (let x = 0; x <= WIDTH; x += 50) for (let y = 0; y <= HEIGHT; y += 50) context.fillRect(x - 1, y - 1, 2, 2);
  draw(context, glow(GOLD, 120), WIDTH / 2, HEIGHT / 2);
  circle(context, WIDTH / 2, HEIGHT / 2, RING + Math.sin(now / 400) * 2, GOLD, 3);
  for (const { x, y } of picture.all('Coin')) {
    circle(context, x, y, COIN / 2, GOLD, COIN);
    circle(context, x, y, COIN - 4, '#b8860b', 2);
  }
  for (const square of picture.all('Square')) drawSquare(context, square);
  for (const [player, left] of bursts) {
    circle(context, WIDTH / 2, HEIGHT / 2, RING + (1 - left) * 90, colourOf(player), left * 6);
    if (left > seconds) bursts.set(player, left - seconds);
    else bursts.delete(player);
  }
}

function drawSquare(context, { key, x, y, velocity_x, velocity_y }) {
  const colour = colourOf(key);
  draw(context, glow(colour, 60), x, y);
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(x - SQUARE, y - SQUARE, 2 * SQUARE, 2 * SQUARE, 9);
  context.fill();
  context.fillStyle = '#0b0f16';
  // The eyes look in the direction of movement.
  for (const side of [-9, 9]) context.fillRect(x + side - 3 + velocity_x / 22, y - 7 + velocity_y / 22, 6, 12);
  draw(context, label(page.roster.name(key), '#dfe7f1', 15), x, y - SQUARE - 14);
}

function circle(context, x, y, radius, colour, width) {
  Object.assign(context, { strokeStyle: colour, lineWidth: width });
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.stroke();
}

function colourOf(seat) {
  if (seat === page.player) return OWN;
  return page.roster.player(seat)?.opponent ? COMPUTER : OTHER;
}

start({
  game: {
    id: 'template',
    name: 'Template',
    modules: { play, replay: () => import('game-module/replay.js') },
    words: { avatar: 'square', join: 'Push coins' },
    ...points(),
  },
  input: (engine) => new StickInput(page = engine),
  draw: () => picture = new FieldPicture(page, {
    width: WIDTH, height: HEIGHT, follow: 'Square', draw: drawField,
    show: ({ player, points }) => points > 0 && bursts.set(player, 1),
  }),
  hud: () => new PointsHud(page, () => setText(byId('points'), `${page.roster.own?.points ?? 0}`)),
  debug: { get own() { return { ...picture.own }; }, get coins() { return [...picture.all('Coin')].length; } },
});
