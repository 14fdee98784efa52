// The input devices of a player. The one that was used last steers.

export class Devices {
  #devices;

  /** A device has `usedAt`, in milliseconds of `performance.now()` and 0 for never, `handleSent()` and `release()`. */
  constructor(devices) {
    this.#devices = devices;
    // The browser does not report a key that is released in another window.
    addEventListener('blur', () => this.release());
    document.addEventListener('visibilitychange', () => this.release());
  }

  get newest() {
    return this.#devices.reduce((newest, device) => (device.usedAt > newest.usedAt ? device : newest));
  }

  /** The newest intent was sent in an input. */
  handleSent() {
    for (const device of this.#devices) device.handleSent();
  }

  /** Releases all devices. */
  release() {
    for (const device of this.#devices) device.release();
  }
}
