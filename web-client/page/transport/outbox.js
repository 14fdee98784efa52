// What waits while a link takes nothing: of each kind of unreliable message the newest, which replaces the one before.
//
// A message that is worthless when late must not queue: seconds of old inputs that arrive at once look like a flood, and
// the server ends the session of an honest player.

export class Outbox {
  #hasRoom;
  #write;
  /** Newest message by kind, oldest kind first. */
  #waiting = new Map();

  /** `hasRoom()` says whether the link takes a message now; `write(bytes)` gives it one. */
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

  /** The link may have room again. */
  flush() {
    for (const [kind, bytes] of this.#waiting) {
      if (!this.#hasRoom()) return;
      this.#waiting.delete(kind);
      this.#write(bytes);
    }
  }
}

/** Bytes of messages that must arrive and have not left yet; beyond them the link is as good as cut. */
export const RELIABLE_BACKLOG_BYTES_MAX = 64 * 1024;
