// The arena's marks on the time line of a recording: kills, and the beginning and end of the match.

import { palette } from './draw/palette.js';

const PHASES = { 1: palette.good, 2: palette.violet };

export const marks = {
  isCounted: ({ kind }) => kind === 'kill',

  concerns: ({ killer, victim }, seat) => killer === seat || victim === seat,

  words(mark) {
    if (mark.kind === 'phase') return ['Warm-up', 'The match begins', 'The match is over'][mark.phase] ?? 'The match goes on';
    if (mark.killer === mark.victim) return `${mark.victim_name} caught their own shell`;
    return `${mark.killer_name} ${mark.rail ? 'railed' : 'hit'} ${mark.victim_name}`;
  },

  /** Kills of the followed player are in the upper half, deaths in the lower one. */
  look(mark, followed) {
    if (mark.kind === 'phase') return { colour: PHASES[mark.phase] ?? palette.muted, part: 'whole' };
    if (mark.victim === followed) return { colour: palette.red, part: 'lower' };
    if (mark.killer === followed) return { colour: palette.own, part: 'upper' };
    return undefined;
  },
};
