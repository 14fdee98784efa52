// Draws the arena: one canvas, which is drawn completely in every frame, and the effects of events.

import { Camera } from 'ricochet-page/draw/camera.js';
import { redraw, setRatio } from 'ricochet-page/draw/pictures.js';
import { drawSticks } from 'ricochet-page/draw/sticks.js';
import { Arena } from './arena.js';
import { drawCrafts } from './crafts.js';
import { Effects } from './effects.js';
import { colourOf, palette, pickupColours } from './palette.js';
import { drawPickups } from './pickups.js';
import { drawArrows, drawHitMarker, drawHurt } from './screen-marks.js';
import { drawShells } from './shells.js';

/** Highest pixel ratio. Nobody sees more pixels, but they cost time. */
const RATIO_MAX = 2;
const HIT_SECONDS = 0.22;
const HURT_SECONDS = 0.5;
/** After a longer time without a frame, changes since the last frame are not shown as effects. */
const GAP_MS_MAX = 1_000;

export class Stage {
  camera = new Camera();
  effects = new Effects();
  arena = null;
  /** Seats of idle players. */
  idle = new Set();
  #canvas;
  #context;
  #ratio = 1;
  #scene;
  #roster;
  #sound;
  #drawnAt = 0;
  #hit = { left: 0, killed: false };
  #hurt = 0;
  #ownAlive = true;
  #available = new Map();

  constructor(canvas, scene, roster, sound) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d', { alpha: false });
    this.#scene = scene;
    this.#roster = roster;
    this.#sound = sound;
    new ResizeObserver(() => this.#resize()).observe(canvas);
    // When the graphics process dies, all pictures are lost, including the cached ones.
    canvas.addEventListener('contextrestored', () => redraw());
    this.#resize();
  }

  setMap(map) {
    this.arena = map && new Arena(map);
    if (map) this.camera.bound(this.arena.width, this.arena.height);
    this.camera.reset();
    this.settle();
  }

  /** Starts over: the next frame does not continue from the last one. */
  settle() {
    this.effects.clear();
    this.#available.clear();
    this.#ownAlive = true;
    this.#hurt = this.#hit.left = 0;
  }

  /** Shows more of the world, or less. */
  setZoom(zoom) {
    this.camera.zoom = zoom;
    this.camera.resize(this.camera.width, this.camera.height);
    setRatio(this.camera.scale * this.#ratio);
  }

  /** Adds the effects and sounds of an event. */
  handleEvent(event) {
    const own = this.#roster.joined?.player;
    switch (event.kind) {
      case 'killed': {
        const victim = this.#scene.craft(event.victim);
        if (victim) {
          this.effects.explosion(victim.x, victim.y, this.#colour(event.victim));
          this.#sound.explosion(this.camera.hears(victim), event.victim === own);
        }
        if (event.killer === own && event.victim !== own) {
          this.#hit = { left: HIT_SECONDS * 1.6, killed: true };
          this.#sound.kill();
        }
        if (event.victim === own) this.camera.shake(9);
        break;
      }
      case 'hit': {
        const victim = this.#scene.craft(event.victim);
        if (victim) this.effects.hit(victim.x, victim.y, event.damage, event.victim === own ? palette.red : palette.white);
        if (event.victim === own) {
          this.#hurt = HURT_SECONDS;
          this.camera.shake(event.damage / 8);
          this.#sound.hurt();
        } else if (event.shooter === own) {
          this.#hit = { left: HIT_SECONDS, killed: false };
          this.#sound.hit();
        }
        break;
      }
      case 'rail': {
        this.effects.beam(event.from, event.to, palette.violet);
        this.#sound.rail(this.camera.hears(event.from));
        break;
      }
    }
  }

  /**
   * Draws the scene around the own craft, or around `watched` if there is none. `controls` has the player's aim:
   * `{intent, pointer, isTouched, touch}`.
   */
  draw(now, controls, watched) {
    const seconds = Math.min(0.1, Math.max(0, (now - this.#drawnAt) / 1_000));
    if (now - this.#drawnAt > GAP_MS_MAX) this.#skip();
    this.#drawnAt = now;
    // A window that moves to another screen may get another ratio without a change of its size.
    if (ratioNow() !== this.#ratio) this.#resize();
    const context = this.#context, scene = this.#scene, { own } = scene;
    context.setTransform(1, 0, 0, 1, 0, 0);
    if (!this.arena) {
      context.fillStyle = palette.void;
      context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
      return;
    }
    const aim = controls.intent.aim;
    if (own) this.camera.follow(own.x, own.y, own.alive ? aim : undefined, seconds);
    else if (watched) this.camera.follow(watched.x, watched.y, undefined, seconds);
    this.#notice();
    this.camera.apply(context, this.#ratio);
    this.arena.draw(context, this.camera);
    drawPickups(context, this.camera, scene, now);
    drawShells(context, this.camera, scene, this.#roster, own?.player);
    drawCrafts(context, this.camera, scene, this.#roster, aim, this.idle);
    this.effects.draw(context, this.camera, seconds);
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    this.#drawMarks(context, controls, seconds);
  }

  /** Ends the effects after a pause: changes during the pause must not be shown as if they happened now. */
  #skip() {
    this.settle();
    this.#scene.skip();
    this.#ownAlive = Boolean(this.#scene.own?.alive);
  }

  /** Adds the effects of changes since the last frame: births, bounces and ends of shells, pickups, the own respawn. */
  #notice() {
    const { shells, pickups, own } = this.#scene;
    for (const shell of shells.added) {
      const shooter = this.#scene.craft(shell.owner);
      // Shells of other players may come into view in flight, so they show no muzzle flash.
      if (shooter && Math.hypot(shell.x - shooter.x, shell.y - shooter.y) < 70) {
        this.effects.muzzle(shell.x, shell.y, Math.atan2(shell.vy, shell.vx), this.#colour(shell.owner));
        this.#sound.shot(this.camera.hears(shell), shell.owner === own?.player);
      }
    }
    for (const shell of shells.values()) {
      if (!shell.bounced) continue;
      this.effects.ricochet(shell.x, shell.y, shell.vx, shell.vy, this.#colour(shell.owner));
      this.#sound.ricochet(this.camera.hears(shell));
    }
    for (const shell of shells.ended) this.effects.fizzle(shell.x, shell.y, this.#colour(shell.owner));
    for (const { place, x, y, kind, available } of pickups.values()) {
      if (this.#available.get(place) === 1 && !available) {
        this.effects.taken(x, y, pickupColours[kind]);
        if (own && Math.hypot(own.x - x, own.y - y) < 60) this.#sound.pickup(kind);
      }
      this.#available.set(place, available);
    }
    if (own) {
      if (own.alive && !this.#ownAlive) {
        this.effects.spawn(own.x, own.y, this.#colour(own.player));
        this.#sound.spawn();
      }
      this.#ownAlive = Boolean(own.alive);
    }
  }

  #drawMarks(context, controls, seconds) {
    if (this.#hurt > 0) {
      drawHurt(context, this.camera, this.#hurt / HURT_SECONDS);
      this.#hurt -= seconds;
    }
    drawArrows(context, this.camera, this.#scene, this.#roster);
    if (this.#hit.left > 0) {
      const { x, y } = controls.pointer ?? { x: this.camera.width / 2, y: this.camera.height / 2 };
      drawHitMarker(context, x, y, Math.min(1, this.#hit.left / HIT_SECONDS), this.#hit.killed);
      this.#hit.left -= seconds;
    }
    if (controls.isTouched) drawSticks(context, controls.touch);
  }

  #colour(player) {
    return colourOf(this.#roster.player(player)?.team, player === this.#scene.own?.player);
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    this.#ratio = ratioNow();
    this.#canvas.width = Math.max(1, Math.round(width * this.#ratio));
    this.#canvas.height = Math.max(1, Math.round(height * this.#ratio));
    this.camera.resize(Math.max(1, width), Math.max(1, height));
    setRatio(this.camera.scale * this.#ratio);
  }
}

function ratioNow() {
  return Math.min(RATIO_MAX, devicePixelRatio || 1);
}
