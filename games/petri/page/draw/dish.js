// The dish below the cells: a quiet grid, and the rim.

import { palette } from '../palette.js';

const GRID_PX = 100;

export function drawDish(context, camera, side) {
  const view = camera.view();
  const [left, top] = [Math.max(0, view.left), Math.max(0, view.top)];
  const [right, bottom] = [Math.min(side, view.right), Math.min(side, view.bottom)];
  context.fillStyle = palette.outside;
  context.fillRect(view.left - 20, view.top - 20, view.right - view.left + 40, view.bottom - view.top + 40);
  context.fillStyle = palette.dish;
  context.fillRect(left, top, right - left, bottom - top);
  // The grid has fewer lines when more of the dish is in view.
  const step = GRID_PX * (camera.scale < 0.35 ? 2 : 1), width = 1.2 / camera.scale;
  context.fillStyle = palette.grid;
  for (let x = Math.ceil(left / step) * step; x < right; x += step) context.fillRect(x, top, width, bottom - top);
  for (let y = Math.ceil(top / step) * step; y < bottom; y += step) context.fillRect(left, y, right - left, width);
  if (view.left > 0 && view.top > 0 && view.right < side && view.bottom < side) return;
  context.strokeStyle = palette.rim;
  for (const [lineWidth, alpha] of [[70, 0.05], [34, 0.08], [14, 0.2], [4, 0.9]]) {
    context.globalAlpha = alpha;
    context.lineWidth = lineWidth;
    context.strokeRect(0, 0, side, side);
  }
  context.globalAlpha = 1;
}
