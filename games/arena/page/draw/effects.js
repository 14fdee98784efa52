// Effects that flash and fade: sparks, explosions, beams, numbers. They do not influence the game.

import { draw, glow, label } from 'ricochet-page/draw/pictures.js';
import { reducedMotion } from 'ricochet-page/settings.js';
import { palette } from './palette.js';

const SPARKS_MAX = 320;
/** Bound of each other list. A new effect replaces the oldest. */
const LIST_MAX = 64;

export class Effects {
  #sparks = [];
  #flashes = [];
  #rings = [];
  #beams = [];
  #numbers = [];

  /** Number of effects of each kind. */
  get counts() {
    return {
      sparks: this.#sparks.length, flashes: this.#flashes.length, rings: this.#rings.length,
      beams: this.#beams.length, numbers: this.#numbers.length,
    };
  }

  clear() {
    for (const list of [this.#sparks, this.#flashes, this.#rings, this.#beams, this.#numbers]) list.length = 0;
  }

  /** Shows that a shell bounced off a wall. `vx` and `vy` are its velocity after it. */
  ricochet(x, y, vx, vy, colour) {
    this.#flash(x, y, 26, 0.16, colour);
    this.#spray(x, y, Math.atan2(vy, vx), 1.1, 5, 240, colour);
  }

  /** Shows the end of a shell. */
  fizzle(x, y, colour) {
    this.#flash(x, y, 20, 0.12, colour);
    this.#spray(x, y, 0, Math.PI, 4, 130, colour);
  }

  muzzle(x, y, aim, colour) {
    this.#flash(x, y, 22, 0.07, colour);
    this.#spray(x, y, aim, 0.35, 3, 260, colour);
  }

  explosion(x, y, colour) {
    this.#flash(x, y, 90, 0.35, colour);
    this.#flash(x, y, 40, 0.16, palette.white);
    add(this.#rings, { x, y, age: 0, life: 0.5, from: 12, to: 78, colour });
    this.#spray(x, y, 0, Math.PI, 34, 420, colour);
    this.#spray(x, y, 0, Math.PI, 10, 200, palette.white);
  }

  spawn(x, y, colour) {
    add(this.#rings, { x, y, age: 0, life: 0.45, from: 46, to: 16, colour });
  }

  taken(x, y, colour) {
    add(this.#rings, { x, y, age: 0, life: 0.35, from: 14, to: 34, colour });
    this.#spray(x, y, 0, Math.PI, 8, 120, colour);
  }

  beam({ x: from_x, y: from_y }, { x: to_x, y: to_y }, colour) {
    add(this.#beams, { from_x, from_y, to_x, to_y, age: 0, life: 0.4, colour });
    this.#flash(from_x, from_y, 30, 0.12, colour);
    this.#spray(to_x, to_y, Math.atan2(from_y - to_y, from_x - to_x), 1, 10, 300, colour);
  }

  /** Shows a hit by the own player, with its damage. */
  hit(x, y, damage, colour) {
    this.#spray(x, y, 0, Math.PI, 6, 190, palette.white);
    add(this.#numbers, { x: x + (Math.random() - 0.5) * 14, y: y - 20, age: 0, life: 0.7, text: String(damage), colour });
  }

  draw(context, camera, seconds) {
    const alive = (list) => keep(list, (item) => (item.age += seconds) < item.life);
    alive(this.#flashes);
    context.globalCompositeOperation = 'lighter';
    for (const { x, y, radius, age, life, colour } of this.#flashes) {
      if (!camera.sees(x, y, radius)) continue;
      context.globalAlpha = 1 - age / life;
      draw(context, glow(colour, radius), x, y);
    }
    this.#drawSparks(context, seconds);
    context.globalCompositeOperation = 'source-over';
    alive(this.#beams);
    for (const beam of this.#beams) drawBeam(context, beam);
    alive(this.#rings);
    for (const { x, y, age, life, from, to, colour } of this.#rings) {
      const part = 1 - (1 - age / life) ** 3;
      context.globalAlpha = 1 - part;
      context.beginPath();
      context.arc(x, y, from + (to - from) * part, 0, 2 * Math.PI);
      context.lineWidth = 2.5;
      context.strokeStyle = colour;
      context.stroke();
    }
    alive(this.#numbers);
    for (const { x, y, age, life, text, colour } of this.#numbers) {
      context.globalAlpha = Math.min(1, 2 - (2 * age) / life);
      draw(context, label(text, colour, 14, 700), x, y - 26 * (age / life));
    }
    context.globalAlpha = 1;
  }

  #flash(x, y, radius, life, colour) {
    // Reduced motion should avoid flashes above all.
    if (!reducedMotion()) add(this.#flashes, { x, y, radius, age: 0, life, colour });
  }

  /** Adds sparks around a direction, up to `spread` radians to either side. */
  #spray(x, y, direction, spread, count, speed, colour) {
    const wanted = reducedMotion() ? Math.ceil(count / 3) : count;
    for (let left = Math.min(wanted, SPARKS_MAX - this.#sparks.length); left > 0; left--) {
      const angle = direction + (Math.random() * 2 - 1) * spread;
      const fast = speed * (0.35 + 0.65 * Math.random());
      const life = 0.18 + 0.3 * Math.random();
      this.#sparks.push({ x, y, vx: Math.cos(angle) * fast, vy: Math.sin(angle) * fast, age: 0, life, colour });
    }
  }

  #drawSparks(context, seconds) {
    const slowed = Math.exp(-seconds * 4);
    const byColour = new Map();
    keep(this.#sparks, (spark) => {
      spark.age += seconds;
      if (spark.age >= spark.life) return false;
      spark.x += spark.vx * seconds;
      spark.y += spark.vy * seconds;
      spark.vx *= slowed;
      spark.vy *= slowed;
      const alike = byColour.get(spark.colour);
      if (alike) alike.push(spark);
      else byColour.set(spark.colour, [spark]);
      return true;
    });
    context.globalAlpha = 0.85;
    context.lineWidth = 1.8;
    context.lineCap = 'butt';
    for (const [colour, sparks] of byColour) {
      context.strokeStyle = colour;
      context.beginPath();
      for (const { x, y, vx, vy, age, life } of sparks) {
        const length = 0.045 * (1 - age / life);
        context.moveTo(x, y);
        context.lineTo(x - vx * length, y - vy * length);
      }
      context.stroke();
    }
  }
}

function drawBeam(context, { from_x, from_y, to_x, to_y, age, life, colour }) {
  const left = 1 - age / life;
  for (const [width, alpha, stroke] of [[11, 0.22, colour], [5, 0.55, colour], [1.8, 1, palette.white]]) {
    context.globalAlpha = alpha * left * left;
    context.lineWidth = width * (0.4 + 0.6 * left);
    context.strokeStyle = stroke;
    context.beginPath();
    context.moveTo(from_x, from_y);
    context.lineTo(to_x, to_y);
    context.stroke();
  }
}

/** Adds to a list, whose oldest entry is dropped at the bound. */
function add(list, item) {
  if (list.length === LIST_MAX) list.shift();
  list.push(item);
}

/** Removes effects that have ended, without making a new list. */
function keep(list, lives) {
  let kept = 0;
  for (const item of list) {
    if (lives(item)) list[kept++] = item;
  }
  list.length = kept;
}
