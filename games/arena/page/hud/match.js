// The state of the match at the top, and its results in the middle.

import { byId, clock, make, setData, setText } from 'ricochet-page/hud/dom.js';
import { sideOf } from '../draw/palette.js';
import { RESULTS, RUNNING, WARM_UP } from '../match-state.js';

/** Rows of the results. The own row is always among them, whatever its rank. */
const ROWS = 6;
const PHASES = { [WARM_UP]: 'Warm-up', [RESULTS]: 'Results' };

export class Match {
  #root = byId('match');
  #timer = byId('match-timer');
  #note = byId('match-note');
  #left = byId('match-left');
  #right = byId('match-right');
  #results = byId('results');
  #title = byId('results-title');
  #table = byId('results-table');
  #next = byId('results-next');
  #shownResults = null;

  /** `state` is the `MatchState`, `tick` the tick that is shown. */
  update(state, roster, tick) {
    const { joined, own } = roster, match = state.now;
    this.#root.hidden = !match;
    this.#results.hidden = match?.phase !== RESULTS;
    if (!match) return;
    setData(this.#root, 'phase', match.phase.replace('_', '-'));
    const left = state.secondsLeft(tick, joined);
    if (match.phase === RESULTS) this.#showResults(state, roster, left);
    else this.#shownResults = null;
    setText(this.#timer, left === null ? (match.phase === WARM_UP ? 'Warm-up' : '∞') : clock(left));
    setData(this.#timer, 'late', match.phase === RUNNING && left !== null && left < 15 ? 'yes' : undefined);
    const limit = match.score_limit > 0 ? `first to ${match.score_limit}` : '';
    setText(this.#note, match.phase === WARM_UP && roster.size < 2 ? 'waiting for others' : PHASES[match.phase] || limit);
    if (state.isOfTeams) {
      this.#score(this.#left, 'Red', match.team_scores[0], 'red');
      this.#score(this.#right, 'Blue', match.team_scores[1], 'blue');
    } else {
      const ranked = roster.ranked();
      if (!own) return this.#standings(ranked);
      const rank = ranked.findIndex((player) => player.player === joined.player) + 1;
      const leader = ranked.find((player) => player.player !== joined.player);
      this.#score(this.#left, rank ? `You · ${ordinal(rank)}` : 'You', own?.score ?? 0, 'none');
      this.#score(this.#right, leader?.name ?? '—', leader?.score ?? 0, undefined);
    }
  }

  /** The two best players, for spectators. */
  #standings([first, second]) {
    this.#score(this.#left, first?.name ?? '—', first?.score ?? 0, 'none');
    this.#score(this.#right, second?.name ?? '—', second?.score ?? 0, undefined);
  }

  #score(element, name, score, team) {
    setText(element.firstElementChild, name);
    setText(element.lastElementChild, String(score));
    setData(element, 'side', sideOf(team));
  }

  #showResults(state, roster, left) {
    setText(this.#next, left === null ? 'The next match follows' : `Next match in ${clock(left)}`);
    const ranked = roster.ranked();
    // Scores may still arrive after the event of the new phase.
    const key = JSON.stringify(ranked);
    if (key === this.#shownResults) return;
    this.#shownResults = key;
    setText(this.#title, verdict(state, roster, ranked));
    const isOwn = ({ player }) => player === roster.joined.player;
    const rows = ranked.map((player, index) => ({ ...player, rank: index + 1 }));
    const below = rows.slice(ROWS).find(isOwn);
    const shown = below ? [...rows.slice(0, ROWS - 1), below] : rows.slice(0, ROWS);
    this.#table.replaceChildren(...shown.map((player) => make(
      'tr',
      { 'data-own': isOwn(player), 'data-side': sideOf(player.team) },
      make('td', {}, String(player.rank)),
      make('td', {}, player.name),
      make('td', {}, String(player.score)),
      make('td', {}, String(player.deaths)),
    )));
  }
}

function verdict(state, { own }, ranked) {
  if (state.isOfTeams) {
    const [red, blue] = state.now.team_scores;
    if (red === blue) return 'A draw';
    const won = red > blue ? 'red' : 'blue';
    return own?.team === won ? 'Your side wins' : `${won === 'red' ? 'Red' : 'Blue'} wins`;
  }
  const [best, second] = ranked;
  if (!best || best.score === second?.score) return 'A draw';
  return best === own ? 'You win' : `${best.name} wins`;
}

export function ordinal(number) {
  const tens = number % 100;
  const ending = tens > 10 && tens < 14 ? 'th' : ['th', 'st', 'nd', 'rd'][number % 10] ?? 'th';
  return `${number}${ending}`;
}
