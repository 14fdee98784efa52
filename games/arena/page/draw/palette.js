// The palette: amber is the own player, cyan are the others, red and blue are the sides of a team match. The style sheets use the same colours.

import { colours } from 'ricochet-page/draw/colours.js';

export const palette = {
  void: colours.void,
  floor: '#0f131a',
  line: colours.line,
  wall: '#1f2835',
  wallEdge: '#43536a',
  text: colours.text,
  muted: colours.muted,
  own: colours.accent,
  foe: colours.other,
  red: colours.bad,
  blue: '#5d9dff',
  good: colours.good,
  violet: '#b78cff',
  white: '#ffffff',
};

/** Colours of pickups by kind: health, rapid fire, shield, rail. */
export const pickupColours = [palette.good, palette.own, palette.foe, palette.violet];

/** Value of `data-side` for a team. */
export function sideOf(team) {
  return team === 'none' ? undefined : team;
}

/** Colour of a player in the view of the own player. */
export function colourOf(team, isOwn) {
  if (team === 'red') return palette.red;
  if (team === 'blue') return palette.blue;
  return isOwn ? palette.own : palette.foe;
}
