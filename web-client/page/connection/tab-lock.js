// A lock that one tab holds for its session. A duplicated tab has a copy of the first tab's storage and must not take its session.
//
// The browser's own locks end with their page, however it ends. They exist at secure addresses only. Elsewhere tabs
// ask each other, and a tab that does not answer counts as closed.

export class TabLock {
  #name = null;
  #release = () => {};
  #channel = null;

  /** Takes the lock of a session until this page closes. Returns false if another tab has it. */
  async take(session) {
    const name = `ricochet.session.${session}`;
    if (name === this.#name) return true;
    this.release();
    const taken = navigator.locks ? await this.#lock(name) : await this.#ask(name);
    if (taken) this.#name = name;
    return taken;
  }

  /** Frees the lock, so that another tab can take it. */
  release() {
    this.#release();
    this.#release = () => {};
    this.#name = null;
  }

  /** Waits a moment for the lock: a page that is reloaded may ask for it before the lock of the old page is free. */
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
