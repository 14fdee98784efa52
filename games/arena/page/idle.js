// Finds idle players. A player whose tab is closed or who went away leaves a craft that stands still, and others should see that.

/** Time without any movement, also of the gun, after which a player counts as idle. Nobody who plays holds still for so long. */
const IDLE_MS = 6_000;

export class Idle {
  /** Seats of idle players. */
  seats = new Set();
  /** Position and aim of each player, and the time since which they have not changed: `{x, y, aim, since, frame}`. */
  #seen = new Map();

  /** Checks the crafts of a frame. Computers never count as idle, and a player out of sight is not checked. */
  update(now, scene, roster) {
    for (const { player, x, y, aim, alive } of scene.crafts.values()) {
      if (!alive || roster.player(player)?.opponent !== false) continue;
      const seen = this.#seen.get(player);
      if (!seen || seen.frame < scene.frame - 1 || moved(seen, x, y, aim)) {
        this.#seen.set(player, { x, y, aim, since: now, frame: scene.frame });
        this.seats.delete(player);
      } else {
        seen.frame = scene.frame;
        if (now - seen.since > IDLE_MS) this.seats.add(player);
      }
    }
    for (const player of this.seats) {
      if (!roster.player(player)) this.seats.delete(player);
    }
  }

  clear() {
    this.seats.clear();
    this.#seen.clear();
  }
}

function moved(seen, x, y, aim) {
  return Math.abs(x - seen.x) > 2 || Math.abs(y - seen.y) > 2 || Math.abs(aim - seen.aim) > 0.02;
}
