// A frame of the module as objects that live from frame to frame, for drawing and sounds.

import { Frame } from 'ricochet-page/module/frame.js';

/** Flags of a craft, with the bits of the arena's wire format. */
export const PROTECTED = 1, SHIELD = 2, RAPID = 4, RAIL = 8;

export class Scene {
  /** Number of frames so far. */
  frame = 0;
  /** Time that is shown, in ticks of the room. */
  renderTick = 0;
  own = null;
  #floats = new Frame({ Craft: noteCraft, Shell: notePath });
  #steered = this.#floats.steered('Craft');
  /** Crafts of others by seat; shells and pickups by key. */
  crafts = this.#floats.others('Craft');
  shells = this.#floats.others('Shell');
  pickups = this.#floats.others('Pickup');

  clear() {
    this.own = null;
    this.#floats.clear();
  }

  /** Reads the floats of a frame. */
  read(floats, renderTick) {
    this.frame += 1;
    this.renderTick = renderTick;
    this.#floats.read(floats);
    const [own = null] = this.#steered.values();
    this.own = own && Object.assign(own, this.#floats.own);
  }

  /** Drops the lists of new and ended entities, because this frame does not continue from the one before. */
  skip() {
    this.shells.added.length = this.shells.ended.length = 0;
    for (const shell of this.shells.values()) shell.bounced = false;
  }

  /** The craft in a seat, including the own one. */
  craft(player) {
    return this.own?.player === player ? this.own : this.crafts.get(player);
  }
}

function noteCraft(craft, isNew) {
  // The id of a craft is the seat of its player.
  if (isNew) craft.player = craft.key;
  craft.alive = craft.health > 0;
}

function notePath(shell, isNew) {
  shell.bounced = !isNew && shell.bounces_left < shell.bounces_before;
  shell.bounces_before = shell.bounces_left;
  if (isNew) shell.path = [];
}
