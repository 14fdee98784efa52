// The layout of a frame: the names of its floats. The module itself provides it, so that Rust and the page always agree.

/**
 * Names of the fields in their order: `own`, the player's own record; `input`, the numbers of the module's `set_input`; `kinds`, a
 * `{name, fields}` for each kind of entity.
 */
/** @type {{own: string[], input: string[], kinds: {name: string, fields: string[]}[]}} */
export const layout = { own: [], input: [], kinds: [] };

/** Sets the layout from the module's JSON. */
export function useLayout(text) {
  Object.assign(layout, JSON.parse(text));
}

/** Writes the fields of the record that begins at `at` into an object. Returns the end of the record. */
export function fill(object, fields, floats, at) {
  for (const name of fields) object[name] = floats[at++];
  return at;
}

/**
 * The numbers for `set_input`, from an object with the input's fields. Angles are radians; a missing field counts as 0.
 *
 * @param {object} object
 * @returns {Float64Array}
 */
export function inputNumbers(object) {
  return Float64Array.from(layout.input, (name) => Number(object[name] ?? 0));
}
