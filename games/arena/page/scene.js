// A frame of the module as objects that live from frame to frame: what is in the world, as drawing and sounds need it.

import { Frame } from 'ricochet-page/module/frame.js';

/** Flags of a craft, as docs/protocol.md numbers them. */
export const PROTECTED = 1, SHIELD = 2, RAPID = 4, RAIL = 8;

export class Scene {
  /** Frames so far. */
  frame = 0;
  /** Time shown, in ticks of the room. */
  renderTick = 0;
  own = null;
  #floats = new Frame({ Craft: noteCraft, Shell: notePath });
  #steered = this.#floats.steered('Craft');
  /** Crafts of others by seat, shells and pickups by key. */
  crafts = this.#floats.others('Craft');
  shells = this.#floats.others('Shell');
  pickups = this.#floats.others('Pickup');

  clear() {
    this.own = null;
    this.#floats.clear();
  }

  /** Takes in the floats of a frame. */
  read(floats, renderTick) {
    this.frame += 1;
    this.renderTick = renderTick;
    this.#floats.read(floats);
    const [own = null] = this.#steered.values();
    this.own = own && Object.assign(own, this.#floats.own);
  }

  /** What appeared and ended since the frame before is no news: this frame does not go on from that one. */
  skip() {
    this.shells.added.length = this.shells.ended.length = 0;
    for (const shell of this.shells.values()) shell.bounced = false;
  }

  /** A craft by seat, the own one too. */
  craft(player) {
    return this.own?.player === player ? this.own : this.crafts.get(player);
  }
}

function noteCraft(craft, isNew) {
  // A craft's id is the seat.
  if (isNew) craft.player = craft.key;
  craft.alive = craft.health > 0;
}

function notePath(shell, isNew) {
  shell.bounced = !isNew && shell.bounces_left < shell.bounces_before;
  shell.bounces_before = shell.bounces_left;
  if (isNew) shell.path = [];
}
