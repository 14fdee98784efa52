// The one palette: amber is you, cyan is the others, red and blue are the sides of a team match. As in base.css.

export const palette = {
  void: '#090b0f',
  floor: '#0f131a',
  line: '#222b38',
  wall: '#1f2835',
  wallEdge: '#43536a',
  text: '#e6edf3',
  muted: '#8b949e',
  own: '#ff9f43',
  foe: '#4cc9f0',
  red: '#ff5d5d',
  blue: '#5d9dff',
  good: '#3fb950',
  violet: '#b78cff',
  white: '#ffffff',
};

/** Colours of pickups by kind: health, rapid fire, shield, rail. */
export const pickupColours = [palette.good, palette.own, palette.foe, palette.violet];

/** The colour of a player as the own player sees it. */
export function colourOf(team, isOwn) {
  if (team === 1) return palette.red;
  if (team === 2) return palette.blue;
  return isOwn ? palette.own : palette.foe;
}
