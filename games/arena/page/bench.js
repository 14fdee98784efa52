// The scene of `/?bench=64`: an invented fight of that many crafts and 200 shells, all in view.

const SHELLS = 200;
/** Box around the middle in which all crafts stay, world pixels. Every window shows more. */
const BOX = { width: 900, height: 560 };
const SHELL_SPEED = 640;
const SHELL_SECONDS = 2.2;

export class MadeUpFight {
  #scene;
  #picture;
  #nextShell = 0;

  constructor(count, page, scene, picture) {
    this.#scene = scene;
    this.#picture = picture;
    const { roster } = page;
    roster.handleEvent({ kind: 'joined', player: 0, tick_hz: 30, seats: count + 1, room: 0, server: 'Bench' });
    for (let seat = 0; seat <= count; seat++) {
      roster.handleEvent({ kind: 'player', player: seat, name: seat ? `Pilot ${seat}` : 'You', team: 'none', opponent: seat % 2 === 1, score: seat, deaths: 1 });
    }
    picture.setMap(benchMap());
    this.middle = { x: 18.5 * 64, y: 12.5 * 64 };
    scene.own = { ...this.#newCraft(0), x: this.middle.x, y: this.middle.y, gun: 1, dash: 0.3, rail_shots: 2, shield: 20, rapid: 4, protection: 0, respawn: 0 };
    for (let seat = 1; seat <= count; seat++) scene.crafts.set(seat, this.#newCraft(seat));
  }

  /** Moves everything by a time. */
  step(seconds) {
    const scene = this.#scene;
    scene.frame += 1;
    scene.shells.added.length = scene.shells.ended.length = 0;
    for (const craft of scene.crafts.values()) {
      this.#move(craft, seconds);
      craft.aim += seconds * (craft.player % 3 - 1);
    }
    for (const [id, shell] of scene.shells) {
      shell.bounced = this.#move(shell, seconds);
      if ((shell.left -= seconds) <= 0) {
        scene.shells.delete(id);
        scene.shells.ended.push(shell);
      }
    }
    while (scene.shells.size < SHELLS) this.#fire();
    // About as many kills as in a fight of 64 crafts.
    if (Math.random() < seconds * 4) {
      const victim = 1 + Math.floor(Math.random() * scene.crafts.size);
      this.#picture.show({ kind: 'killed', killer: 0, victim, weapon: 'shell' });
      this.#picture.show({ kind: 'hit', shooter: 0, victim, damage: 20, weapon: 'shell' });
    }
  }

  /** Numbers of the things in view. */
  get facts() {
    return { crafts: this.#scene.crafts.size + 1, shells: SHELLS };
  }

  #newCraft(seat) {
    const angle = seat * 2.4;
    const { x, y } = this.middle;
    return {
      player: seat, x: x + Math.cos(angle) * 30 * Math.sqrt(seat), y: y + Math.sin(angle) * 30 * Math.sqrt(seat),
      vx: Math.cos(angle * 3) * 260, vy: Math.sin(angle * 3) * 260,
      aim: angle, health: 20 + (seat * 13) % 81, flags: [0, 0, 2, 4, 8][seat % 5], alive: true, guessed: 0,
    };
  }

  #fire() {
    const owner = this.#nextShell++ % (this.#scene.crafts.size + 1);
    const { x, y } = this.#scene.craft(owner);
    const aim = Math.random() * 2 * Math.PI;
    const [vx, vy] = [Math.cos(aim) * SHELL_SPEED, Math.sin(aim) * SHELL_SPEED];
    const shell = { key: this.#nextShell, owner, x, y, vx, vy, bounces_left: 2, left: SHELL_SECONDS * Math.random(), path: [] };
    this.#scene.shells.set(shell.key, shell);
    this.#scene.shells.added.push(shell);
  }

  #move(thing, seconds) {
    thing.x += thing.vx * seconds;
    thing.y += thing.vy * seconds;
    const [outX, outY] = [Math.abs(thing.x - this.middle.x) > BOX.width / 2, Math.abs(thing.y - this.middle.y) > BOX.height / 2];
    if (outX) thing.vx = Math.abs(thing.vx) * Math.sign(this.middle.x - thing.x);
    if (outY) thing.vy = Math.abs(thing.vy) * Math.sign(this.middle.y - thing.y);
    return outX || outY;
  }
}

function benchMap() {
  const [width, height] = [37, 25];
  const walls = Array.from({ length: width * height }, (_, index) => {
    const [column, row] = [index % width, Math.floor(index / width)];
    const border = column === 0 || row === 0 || column === width - 1 || row === height - 1;
    return border || (column % 6 === 3 && row % 5 === 2);
  });
  const runs = [0];
  walls.forEach((wall, index) => {
    if (wall !== (index ? walls[index - 1] : false)) runs.push(0);
    runs[runs.length - 1] += 1;
  });
  return { name: 'bench', tile_px: 64, width, height, runs, pickups: [] };
}
