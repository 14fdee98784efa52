// The arena's `Game` (see start.js of the engine's page): its name, texts, scoreboard, and marks of recordings.

import * as play from 'game-module/play.js';
import { sideOf } from './draw/palette.js';
import { marks } from './marks.js';

const MODES = { deathmatch: 'Deathmatch', 'team-deathmatch': 'Team deathmatch' };

/** `idle` has the seats of idle players, `state` is the `MatchState`. */
export function arena(idle, state) {
  return {
    id: 'arena',
    name: 'Ricochet',
    modules: { play, replay: () => import('game-module/replay.js') },
    words: { avatar: 'craft', join: 'Join the fight' },
    newcomer: { team: 'none', score: 0, deaths: 0 },
    order: (a, b) => b.score - a.score || a.deaths - b.deaths || a.player - b.player,
    sideOf: ({ team }) => sideOf(team),
    lobby: {
      modes: MODES,
      room: ({ mode, phase, players: [best] }) => ({
        facts: `${MODES[mode] ?? mode} · ${phase}`,
        note: best?.score > 0 ? `${best.name} leads with ${best.score}` : undefined,
      }),
    },
    scoreboard: {
      title: 'Scores',
      columns: [{ name: 'Score', class: 'score' }, { name: 'Deaths' }],
      heading: ({ map, roster: { joined } }) => `${MODES[state.isOfTeams ? 'team-deathmatch' : 'deathmatch']} · ${map?.name ?? ''} · room ${joined.room}`,
      line: ({ player, score, deaths }) => ({ values: [score, deaths], note: idle.seats.has(player) ? 'idle' : undefined }),
    },
    marks,
  };
}
