// What sprites and labels were drawn as, kept within a bound.
//
// Two generations: what is asked for is kept in the young one. When that is full it becomes the old one, and what was in the old one until then and
// was not asked for is freed. So whatever was drawn lately is there, and no use needs to be sorted by time.

/** Pixels of a generation, 32 MB: four large screens. */
const GENERATION_PIXELS_MAX = 8_000_000;

/** What a picture takes beside its pixels, in pixels, so that many small ones have a bound too. */
const OVERHEAD_PIXELS = 500;

let young = new Map(), old = new Map();
let pixels = 0;

/**
 * The picture of a key. When it is not kept it is made: `sizeOf()` gives width and height in pixels, and `make(context)` draws around the middle.
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

/** Frees everything: the browser lost what was drawn, or draws it differently now. */
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
