// Unreliable messages that wait while a link has no room: the newest of each kind, which replaces the one before.
//
// A message that is worthless when late must not queue. Seconds of old inputs that arrive at once look like a flood, and
// the server would end the session of an honest player.

export class Outbox {
  #hasRoom;
  #write;
  /** Newest message by kind, oldest kind first. */
  #waiting = new Map();

  /** `hasRoom()` returns true if the link accepts a message now; `write(bytes)` sends one. */
  constructor(hasRoom, write) {
    this.#hasRoom = hasRoom;
    this.#write = write;
  }

  send(bytes) {
    this.flush();
    // Byte 0 opens the array, byte 1 is the kind: docs/protocol.md section 3.
    const kind = bytes[1];
    if (this.#waiting.size === 0 && this.#hasRoom()) return this.#write(bytes);
    this.#waiting.delete(kind);
    this.#waiting.set(kind, bytes);
  }

  get isEmpty() {
    return this.#waiting.size === 0;
  }

  /** Sends waiting messages while the link has room. */
  flush() {
    for (const [kind, bytes] of this.#waiting) {
      if (!this.#hasRoom()) return;
      this.#waiting.delete(kind);
      this.#write(bytes);
    }
  }
}

/** Bound of the reliable messages that have not been sent yet, in bytes. A link that has more of them is closed. */
export const RELIABLE_BACKLOG_BYTES_MAX = 64 * 1024;
