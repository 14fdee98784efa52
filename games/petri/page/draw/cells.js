// Cells, with name and mass inside. The largest ones and the player's own are soft; the others are sprites.

import { closedCurve } from 'ricochet-page/draw/curve.js';
import { Label } from 'ricochet-page/draw/label.js';
import { coloursOf, palette } from '../palette.js';
import { cellOf, danger, drawNucleus, fillBody, pelletOf } from './looks.js';

/** Radius of a cell, CSS pixels, from which its name, and from which its mass fits into it. */
const NAMED = 22, WEIGHED = 36;
/** Number of the largest cells that have a moving membrane. */
const SOFT_MAX = 6;
/** Points of a soft cell's outline. */
const POINTS = 14;
/** A cell can swallow cells of less than its mass divided by this. */
const SWALLOWS = 1.25;

const names = new Label(palette.white, 700), masses = new Label(palette.mass);

/** `nameOf` returns the name of a seat. `prey` is the mass of the player's smallest cell: cells that can swallow it are marked. */
export function drawCells(surface, camera, { cells, numbers }, { now, nameOf, prey }) {
  const pixels = surface.usePixels(), { context } = pixels, seconds = now / 1_000;
  // A cell that can swallow the player has a broken ring, so that nobody needs to tell colours apart.
  for (const { x, y, shown, isOwn, mass } of cells) {
    if (!isOwn && mass > prey * SWALLOWS && camera.sees(x, y, shown * 1.5)) danger.draw(pixels, x, y, shown);
  }
  for (const [index, cell] of cells.entries()) {
    const { x, y, shown, hue, isOwn, mass } = cell, size = shown * camera.scale;
    if (!camera.sees(x, y, shown * 1.2)) continue;
    if (size > NAMED && (isOwn || index >= cells.length - SOFT_MAX)) {
      surface.useWorld();
      drawSoft(context, cell, seconds, numbers.side);
      surface.usePixels();
    } else {
      cellOf(hue, isOwn).draw(pixels, x, y, shown * (1 + 0.06 * cell.stirred * Math.sin(9 * seconds + cell.phase)));
    }
    if (size < NAMED) continue;
    const name = nameOf(cell.owner), font = shown * Math.min(0.38, 3 / name.length), hasMass = size > WEIGHED;
    names.draw(pixels, name, x, y, font, hasMass ? -0.1 * shown : 0);
    if (hasMass) masses.draw(pixels, String(Math.round(mass)), x, y, 0.26 * shown, 0.27 * shown);
  }
}

/** Draws a cell with a membrane that wobbles and stays in the dish, and a nucleus that lags behind. */
function drawSoft(context, { x, y, shown, hue, isOwn, phase, stirred, vx, vy }, seconds, side) {
  const turn = phase + seconds * 1.6, wobble = 0.018 + 0.07 * stirred;
  closedCurve(context, Array.from({ length: POINTS }, (_, index) => {
    const angle = (index / POINTS) * 2 * Math.PI;
    const far = shown * (1 + wobble * (Math.sin(3 * angle + turn) + 0.6 * Math.sin(5 * angle - 1.7 * turn)));
    return [within(Math.cos(angle) * far, x, side), within(Math.sin(angle) * far, y, side)];
  }));
  context.translate(x, y);
  fillBody(context, shown, coloursOf(hue), isOwn ? palette.white : coloursOf(hue)[1]);
  const speed = Math.hypot(vx, vy) || 1, lag = Math.min(0.22, speed / 2_000) * shown;
  const sway = Math.sin(seconds * 0.9 + phase) * shown * 0.05;
  drawNucleus(context, sway - (vx / speed) * lag, shown * 0.08 - (vy / speed) * lag, shown, phase);
}

/** Clamps a point of a membrane to the dish, so that the rim flattens the cell, while the middle of the cell is inside. */
function within(off, middle, side) {
  return middle < 0 || middle > side ? middle + off : Math.min(Math.max(middle + off, 0), side);
}

/** Draws the food: pellets that glow, and crumbs. */
export function drawFood(surface, camera, { pellets, crumbs, numbers }) {
  const pixels = surface.usePixels();
  for (const { x, y, hue } of pellets.values()) {
    if (camera.sees(x, y, 30)) pelletOf(hue).draw(pixels, x, y, numbers.pellet);
  }
  for (const { x, y, hue } of crumbs.values()) {
    if (camera.sees(x, y, 40)) cellOf(hue, false).draw(pixels, x, y, numbers.crumb);
  }
}
