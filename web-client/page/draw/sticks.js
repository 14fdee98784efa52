// Draws the sticks of a touch screen under the thumbs, in pixels of the screen.

import { STICK_RADIUS } from '../input/touch.js';
import { colours } from './colours.js';

/** Draws the sticks that are held. `touch` is that of `input/touch.js`. */
export function drawSticks(context, touch) {
  for (const [stick, colour] of [[touch.left, colours.text], [touch.right, colours.accent]]) {
    if (!stick) continue;
    context.globalAlpha = 0.3;
    context.lineWidth = 2;
    context.strokeStyle = colour;
    context.beginPath();
    context.arc(stick.x, stick.y, STICK_RADIUS, 0, 2 * Math.PI);
    context.stroke();
    context.globalAlpha = 0.5;
    context.fillStyle = colour;
    context.beginPath();
    context.arc(stick.x + stick.dx, stick.y + stick.dy, 22, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
}
