// A frame of the module as objects that live from frame to frame: what is in the world, as drawing and sounds need it.

import { fill, layout, stride } from '../../../web-client/page/module/layout.js';
import { Records } from '../../../web-client/page/module/records.js';

/** Flags of a craft, as docs/protocol.md numbers them. */
export const PROTECTED = 1, SHIELD = 2, RAPID = 4, RAIL = 8;

export class Scene {
  frame = 0;
  /** Time shown, in ticks of the room. */
  renderTick = 0;
  own = null;
  /** Crafts of others by seat, shells by key, pickups by place. */
  crafts = new Records('Craft', (floats, at, { player }) => floats[at + player], judgeHealth);
  shells = new Records('Shell', (floats, at, { key_high, key_low }) => floats[at + key_high] * 65_536 + floats[at + key_low], notePath);
  pickups = new Records('Pickup', (floats, at, { place }) => floats[at + place]);

  clear() {
    this.own = null;
    this.crafts.clear();
    this.shells.clear();
    this.pickups.clear();
  }

  /** Takes in the floats of a frame. */
  read(floats, renderTick) {
    this.frame += 1;
    this.renderTick = renderTick;
    if (floats.length === 0) {
      this.clear();
      return;
    }
    const { Head } = layout;
    let at = stride.Head;
    if (floats[Head.own]) {
      this.own ??= {};
      at = fill(this.own, 'Own', floats, at);
      judgeHealth(this.own);
    } else {
      this.own = null;
    }
    at = this.crafts.read(floats, at, floats[Head.crafts]);
    at = this.shells.read(floats, at, floats[Head.shells]);
    this.pickups.read(floats, at, floats[Head.pickups]);
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

function judgeHealth(craft) {
  craft.alive = craft.health > 0;
}

function notePath(shell, isNew) {
  shell.bounced = !isNew && shell.bounces_left < shell.bounces_before;
  shell.bounces_before = shell.bounces_left;
  if (isNew) shell.path = [];
}
