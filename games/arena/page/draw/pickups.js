// Pickups. Those that can be taken hover; the places of the others are marked.

import { draw } from 'ricochet-page/draw/pictures.js';
import { reducedMotion } from 'ricochet-page/settings.js';
import { pickupColours } from './palette.js';
import { pickup } from './sprites.js';

export function drawPickups(context, camera, scene, now) {
  for (const { place, x, y, kind, available } of scene.pickups.values()) {
    if (!camera.sees(x, y, 40)) continue;
    const lift = available && !reducedMotion() ? Math.sin(now / 420 + place) * 2.5 : 0;
    draw(context, pickup(kind, pickupColours[kind], Boolean(available)), x, y + lift);
  }
}
