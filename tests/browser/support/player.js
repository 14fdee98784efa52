// A player in front of the page: presses keys, moves the mouse, reads the screen.
//
// What cannot be read off the screen exactly (positions on a canvas) is read from `window.ricochet`, which changes nothing.

import path from 'node:path';

import { expect } from '@playwright/test';

import { OUT } from './places.js';

export class Player {
  constructor(page, url) {
    this.page = page;
    this.url = url;
  }

  /** Opens the page and waits until one can type. */
  async open(query = '') {
    await this.page.goto(`${this.url}/${query}`);
    await expect(this.page.locator('body')).toHaveAttribute('data-ready', 'yes');
  }

  /** Types a name and presses Play; plays when it returns. */
  async play(name) {
    await this.page.locator('#name').fill(name);
    await this.page.locator('#play').click();
    await this.untilPlaying();
  }

  /** Until the own craft is on the screen, alive. */
  async untilPlaying() {
    await this.until(() => window.ricochet.state === 'playing' && window.ricochet.own?.alive);
  }

  /** Waits until a function of the page is true, asked at each frame. */
  async until(condition, argument) {
    const handle = await this.page.waitForFunction(condition, argument, { polling: 'raf', timeout: 120_000 });
    return handle.jsonValue();
  }

  /** A few frames later: long enough for a tick to have passed. */
  nextFrames(count = 10) {
    return this.page.evaluate((count) => new Promise((resolve) => {
      const next = (left) => (left === 0 ? resolve() : requestAnimationFrame(() => next(left - 1)));
      next(count);
    }), count);
  }

  /** A value of `window.ricochet`. */
  get(name) {
    return this.page.evaluate((name) => window.ricochet[name], name);
  }

  /** Holds keys down while something happens. */
  async holding(keys, happening) {
    for (const key of keys) await this.page.keyboard.down(key);
    try {
      return await happening();
    } finally {
      for (const key of keys) await this.page.keyboard.up(key);
    }
  }

  /** Flies towards the middle of the map, the way that is longest, until the craft has moved by `px`. */
  async fly(px = 60) {
    // A page that stood still shows no craft for a moment, until the server has sent everything anew.
    const from = await this.until(() => window.ricochet.own);
    const [key, axis, way] = awayFromWalls(from);
    await this.holding([key], () => this.until(
      ({ axis, way, at, px }) => window.ricochet.own && (window.ricochet.own[axis] - at) * way > px,
      { axis, way, at: from[axis], px },
    ));
  }

  /**
   * Plays on until the server has on disk that this player is there. It writes what happened after 0.3 s of play, and no
   * craft gets so far in twice that time.
   */
  untilKept() {
    return this.fly(KEPT_PX);
  }

  /** Points the mouse at where the nearest living craft will be when a shell gets there; false while there is none. */
  async aim() {
    const point = await this.page.evaluate((shellSpeed) => {
      const { own, crafts } = window.ricochet;
      if (!own?.alive) return null;
      const distance = ({ x, y }) => Math.hypot(x - own.x, y - own.y);
      const target = crafts.filter((craft) => craft.alive).sort((a, b) => distance(a) - distance(b))[0];
      if (!target) return null;
      const seconds = distance(target) / shellSpeed;
      const ahead = { x: target.x + target.vx * seconds - own.x, y: target.y + target.vy * seconds - own.y };
      // Far enough that the rounding of the mouse does not matter, near enough to stay in the window.
      const far = 200 / Math.hypot(ahead.x, ahead.y);
      return window.ricochet.onScreen(own.x + ahead.x * far, own.y + ahead.y * far);
    }, SHELL_PX_PER_S);
    if (point) await this.page.mouse.move(point.x, point.y);
    return point !== null;
  }

  /** Keeps the trigger pulled, the gun on others and the craft moving until the own score is at least `points`. */
  async fightUntil(points) {
    await this.page.mouse.down();
    let turn = 0;
    await expect.poll(async () => {
      // A craft that stands still is hit by every shell that is meant for it.
      if (turn % STRAFE_TURNS === 0) {
        const [now, before] = turn / STRAFE_TURNS % 2 ? ['KeyW', 'KeyS'] : ['KeyS', 'KeyW'];
        await this.page.keyboard.up(before);
        await this.page.keyboard.down(now);
      }
      turn += 1;
      await this.aim();
      return this.score();
    }, { intervals: [20], timeout: 270_000 }).toBeGreaterThanOrEqual(points);
    for (const key of ['KeyW', 'KeyS']) await this.page.keyboard.up(key);
    await this.page.mouse.up();
  }

  /** The own score, as the page shows it. */
  score() {
    return this.page.evaluate(() => {
      const { scores, player } = window.ricochet;
      return scores.find((entry) => entry.player === player)?.score ?? 0;
    });
  }

  /** Leaves the match by the menu. */
  async leave() {
    await this.page.keyboard.press('Escape');
    await this.page.locator('#leave-match').click();
  }

  async say(text) {
    await this.page.keyboard.press('Enter');
    await this.page.locator('#chat-input').fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** A picture for people to look at, kept as an artefact. */
  screenshot(name) {
    return this.page.screenshot({ path: path.join(OUT, 'screens', `${name}.png`) });
  }
}

/** As in games/arena/src/rules/numbers.rs. */
const SHELL_PX_PER_S = 640;
/** At 330 px/s, the highest speed of full thrust, in 0.6 s. */
const KEPT_PX = 200;
/** Looks at the screen before a fighter turns. */
const STRAFE_TURNS = 12;
/** Middle of the map `range`, px. */
const MIDDLE = { x: 7.5 * 64, y: 5.5 * 64 };

/** Key, axis and sign of the direction with the most room. */
function awayFromWalls({ x, y }) {
  const [right, down] = [MIDDLE.x - x, MIDDLE.y - y];
  if (Math.abs(right) >= Math.abs(down)) return right >= 0 ? ['KeyD', 'x', 1] : ['KeyA', 'x', -1];
  return down >= 0 ? ['KeyS', 'y', 1] : ['KeyW', 'y', -1];
}
