// What the page should know of petri before anything is drawn: its name, its words, its scoreboard and its recordings.

import * as play from 'game-module/play.js';
import { palette } from './palette.js';

export const petri = {
  id: 'petri',
  name: 'Petri',
  modules: { play, replay: () => import('game-module/replay.js') },
  words: { avatar: 'cell', join: 'Join the dish' },
  newcomer: { mass: 0 },
  order: (a, b) => b.mass - a.mass || a.player - b.player,
  sideOf: () => undefined,
  lobby: {
    room: ({ humans, opponents, players: [best] }) => ({
      facts: best ? `${humans + opponents} in the dish` : 'nobody in the dish',
      note: best?.mass > 0 ? `${best.name} leads with ${best.mass}` : undefined,
    }),
  },
  scoreboard: {
    title: 'Players',
    columns: [{ name: 'Mass', class: 'score' }],
    heading: ({ roster: { joined } }) => `The dish · room ${joined.room}`,
    // Only the leaders' masses are known to everybody.
    line: ({ mass }) => ({ values: [mass || '·'] }),
  },
  marks: {
    isCounted: ({ kind }) => kind === 'swallowed',
    concerns: ({ by, owner }, seat) => by === seat || owner === seat,
    words: ({ by_name, owner_name, mass }) => `${by_name} swallowed ${mass} of ${owner_name}`,
    /** What the followed player swallowed stands in the upper half, what it lost in the lower one. */
    look({ by, owner }, followed) {
      if (owner === followed) return { colour: palette.danger, part: 'lower' };
      if (by === followed) return { colour: palette.rim, part: 'upper' };
      return undefined;
    },
  },
};
