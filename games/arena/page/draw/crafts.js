// Crafts: hull, gun, shield and other effects, name and health.

import { draw, glow, label } from 'ricochet-page/draw/pictures.js';
import { PROTECTED, RAIL, RAPID, SHIELD } from '../scene.js';
import { colourOf, palette } from './palette.js';
import { hull } from './sprites.js';

/** Font size of names in world pixels, and the smallest on the screen, CSS pixels. Name and health bar grow in a small window to stay readable. */
const NAME_PX = 12.5, NAME_PX_MIN = 11;

/**
 * Draws all crafts in view. `roster` has names and sides, `aim` is the current direction of the own gun, and `idle` has
 * the seats of idle players.
 */
export function drawCrafts(context, camera, scene, roster, aim, idle) {
  for (const craft of scene.crafts.values()) {
    if (!camera.sees(craft.x, craft.y, 60)) continue;
    drawCraft(context, craft, craft.aim, roster.player(craft.player), false, idle.has(craft.player), camera.scale);
  }
  if (scene.own) drawCraft(context, scene.own, scene.own.alive ? aim : scene.own.aim, roster.player(scene.own.player), true);
}

function drawCraft(context, craft, aim, player, isOwn, isIdle = false, scale = 1) {
  const { x, y } = craft;
  const colour = colourOf(player?.team, isOwn);
  if (!craft.alive) {
    drawHull(context, hull(colour, 'wreck'), x, y, aim);
    return;
  }
  context.globalAlpha = (1 - 0.5 * (craft.guessed ?? 0)) * (isIdle ? 0.5 : 1);
  drawWake(context, craft, colour);
  if (craft.flags & PROTECTED) drawRing(context, x, y, 24, palette.text, 0.5, [4, 6]);
  if (craft.flags & SHIELD) drawRing(context, x, y, 22, palette.foe, 0.9);
  drawHull(context, hull(colour, isOwn ? 'own' : 'other'), x, y, aim);
  if (craft.flags & RAIL) drawBarrel(context, x, y, aim, palette.violet, 30);
  if (craft.flags & RAPID) drawBarrel(context, x, y, aim, palette.own, 25);
  if (!isOwn) {
    // The size changes in steps, so that resizing a window does not draw each name again in every frame.
    const larger = Math.max(1, Math.ceil((4 * NAME_PX_MIN) / (NAME_PX * scale)) / 4);
    drawHealth(context, x, y - 27, craft.health, colour, larger);
    const name = isIdle ? `${player.name} (idle)` : player?.name;
    if (player) draw(context, label(name, player.opponent || isIdle ? palette.muted : palette.text, NAME_PX * larger), x, y - 27 - 11 * larger);
  } else if (player && player.team !== 'none') {
    drawRing(context, x, y, 20, palette.own, 0.9);
  }
  context.globalAlpha = 1;
}

function drawHull(context, picture, x, y, aim) {
  context.save();
  context.translate(x, y);
  context.rotate(aim);
  draw(context, picture, 0, 0);
  context.restore();
}

/** Draws the wake behind a craft. It is longer at a higher speed. */
function drawWake(context, { x, y, vx, vy }, colour) {
  const speed = Math.hypot(vx, vy);
  if (speed < 60) return;
  const length = Math.min(speed * 0.085, 56);
  const [dx, dy] = [vx / speed, vy / speed];
  context.beginPath();
  context.moveTo(x - dy * 7, y + dx * 7);
  context.lineTo(x - dx * length, y - dy * length);
  context.lineTo(x + dy * 7, y - dx * 7);
  context.fillStyle = `${colour}3c`;
  context.fill();
  if (speed > 420) draw(context, glow(colour, 34), x, y);
}

function drawRing(context, x, y, radius, colour, alpha, dashes) {
  const before = context.globalAlpha;
  context.globalAlpha = before * alpha;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.lineWidth = 1.5;
  context.strokeStyle = colour;
  if (dashes) context.setLineDash(dashes);
  context.stroke();
  if (dashes) context.setLineDash([]);
  context.globalAlpha = before;
}

function drawBarrel(context, x, y, aim, colour, length) {
  const [dx, dy] = [Math.cos(aim), Math.sin(aim)];
  context.beginPath();
  context.moveTo(x + dx * 15, y + dy * 15);
  context.lineTo(x + dx * length, y + dy * length);
  context.lineWidth = 3;
  context.lineCap = 'round';
  context.strokeStyle = colour;
  context.stroke();
}

function drawHealth(context, x, y, health, colour, larger) {
  const [width, height] = [34, 3 * larger];
  context.fillStyle = 'rgb(9 11 15 / 70%)';
  context.fillRect(x - width / 2 - 1, y - 1, width + 2, height + 2);
  context.fillStyle = colour;
  context.fillRect(x - width / 2, y, (width * health) / 100, height);
}
