// The one palette: amber is you, cyan is the others, red and blue are the sides of a team match. As in the style sheets.

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

/** A team's word for `data-side`. */
export function sideOf(team) {
  return team === 'none' ? undefined : team;
}

/** The colour of a player as the own player sees it. */
export function colourOf(team, isOwn) {
  if (team === 'red') return palette.red;
  if (team === 'blue') return palette.blue;
  return isOwn ? palette.own : palette.foe;
}
