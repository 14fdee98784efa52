// Shells and the light they draw behind them. All of one colour and age make one path, so hundreds cost little.

import { colourOf, palette } from './palette.js';

/** Points a trail remembers; one per frame of a 60th. */
const POINTS = 9;
/** How bright the trail is, from its old end to the shell. */
const FADES = [0.1, 0.26, 0.55];

export function drawShells(context, camera, scene, roster, own) {
  const byColour = new Map();
  for (const shell of scene.shells.values()) {
    lengthenTrail(shell);
    if (!camera.sees(shell.x, shell.y, 80)) continue;
    const colour = colourOf(roster.player(shell.owner)?.team, shell.owner === own);
    const alike = byColour.get(colour);
    if (alike) alike.push(shell);
    else byColour.set(colour, [shell]);
  }
  // Round ends cost three times as much, and nobody sees them at this width.
  context.lineCap = 'butt';
  context.lineJoin = 'bevel';
  for (const [colour, shells] of byColour) {
    drawTrails(context, colour, shells);
    drawHeads(context, colour, shells);
  }
}

function lengthenTrail(shell) {
  const { trail } = shell;
  if (trail.length >= 2 * POINTS) trail.splice(0, 2);
  trail.push(shell.x, shell.y);
}

function drawTrails(context, colour, shells) {
  context.strokeStyle = colour;
  context.lineWidth = 3;
  for (const [index, alpha] of FADES.entries()) {
    context.globalAlpha = alpha;
    context.beginPath();
    for (const { trail } of shells) {
      const points = trail.length / 2;
      const from = Math.floor((index * points) / FADES.length), to = Math.floor(((index + 1) * points) / FADES.length);
      context.moveTo(trail[2 * from], trail[2 * from + 1]);
      for (let point = from + 1; point <= Math.min(to, points - 1); point++) {
        context.lineTo(trail[2 * point], trail[2 * point + 1]);
      }
    }
    context.stroke();
  }
  context.globalAlpha = 1;
}

function drawHeads(context, colour, shells) {
  dots(context, shells, 4.2, colour);
  dots(context, shells, 2.1, palette.white);
}

function dots(context, shells, radius, colour) {
  context.fillStyle = colour;
  context.beginPath();
  for (const { x, y } of shells) {
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.fill();
}
