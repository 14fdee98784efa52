// A cache of the bitmaps of sprites and labels, with a bound.
//
// It has two generations. A bitmap that is used is moved to the young one. When the young one is full it becomes the old one, and the bitmaps of
// the old one, which were not used since, are freed. So bitmaps that were drawn lately are kept, and nothing needs to be sorted by time of use.

/** Pixels of a generation, 32 MB: four large screens. */
const GENERATION_PIXELS_MAX = 8_000_000;

/** Cost of a bitmap in addition to its pixels, in pixels, so that the number of small ones has a bound, too. */
const OVERHEAD_PIXELS = 500;

let young = new Map(), old = new Map();
let pixels = 0;

/**
 * The bitmap of a key. If it is not cached it is made: `sizeOf()` gives width and height in pixels, and `make(context)` draws around the middle.
 *
 * @param {string | number} key
 * @param {() => [number, number]} sizeOf
 * @param {(context: OffscreenCanvasRenderingContext2D) => void} make
 * @returns {ImageBitmap}
 */
export function cached(key, sizeOf, make) {
  let found = young.get(key);
  if (found) return found;
  found = old.get(key) ?? made(sizeOf(), make);
  old.delete(key);
  const size = OVERHEAD_PIXELS + found.width * found.height;
  pixels += size;
  if (pixels > GENERATION_PIXELS_MAX) age(size);
  young.set(key, found);
  return found;
}

/** Frees all bitmaps, because the browser lost their pixels or would draw them differently now. */
export function forget() {
  age(0);
  age(0);
}

function age(pixelsNow) {
  for (const bitmap of old.values()) bitmap.close();
  old = young;
  young = new Map();
  pixels = pixelsNow;
}

function made([width, height], make) {
  const canvas = new OffscreenCanvas(width, height), context = canvas.getContext('2d');
  context.translate(width / 2, height / 2);
  make(context);
  return canvas.transferToImageBitmap();
}
