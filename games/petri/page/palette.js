// The colours of the dish, and of the cells: neighbours differ in lightness as well as in hue, so that nobody needs the hue.

export const palette = {
  outside: '#04070b',
  dish: '#08111a',
  grid: '#0d1a26',
  rim: '#4f8ea6',
  white: '#f4fbff',
  muted: '#7f93a3',
  danger: '#ffd9d2',
  mass: '#d9e6ec',
  nucleus: '#04141c33',
};

/** Colours of the body and of the membrane of a cell. */
export const COLOURS = [
  ['#2f9e83', '#a5efd8'], ['#e0a23a', '#ffe6b0'], ['#4a7fd6', '#bcd7ff'], ['#d8653f', '#ffc9b3'],
  ['#7ec8e8', '#e2f6ff'], ['#a05fb4', '#ecc6f7'], ['#e8dc6a', '#fffbd0'], ['#5b6fc0', '#c5cff7'],
  ['#d985ac', '#ffdbec'], ['#88b04b', '#dcf0b4'],
];

/** Colours for one of the 256 hues of the rules. */
export function coloursOf(hue) {
  return COLOURS[hue % COLOURS.length];
}
