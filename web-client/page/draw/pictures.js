// Small pictures that are drawn once and used in every frame.

import { forget } from './sprite-cache.js';

const pictures = new Map();
let ratio = 1;

/** Sets for how many pixels of the screen per world pixel pictures are made. A change drops all pictures. */
export function setRatio(wanted) {
  // The ratio changes in steps, so that resizing a window does not draw all pictures again in each frame.
  const stepped = Math.ceil(wanted * 4) / 4;
  if (stepped === ratio) return;
  ratio = stepped;
  pictures.clear();
}

/** Drops every picture, because the browser lost their pixels. */
export function redraw() {
  pictures.clear();
  forget();
}

/**
 * The picture of a key, `width` by `height` world pixels. When it is needed first, `make(context, ratio)` draws it around the origin.
 */
export function picture(key, width, height, make) {
  let found = pictures.get(key);
  if (!found) {
    // Players come and go, so old labels would pile up. A full cache is emptied.
    if (pictures.size > PICTURES_MAX) pictures.clear();
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil(width * ratio);
    canvas.height = Math.ceil(height * ratio);
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    context.translate(width / 2, height / 2);
    make(context, ratio);
    pictures.set(key, found = { canvas, width, height });
  }
  return found;
}

/** Draws a picture with its middle at a point. */
export function draw(context, { canvas, width, height }, x, y) {
  context.drawImage(canvas, x - width / 2, y - height / 2, width, height);
}

/** A soft light around a point, which fades out to the radius. */
export function glow(colour, radius) {
  return picture(`glow ${colour} ${radius}`, radius * 2, radius * 2, (context) => {
    const gradient = context.createRadialGradient(0, 0, 0, 0, 0, radius);
    // The light is as strong as the square of the remaining part of the radius.
    for (let step = 0; step <= 8; step++) {
      const alpha = Math.round(170 * (1 - step / 8) ** 2);
      gradient.addColorStop(step / 8, colour + alpha.toString(16).padStart(2, '0'));
    }
    context.fillStyle = gradient;
    context.fillRect(-radius, -radius, radius * 2, radius * 2);
  });
}

/** A line of text. */
export function label(text, colour, px, weight = 500) {
  return picture(`text ${text} ${colour} ${px} ${weight}`, Math.max(24, text.length * px * 0.75), px * 1.5, (context) => {
    drawLine(context, text, colour, `${weight} ${px}px ${FONT}`);
  });
}

/** Draws a line of text around the origin, with a dark rim that keeps it readable on everything. */
export function drawLine(context, text, colour, font) {
  context.font = font;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 3;
  context.lineJoin = 'round';
  context.strokeStyle = 'rgb(9 11 15 / 75%)';
  context.strokeText(text, 0, 0);
  context.fillStyle = colour;
  context.fillText(text, 0, 0);
}

/** The same as in the page's style sheets. */
export const FONT = '"Barlow Semi Condensed", "Segoe UI", system-ui, sans-serif';
const PICTURES_MAX = 600;
