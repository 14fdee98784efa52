// What the floats of a frame mean. The module says so itself, so that Rust and the page cannot part.

/**
 * Names of the fields in their order: `own`, what only the player knows; `input`, what the module's `set_input` takes; `kinds`, a
 * `{name, fields}` for each kind of entity.
 */
/** @type {{own: string[], input: string[], kinds: {name: string, fields: string[]}[]}} */
export const layout = { own: [], input: [], kinds: [] };

/** Learns a module's layout, which is JSON. */
export function useLayout(text) {
  Object.assign(layout, JSON.parse(text));
}

/** Writes the fields of the record that begins at `at` into an object; gives where the record ends. */
export function fill(object, fields, floats, at) {
  for (const name of fields) object[name] = floats[at++];
  return at;
}

/**
 * What `set_input` takes, of an object with the input's fields. Angles are radians; a field that is missing counts as 0.
 *
 * @param {object} object
 * @returns {Float64Array}
 */
export function inputNumbers(object) {
  return Float64Array.from(layout.input, (name) => Number(object[name] ?? 0));
}
