// Pictures of hulls and pickups.

import { picture } from 'ricochet-page/draw/pictures.js';
import { palette } from './palette.js';

/** A craft that points to the right. `kind` is `own`, `other` or `wreck`. */
export function hull(colour, kind) {
  return picture(`hull ${colour} ${kind}`, 48, 48, (context, ratio) => {
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

const SIGNS = [
  'M-2 -7 H2 V-2 H7 V2 H2 V7 H-2 V2 H-7 V-2 H-2 Z',
  'M-7 -5 L-2 0 L-7 5 M-1 -5 L4 0 L-1 5',
  'M0 -7 L6 -4.5 V0 C6 4 3 6.5 0 7.5 C-3 6.5 -6 4 -6 0 V-4.5 Z',
  'M-7 4 L7 -4 M3 -5.5 L7 -4 L6 0.2',
];

/** A pickup of a kind, or the mark of the place where it will appear. */
export function pickup(kind, colour, available) {
  return picture(`pickup ${kind} ${available}`, 60, 60, (context, ratio) => {
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
