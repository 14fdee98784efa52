// For a game that counts points with the engine's `Score` event: the parts of `game` that say how players are listed, and a HUD that keeps
// the points.
//
//   start({ game: { id, name, modules, words, ...points() }, hud: (page) => new PointsHud(page), … })

/** The parts of `Game` (see start.js) for a game in which the player with the most points is listed first. */
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
   * `show(page, now)` is called in each frame, to update the game's other elements. `pointsOf(event)` returns the points that an event reports
   * for its `player`, or undefined. A game with events of its own needs it.
   */
  constructor(page, show = () => {}, pointsOf = ({ points }) => points) {
    this.#page = page;
    this.#show = show;
    this.#pointsOf = pointsOf;
  }

  /** Notes the points that an event of the game reports. */
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
