// The devices that a player may use: the one that was used last plays.

export class Devices {
  #devices;

  /** A device has `usedAt`, in milliseconds of `performance.now()` and 0 for never, `handleSent()` and `release()`. */
  constructor(devices) {
    this.#devices = devices;
    // What is released elsewhere is never reported here.
    addEventListener('blur', () => this.release());
    document.addEventListener('visibilitychange', () => this.release());
  }

  get newest() {
    return this.#devices.reduce((newest, device) => (device.usedAt > newest.usedAt ? device : newest));
  }

  /** The newest intent went into an input. */
  handleSent() {
    for (const device of this.#devices) device.handleSent();
  }

  /** Lets go of everything. */
  release() {
    for (const device of this.#devices) device.release();
  }
}
