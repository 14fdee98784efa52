// What a game needs that counts points with the seam's `Score`: the parts of `game` that say how players are listed, and a HUD that knows
// the points.
//
//   start({ game: { id, name, modules, words, ...points() }, hud: (page) => new PointsHud(page), … })

/** The parts of a game (`Game` in start.js) in which the player with the most points is the first. */
export function points({ title = 'Points', colour = () => undefined } = {}) {
  return {
    newcomer: { points: 0 },
    order: (a, b) => b.points - a.points || a.player - b.player,
    sideOf: colour,
    lobby: { room: ({ players = [] }) => ({ facts: players[0]?.points > 0 ? `${players[0].name} leads with ${players[0].points}` : 'No points yet' }) },
    scoreboard: {
      title,
      columns: [{ name: title, class: 'score' }],
      heading: ({ roster: { joined } }) => `${title} · room ${joined.room}`,
      line: ({ points }) => ({ values: [points] }),
    },
  };
}

export class PointsHud {
  #page;
  #show;
  #pointsOf;

  /**
   * `show(page, now)` is called in each frame, for what else the game shows. `pointsOf(event)` gives the points that an event reports of its
   * `player`, or undefined: it is for a game with events of its own.
   */
  constructor(page, show = () => {}, pointsOf = ({ points }) => points) {
    this.#page = page;
    this.#show = show;
    this.#pointsOf = pointsOf;
  }

  /** An event of the game. */
  handle(event) {
    const points = this.#pointsOf(event);
    if (points !== undefined) this.#page.roster.update(event.player, { points });
  }

  update(now) {
    this.#show(this.#page, now);
  }

  clear() {}
  show() {}
}
