// Links to the pages of the server's other games, with their numbers of players.

import { byId, make, setText } from './hud/dom.js';

export class OtherGames {
  #root = byId('other-games');
  #links = byId('other-games-links');
  #counts = new Map();

  /** `games` are those of `GET /api/server`; `own` is this page's game. A game without a page, for programs only, gets no link. */
  show(games, own) {
    const others = games.filter(({ name, page }) => name !== own && page);
    this.#counts = new Map(others.map(({ name }) => [name, make('small')]));
    this.#links.replaceChildren(...others.map(({ name, page }) => (
      make('a', { href: page, 'data-game': name }, make('b', {}, name), this.#counts.get(name))
    )));
    this.#root.hidden = others.length === 0;
  }

  /** Updates the numbers of players. `rooms` are those of `GET /api/rooms`. */
  count(rooms) {
    for (const [name, count] of this.#counts) setText(count, players(rooms.filter(({ game }) => game === name)));
  }
}

function players(rooms) {
  const humans = rooms.reduce((sum, room) => sum + room.humans, 0);
  return humans === 1 ? '1 player' : `${humans} players`;
}
