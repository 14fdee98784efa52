// What the floats of a frame mean. The module says so itself, so that Rust and the page cannot part.

/** Index of each field within its record, by record and name; and how many floats a record takes. */
export const layout = {};
export const stride = {};

/** Learns a module's layout: JSON, the names of the fields by record. */
export function useLayout(text) {
  for (const [record, fields] of Object.entries(JSON.parse(text))) {
    layout[record] = Object.fromEntries(fields.map((field, index) => [field, index]));
    stride[record] = fields.length;
  }
}

/** Writes the fields of the record that begins at `at` into an object; gives where the record ends. */
export function fill(object, record, floats, at) {
  const fields = layout[record];
  for (const name in fields) object[name] = floats[at + fields[name]];
  return at + stride[record];
}
