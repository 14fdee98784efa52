// Closed curves.

/** Begins a path: a smooth closed curve along at least three points, `[[x, y], …]`. It touches the middle of each line from a point to the next. */
export function closedCurve(context, points) {
  let [fromX, fromY] = points.at(-1);
  let [toX, toY] = points[0];
  context.beginPath();
  context.moveTo((fromX + toX) / 2, (fromY + toY) / 2);
  for (let index = 0; index < points.length; index++) {
    [fromX, fromY] = [toX, toY];
    [toX, toY] = points[(index + 1) % points.length];
    context.quadraticCurveTo(fromX, fromY, (fromX + toX) / 2, (fromY + toY) / 2);
  }
}
