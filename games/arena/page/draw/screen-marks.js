// Marks in screen coordinates: arrows to opponents out of view, and the hit marker.

import { colourOf, palette } from './palette.js';

/** Distance of the arrows from the edge of the screen, CSS pixels. */
const MARGIN = 26;
/** Largest distance of an opponent with an arrow, world pixels. */
const NEAR_PX = 1_500;

/** Draws arrows at the edge towards living opponents that are near but out of view. */
export function drawArrows(context, camera, scene, roster) {
  if (!scene.own) return;
  const ownTeam = roster.player(scene.own.player)?.team ?? 'none';
  for (const craft of scene.crafts.values()) {
    const [dx, dy] = [craft.x - scene.own.x, craft.y - scene.own.y];
    const distance = Math.hypot(dx, dy);
    const player = roster.player(craft.player);
    const mate = ownTeam !== 'none' && player?.team === ownTeam;
    if (!craft.alive || mate || distance > NEAR_PX || camera.sees(craft.x, craft.y, -10)) continue;
    const { x, y } = camera.toScreen(craft.x, craft.y);
    const at = {
      x: Math.min(Math.max(x, MARGIN), camera.width - MARGIN),
      y: Math.min(Math.max(y, MARGIN), camera.height - MARGIN),
    };
    context.save();
    context.translate(at.x, at.y);
    context.rotate(Math.atan2(dy, dx));
    context.globalAlpha = 0.25 + 0.65 * (1 - distance / NEAR_PX);
    context.fillStyle = colourOf(player?.team, false);
    context.beginPath();
    context.moveTo(9, 0);
    context.lineTo(-6, 7);
    context.lineTo(-3, 0);
    context.lineTo(-6, -7);
    context.fill();
    context.restore();
  }
}

/** Draws four strokes around the pointer or around the craft that was hit. `left` runs from 1 to 0. */
export function drawHitMarker(context, x, y, left, killed) {
  context.globalAlpha = left;
  context.lineWidth = 2;
  context.lineCap = 'round';
  context.strokeStyle = killed ? palette.red : palette.white;
  context.beginPath();
  for (const [sx, sy] of [[1, 1], [1, -1], [-1, 1], [-1, -1]]) {
    const far = killed ? 15 : 12;
    context.moveTo(x + sx * 6, y + sy * 6);
    context.lineTo(x + sx * far, y + sy * far);
  }
  context.stroke();
  context.globalAlpha = 1;
}

/** Draws a red glow at the edges after damage. */
export function drawHurt(context, { width, height }, left) {
  const gradient = context.createRadialGradient(
    width / 2, height / 2, Math.min(width, height) * 0.5, width / 2, height / 2, Math.hypot(width, height) * 0.55,
  );
  gradient.addColorStop(0, `${palette.red}00`);
  gradient.addColorStop(1, `${palette.red}48`);
  context.globalAlpha = left;
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
  context.globalAlpha = 1;
}
