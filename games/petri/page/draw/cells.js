// Soft cells: a membrane that wobbles, a nucleus that lags behind, name and mass inside.

import { FONT, draw, label, picture } from 'ricochet-page/draw/pictures.js';
import { coloursOf, palette } from '../palette.js';

/** CSS pixels from which a cell has a wobbling outline, and from which a name fits into it. */
const SOFT = 18, NAMED = 22;
const POINTS = 20;
const COS = Array.from({ length: POINTS }, (_, index) => Math.cos((index / POINTS) * 2 * Math.PI));
const SIN = Array.from({ length: POINTS }, (_, index) => Math.sin((index / POINTS) * 2 * Math.PI));
/** A cell swallows those that have less than its mass divided by this. */
const SWALLOWS = 1.25;

/** `nameOf` gives the name of a seat; `prey` is the mass of the player's smallest cell, for marking those that can swallow it. */
export function drawCells(context, camera, { cells, numbers }, { now, nameOf, prey }) {
  for (const cell of cells) {
    if (!camera.sees(cell.x, cell.y, cell.shown * 1.2)) continue;
    const size = cell.shown * camera.scale;
    if (size < SOFT) drawSmall(context, cell);
    else drawSoft(context, cell, now / 1_000, numbers.side);
    if (!cell.isOwn && cell.mass > prey * SWALLOWS) drawDanger(context, cell, camera.scale);
    if (size > NAMED) drawWords(context, cell, camera.scale, nameOf(cell.owner));
  }
}

function drawSmall(context, { x, y, shown, hue, isOwn }) {
  const [body, membrane] = coloursOf(hue);
  context.beginPath();
  context.arc(x, y, shown, 0, 2 * Math.PI);
  context.fillStyle = body;
  context.fill();
  context.lineWidth = shown * 0.14;
  context.strokeStyle = isOwn ? palette.white : membrane;
  context.stroke();
}

function drawSoft(context, cell, seconds, side) {
  const { x, y, shown, hue, isOwn, phase, stirred, vx, vy } = cell;
  const [body, membrane] = coloursOf(hue);
  outline(context, x, y, shown, phase + seconds * 1.6, 0.018 + 0.07 * stirred, side);
  const light = context.createRadialGradient(x - shown * 0.3, y - shown * 0.35, shown * 0.1, x, y, shown);
  light.addColorStop(0, membrane + 'd0');
  light.addColorStop(0.45, body + 'e6');
  light.addColorStop(1, body + 'ff');
  context.fillStyle = light;
  context.fill();
  context.lineWidth = Math.min(9, 1.5 + shown * 0.05);
  context.strokeStyle = isOwn ? palette.white : membrane;
  context.stroke();
  // The nucleus moves more slowly than the membrane.
  const speed = Math.hypot(vx, vy) || 1, lag = Math.min(0.22, speed / 2_000) * shown;
  const sway = Math.sin(seconds * 0.9 + phase) * shown * 0.05;
  context.globalAlpha = 0.2;
  context.fillStyle = '#04141c';
  context.beginPath();
  context.ellipse(x - (vx / speed) * lag + sway, y - (vy / speed) * lag + shown * 0.08, shown * 0.5, shown * 0.44, phase, 0, 2 * Math.PI);
  context.fill();
  context.globalAlpha = 1;
}

/** A closed curve around a circle, that stays in the dish. */
function outline(context, x, y, radius, turn, wobble, side) {
  const place = (index) => {
    const wave = Math.sin(3 * (index / POINTS) * 2 * Math.PI + turn) + 0.6 * Math.sin(5 * (index / POINTS) * 2 * Math.PI - 1.7 * turn);
    const far = radius * (1 + wave * wobble);
    return [within(x + COS[index] * far, x, side), within(y + SIN[index] * far, y, side)];
  };
  let [fromX, fromY] = place(POINTS - 1), [toX, toY] = place(0);
  context.beginPath();
  context.moveTo((fromX + toX) / 2, (fromY + toY) / 2);
  for (let index = 0; index < POINTS; index++) {
    [fromX, fromY] = [toX, toY];
    [toX, toY] = place((index + 1) % POINTS);
    context.quadraticCurveTo(fromX, fromY, (fromX + toX) / 2, (fromY + toY) / 2);
  }
}

/** A membrane that meets the dish's rim is pressed flat, as long as the middle of its cell is inside. */
function within(value, middle, side) {
  return middle < 0 || middle > side ? value : Math.min(Math.max(value, 0), side);
}

/** Who can swallow the player is told by a broken ring, not by a colour. */
function drawDanger(context, { x, y, shown }, scale) {
  context.beginPath();
  context.arc(x, y, shown * 1.08 + 4 / scale, 0, 2 * Math.PI);
  context.setLineDash([10 / scale, 9 / scale]);
  context.lineWidth = 1.6 / scale;
  context.globalAlpha = 0.55;
  context.strokeStyle = palette.danger;
  context.stroke();
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function drawWords(context, { x, y, shown, mass }, scale, name) {
  const text = label(name, palette.white, 26, 700);
  const size = Math.min(1, (shown * 1.5) / Math.max(70, name.length * 13)) * Math.max(1, shown / 70);
  const hasMass = shown * scale > NAMED * 1.6;
  draw(context, { ...text, width: text.width * size, height: text.height * size }, x, y - (hasMass ? 8 * size : 0));
  if (!hasMass) return;
  context.font = `500 ${Math.round(19 * size)}px ${FONT}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = '#f4fbffcc';
  context.fillText(String(Math.round(mass)), x, y + 18 * size);
}

/** What can be swallowed: pellets that glow, and crumbs. */
export function drawFood(context, camera, { pellets, crumbs, numbers }, now) {
  for (const { x, y, hue, phase } of pellets.values()) {
    if (!camera.sees(x, y, 30)) continue;
    const { canvas, width } = pelletOf(hue, numbers.pellet);
    const size = width * (1 + 0.08 * Math.sin(now / 500 + phase));
    context.drawImage(canvas, x - size / 2, y - size / 2, size, size);
  }
  for (const crumb of crumbs.values()) {
    if (camera.sees(crumb.x, crumb.y, 40)) drawSmall(context, { ...crumb, shown: numbers.crumb });
  }
}

/** A pellet and its glow. */
function pelletOf(hue, radius) {
  const [body, light] = coloursOf(hue);
  return picture(`pellet ${body}`, radius * 6, radius * 6, (context) => {
    const glow = context.createRadialGradient(0, 0, radius * 0.4, 0, 0, radius * 3);
    glow.addColorStop(0, body + '70');
    glow.addColorStop(0.4, body + '26');
    glow.addColorStop(1, body + '00');
    context.fillStyle = glow;
    context.fillRect(-radius * 3, -radius * 3, radius * 6, radius * 6);
    context.fillStyle = light;
    context.beginPath();
    context.arc(0, 0, radius * 0.8, 0, 2 * Math.PI);
    context.fill();
    context.lineWidth = radius * 0.35;
    context.strokeStyle = body;
    context.stroke();
  });
}
