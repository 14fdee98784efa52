// Sprites of cells, pellets and marks, in each of the cells' colours.

import { Sprite } from 'ricochet-page/draw/sprite.js';
import { COLOURS, palette } from '../palette.js';

/** Sprites of other players' cells, of the player's own, and of pellets, by colour. */
const others = COLOURS.map((colours) => cellSprite(colours, colours[1]));
const own = COLOURS.map((colours) => cellSprite(colours, palette.white));
const pellets = COLOURS.map(pelletSprite);

export const cellOf = (hue, isOwn) => (isOwn ? own : others)[hue % COLOURS.length];

export const pelletOf = (hue) => pellets[hue % COLOURS.length];

/** A broken ring around a cell. */
export const danger = new Sprite((context, radius) => {
  context.beginPath();
  context.arc(0, 0, radius * 1.08 + 4, 0, 2 * Math.PI);
  context.setLineDash([radius * 0.12 + 4, radius * 0.1 + 4]);
  context.lineWidth = 2.5;
  context.strokeStyle = palette.danger + 'b0';
  context.stroke();
  context.setLineDash([]);
}, 1.5);

function cellSprite(colours, membrane) {
  return new Sprite((context, radius) => {
    context.beginPath();
    context.arc(0, 0, radius - membraneOf(radius) / 2, 0, 2 * Math.PI);
    fillBody(context, radius, colours, membrane);
    drawNucleus(context, 0, radius * 0.08, radius, 0.5);
  });
}

/** Fills the current path, a cell around the origin, and draws its rim. */
export function fillBody(context, radius, [body, light], membrane) {
  const shade = context.createRadialGradient(-0.3 * radius, -0.35 * radius, 0.1 * radius, 0, 0, radius);
  shade.addColorStop(0, `color-mix(in srgb, ${light} 50%, ${body})`);
  shade.addColorStop(0.6, body);
  shade.addColorStop(1, `color-mix(in srgb, ${body} 80%, black)`);
  context.fillStyle = shade;
  context.fill();
  context.lineWidth = membraneOf(radius);
  context.strokeStyle = membrane;
  context.stroke();
}

export function drawNucleus(context, x, y, radius, turn) {
  context.fillStyle = palette.nucleus;
  context.beginPath();
  context.ellipse(x, y, radius * 0.5, radius * 0.44, turn, 0, 2 * Math.PI);
  context.fill();
}

/** Width of a cell's rim. */
function membraneOf(radius) {
  return Math.min(6, 1 + radius * 0.04);
}

/** A pellet and its glow. */
function pelletSprite([body, light]) {
  return new Sprite((context, radius) => {
    const glow = context.createRadialGradient(0, 0, radius * 0.4, 0, 0, radius * 3);
    glow.addColorStop(0, body + '70');
    glow.addColorStop(0.4, body + '26');
    glow.addColorStop(1, body + '00');
    context.fillStyle = glow;
    context.fillRect(-radius * 3, -radius * 3, radius * 6, radius * 6);
    context.beginPath();
    context.arc(0, 0, radius * 0.8, 0, 2 * Math.PI);
    context.fillStyle = light;
    context.fill();
    context.lineWidth = radius * 0.35;
    context.strokeStyle = body;
    context.stroke();
  }, 3);
}
