// Small pictures drawn once and used in every frame: hulls, glows, names.

import { palette } from './palette.js';

const pictures = new Map();
let ratio = 1;

/** Pixels of the screen per world pixel that pictures are made for; another one makes them anew. */
export function setRatio(wanted) {
  // In steps, so that a window being dragged does not draw everything anew each frame.
  const stepped = Math.ceil(wanted * 4) / 4;
  if (stepped === ratio) return;
  ratio = stepped;
  pictures.clear();
}

/** Forgets every picture: the browser lost what was drawn. */
export function redraw() {
  pictures.clear();
}

/** A picture of `size` world pixels a side, made by `make(context)` around the origin when it is first needed. */
function picture(key, width, height, make) {
  let found = pictures.get(key);
  if (!found) {
    // Names come and go; nobody needs those of an hour ago.
    if (pictures.size > PICTURES_MAX) pictures.clear();
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil(width * ratio);
    canvas.height = Math.ceil(height * ratio);
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    context.translate(width / 2, height / 2);
    make(context);
    pictures.set(key, found = { canvas, width, height });
  }
  return found;
}

/** Draws a picture with its middle at a point. */
export function draw(context, { canvas, width, height }, x, y) {
  context.drawImage(canvas, x - width / 2, y - height / 2, width, height);
}

/** A craft that looks right. `kind` is `own`, `other` or `wreck`. */
export function hull(colour, kind) {
  return picture(`hull ${colour} ${kind}`, 48, 48, (context) => {
    const body = new Path2D('M17 0 L3 9.5 L-9 12.5 L-6 4 L-11 0 L-6 -4 L-9 -12.5 L3 -9.5 Z');
    context.lineJoin = 'round';
    if (kind === 'wreck') {
      context.globalAlpha = 0.35;
      context.lineWidth = 1.5;
      context.strokeStyle = palette.muted;
      context.stroke(body);
      return;
    }
    context.shadowColor = colour;
    context.shadowBlur = 8 * ratio;
    context.fillStyle = kind === 'own' ? colour : palette.floor;
    context.fill(body);
    context.shadowBlur = 0;
    if (kind !== 'own') {
      context.globalAlpha = 0.32;
      context.fillStyle = colour;
      context.fill(body);
      context.globalAlpha = 1;
    }
    context.lineWidth = 2;
    context.strokeStyle = kind === 'own' ? '#ffe3c2' : colour;
    context.stroke(body);
    context.fillStyle = kind === 'own' ? '#4a2500' : colour;
    context.fill(new Path2D('M8 0 L-1 3.5 L-1 -3.5 Z'));
  });
}

/** A soft light, to be added to what is below it. */
export function glow(colour, radius) {
  return picture(`glow ${colour} ${radius}`, radius * 2, radius * 2, (context) => {
    const gradient = context.createRadialGradient(0, 0, 0, 0, 0, radius);
    // Light falls off with the square of what is left of the way.
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
    context.font = `${weight} ${px}px ${FONT}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineWidth = 3;
    context.lineJoin = 'round';
    context.strokeStyle = 'rgb(9 11 15 / 75%)';
    context.strokeText(text, 0, 0);
    context.fillStyle = colour;
    context.fillText(text, 0, 0);
  });
}

const SIGNS = [
  'M-2 -7 H2 V-2 H7 V2 H2 V7 H-2 V2 H-7 V-2 H-2 Z',
  'M-7 -5 L-2 0 L-7 5 M-1 -5 L4 0 L-1 5',
  'M0 -7 L6 -4.5 V0 C6 4 3 6.5 0 7.5 C-3 6.5 -6 4 -6 0 V-4.5 Z',
  'M-7 4 L7 -4 M3 -5.5 L7 -4 L6 0.2',
];

/** A pickup of a kind: what lies there, or the place where it will. */
export function pickup(kind, colour, available) {
  return picture(`pickup ${kind} ${available}`, 60, 60, (context) => {
    const plate = new Path2D('M0 -17 L14.7 -8.5 V8.5 L0 17 L-14.7 8.5 V-8.5 Z');
    context.lineJoin = 'round';
    context.globalAlpha = available ? 1 : 0.22;
    if (available) {
      context.shadowColor = colour;
      context.shadowBlur = 9 * ratio;
      context.fillStyle = palette.floor;
      context.fill(plate);
      context.shadowBlur = 0;
    }
    context.lineWidth = 1.5;
    context.strokeStyle = colour;
    context.stroke(plate);
    if (!available) return;
    const sign = new Path2D(SIGNS[kind]);
    context.lineWidth = 2.2;
    context.lineCap = 'round';
    if (kind === 0) {
      context.fillStyle = colour;
      context.fill(sign);
    } else {
      context.stroke(sign);
    }
  });
}

/** As the page's style sheets have it. */
export const FONT = '"Barlow Semi Condensed", "Segoe UI", system-ui, sans-serif';
const PICTURES_MAX = 600;
