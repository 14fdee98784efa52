// Petri's `Game` (see start.js of the engine's page): its name, texts, scoreboard, and marks of recordings.

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
    // Only the masses of the leaders are sent to all players.
    line: ({ mass }) => ({ values: [mass || '·'] }),
  },
  marks: {
    isCounted: ({ kind }) => kind === 'swallowed',
    concerns: ({ by, owner }, seat) => by === seat || owner === seat,
    words: ({ by_name, owner_name, mass }) => `${by_name} swallowed ${mass} of ${owner_name}`,
    /** Cells that the followed player swallowed are in the upper half, cells that it lost in the lower one. */
    look({ by, owner }, followed) {
      if (owner === followed) return { colour: palette.danger, part: 'lower' };
      if (by === followed) return { colour: palette.rim, part: 'upper' };
      return undefined;
    },
  },
};
