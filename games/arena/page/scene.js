// A frame of the module as objects that live from frame to frame: drawing and sounds compare them with what was.
//
// Objects are reused, so a frame makes no garbage; `seen` of the frame's number tells which are still there.

import { layout, stride } from './wasm.js';

/** Flags of a craft, as docs/protocol.md numbers them. */
export const PROTECTED = 1, SHIELD = 2, RAPID = 4, RAIL = 8;

export class Scene {
  frame = 0;
  /** Time shown, in ticks of the room. */
  renderTick = 0;
  own = null;
  /** Crafts of others by seat, shells by key, pickups by place. */
  crafts = new Map();
  shells = new Map();
  pickups = new Map();
  /** Shells that were there in the frame before: `{x, y, owner, …}`. */
  endedShells = [];
  newShells = [];

  clear() {
    this.own = null;
    this.crafts.clear();
    this.shells.clear();
    this.pickups.clear();
    this.endedShells.length = this.newShells.length = 0;
  }

  /** Takes in the floats of a frame. */
  read(floats, renderTick) {
    this.frame += 1;
    this.renderTick = renderTick;
    this.endedShells.length = this.newShells.length = 0;
    if (floats.length === 0) {
      this.clear();
      return;
    }
    const { Head, Own, Craft, Shell, Pickup } = layout;
    let at = stride.Head;
    if (floats[Head.own]) {
      this.own ??= {};
      fill(this.own, Own, floats, at);
      at += stride.Own;
    } else {
      this.own = null;
    }
    for (let left = floats[Head.crafts]; left > 0; left--, at += stride.Craft) {
      this.#keep(this.crafts, floats[at + Craft.player], Craft, floats, at);
    }
    for (let left = floats[Head.shells]; left > 0; left--, at += stride.Shell) {
      this.#shell(floats, at, Shell);
    }
    for (let left = floats[Head.pickups]; left > 0; left--, at += stride.Pickup) {
      this.#keep(this.pickups, floats[at + Pickup.place], Pickup, floats, at);
    }
    forgetUnseen(this.crafts, this.frame);
    forgetUnseen(this.pickups, this.frame);
    for (const [id, shell] of this.shells) {
      if (shell.seen !== this.frame) {
        this.endedShells.push(shell);
        this.shells.delete(id);
      }
    }
  }

  /** A craft by seat, the own one too. */
  craft(player) {
    return this.own?.player === player ? this.own : this.crafts.get(player);
  }

  #keep(map, key, fields, floats, at) {
    let entity = map.get(key);
    if (!entity) map.set(key, entity = {});
    fill(entity, fields, floats, at);
    entity.seen = this.frame;
    return entity;
  }

  #shell(floats, at, Shell) {
    const id = floats[at + Shell.key_high] * 65_536 + floats[at + Shell.key_low];
    const before = this.shells.get(id);
    const bounces = before?.bounces_left;
    const shell = this.#keep(this.shells, id, Shell, floats, at);
    shell.bounced = bounces !== undefined && shell.bounces_left < bounces;
    if (bounces === undefined) {
      shell.path = [];
      this.newShells.push(shell);
    }
  }
}

function fill(entity, fields, floats, at) {
  for (const name in fields) entity[name] = floats[at + fields[name]];
  if (entity.health !== undefined) entity.alive = entity.health > 0;
}

function forgetUnseen(map, frame) {
  for (const [key, entity] of map) {
    if (entity.seen !== frame) map.delete(key);
  }
}
