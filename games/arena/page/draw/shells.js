// Shells and their tails of light. All shells of one colour are drawn as one path, so hundreds cost little. A shell flies
// straight, so its tail is a line from its position back to the walls off which it bounced last.

import { colourOf, palette } from './palette.js';

/** Layers of the tail: length in world pixels, and brightness. */
const TAILS = [{ length: 130, alpha: 0.13 }, { length: 85, alpha: 0.2 }, { length: 42, alpha: 0.4 }];

export function drawShells(context, camera, scene, roster, own) {
  const byColour = new Map();
  for (const shell of scene.shells.values()) {
    notePath(shell);
    if (!camera.sees(shell.x, shell.y, 120)) continue;
    const colour = colourOf(roster.player(shell.owner)?.team, shell.owner === own);
    const alike = byColour.get(colour);
    if (alike) alike.push(shell);
    else byColour.set(colour, [shell]);
  }
  // Round ends would cost three times as much, and they are not visible at this width.
  context.lineCap = 'butt';
  context.lineJoin = 'bevel';
  context.lineWidth = 3;
  for (const [colour, shells] of byColour) {
    context.strokeStyle = colour;
    for (const { length, alpha } of TAILS) {
      context.globalAlpha = alpha;
      context.beginPath();
      for (const shell of shells) traceTail(context, shell, length);
      context.stroke();
    }
    context.globalAlpha = 1;
    dots(context, shells, 4.2, colour);
    dots(context, shells, 2.1, palette.white);
  }
}

/** Notes the path of a shell: its birth and its bounces, the newest last. */
function notePath(shell) {
  const { x, y, path } = shell;
  if (path.length === 0) {
    path.push({ x, y });
  } else if (shell.bounced) {
    // The shell bounced somewhere between the two frames.
    path.push({ x: (x + shell.lastX) / 2, y: (y + shell.lastY) / 2 });
    if (path.length > 4) path.shift();
  }
  shell.lastX = x;
  shell.lastY = y;
}

function traceTail(context, { x, y, path }, length) {
  context.moveTo(x, y);
  let [atX, atY, left] = [x, y, length];
  for (let index = path.length - 1; index >= 0 && left > 0; index--) {
    const turn = path[index];
    const distance = Math.hypot(turn.x - atX, turn.y - atY);
    const part = distance > left ? left / distance : 1;
    atX += (turn.x - atX) * part;
    atY += (turn.y - atY) * part;
    context.lineTo(atX, atY);
    left -= distance;
  }
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
