// One tab per session: a tab that is duplicated takes a copy of what the first one stores, and must not take its session.
//
// The browser's own locks end with their page, however it ends. They are there on secure addresses only; elsewhere tabs
// ask each other, and one that does not answer is gone.

export class TabLock {
  #name = null;
  #release = () => {};
  #channel = null;

  /** Takes the lock of a session for as long as this page lives; false if another tab has it. */
  async take(session) {
    const name = `ricochet.session.${session}`;
    if (name === this.#name) return true;
    this.release();
    const taken = navigator.locks ? await this.#lock(name) : await this.#ask(name);
    if (taken) this.#name = name;
    return taken;
  }

  /** Lets another tab have it. */
  release() {
    this.#release();
    this.#release = () => {};
    this.#name = null;
  }

  /** A page that is loaded anew may be here a moment before the lock of the one before is free. */
  async #lock(name) {
    const late = AbortSignal.timeout(PATIENCE_MS);
    return new Promise((resolve) => {
      navigator.locks.request(name, { signal: late }, () => {
        resolve(true);
        return new Promise((release) => this.#release = release);
      }).catch(() => resolve(false));
    });
  }

  async #ask(name) {
    if (typeof BroadcastChannel !== 'function') return true;
    const channel = new BroadcastChannel(name);
    const held = await new Promise((resolve) => {
      channel.onmessage = ({ data }) => data === 'held' && resolve(true);
      channel.postMessage('whose');
      setTimeout(() => resolve(false), PATIENCE_MS / 2);
    });
    if (held) {
      channel.close();
      return false;
    }
    channel.onmessage = ({ data }) => data === 'whose' && channel.postMessage('held');
    this.#release = () => channel.close();
    return true;
  }
}

const PATIENCE_MS = 500;
