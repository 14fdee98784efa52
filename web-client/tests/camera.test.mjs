// Where the camera looks when what it follows jumps.

import assert from 'node:assert/strict';
import { test } from 'node:test';

globalThis.matchMedia = () => ({ matches: false });
const { Camera } = await import('../page/draw/camera.js');

/** A camera that has looked at a point of a large world. */
function cameraAt(x, y) {
  const camera = new Camera();
  camera.resize(800, 600);
  camera.bound(16_000, 16_000);
  camera.follow(x, y, undefined, 1 / 60);
  return camera;
}

test('view goes to where the middle of several jumped, and jumps not', () => {
  const camera = cameraAt(5_000, 5_000);
  camera.glide(300, -200, 900);
  const before = { x: camera.x, y: camera.y };
  let far = Infinity;
  for (let frame = 0; frame < 60; frame++) {
    camera.follow(5_300, 4_800, undefined, 1 / 60);
    const left = Math.hypot(5_300 - camera.x, 4_800 - camera.y);
    if (frame === 0) assert.ok(Math.hypot(camera.x - before.x, camera.y - before.y) < 40, 'the first frame shows nearly the same');
    assert.ok(left < far, 'each frame is nearer');
    far = left;
  }
  assert.ok(far < 5, `${far} px are left after a second`);
});

test('view that would have to go too far does not glide', () => {
  const [one, other] = [cameraAt(5_000, 5_000), cameraAt(5_000, 5_000)];
  one.glide(901, 0, 900);
  for (const camera of [one, other]) camera.follow(5_901, 5_000, undefined, 1 / 60);
  assert.deepEqual([one.x, one.y], [other.x, other.y]);
  one.glide(0, 900, 900);
  for (const camera of [one, other]) camera.follow(5_901, 5_900, undefined, 1 / 60);
  assert.ok(one.y < other.y, 'at the limit it does');
});

test('nearest thing is the one whose edge is nearest to the point', () => {
  const camera = cameraAt(5_000, 5_000);
  const [small, large] = [{ x: 5_010, y: 5_000, radius: 1 }, { x: 5_100, y: 5_000, radius: 95 }];
  const middle = camera.toScreen(5_000, 5_000);
  assert.equal(camera.nearest([small, large], middle.x, middle.y, 50, ({ radius }) => radius), large);
  assert.equal(camera.nearest([small, large], middle.x, middle.y, 50), small);
  assert.equal(camera.nearest([large], middle.x, middle.y, 50), undefined);
});
