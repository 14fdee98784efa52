// The state of the own craft at the bottom: health, shield, dash, and carried pickups.

import { byId, setData, setText } from 'ricochet-page/hud/dom.js';
import { RESULTS } from '../match-state.js';

export class Vitals {
  #root = byId('vitals');
  #health = byId('health');
  #healthBar = byId('health-bar');
  #shieldBar = byId('shield-bar');
  #dashBar = byId('dash-bar');
  #rail = byId('rail');
  #rapid = byId('rapid');
  #respawn = byId('respawn');
  #respawnSeconds = byId('respawn-seconds');
  #killer = byId('killer');

  /** Notes the text about the last destruction of the own craft. */
  handleKilledBy(words) {
    setText(this.#killer, words);
  }

  update(own, phase) {
    this.#root.hidden = !own;
    this.#respawn.hidden = !own || Boolean(own.alive) || phase === RESULTS;
    if (!own) return;
    setText(this.#health, String(own.health));
    setData(this.#root, 'health', own.health);
    setData(this.#root, 'low', own.health <= 30 ? 'yes' : undefined);
    this.#healthBar.style.setProperty('--part', own.health / 100);
    this.#shieldBar.style.setProperty('--part', own.shield / 50);
    this.#shieldBar.hidden = own.shield === 0;
    this.#dashBar.style.setProperty('--part', own.dash);
    setData(this.#dashBar, 'ready', own.dash >= 1 ? 'yes' : undefined);
    this.#rail.hidden = own.rail_shots === 0;
    setText(this.#rail, `Rail ${own.rail_shots}`);
    this.#rapid.hidden = own.rapid === 0;
    setText(this.#rapid, `Rapid ${Math.ceil(own.rapid)} s`);
    if (!own.alive) setText(this.#respawnSeconds, own.respawn > 0 ? own.respawn.toFixed(1) : '0.0');
  }
}
