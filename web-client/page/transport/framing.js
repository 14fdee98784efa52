// Framing of messages on a stream: the length of each in four bytes, big-endian, then its bytes, as on QUIC.

/** The bytes of a message on the stream. */
export function framed(message) {
  const bytes = new Uint8Array(4 + message.length);
  new DataView(bytes.buffer).setUint32(0, message.length);
  bytes.set(message, 4);
  return bytes;
}

/** Splits a stream into messages, however its bytes are divided into chunks. */
export class Deframer {
  #held = new Uint8Array(0);

  /** Takes a chunk and returns the messages that are complete now. Throws a `RangeError` for a message above `MESSAGE_BYTES_MAX`. */
  take(bytes) {
    let held = bytes;
    if (this.#held.length > 0) {
      held = new Uint8Array(this.#held.length + bytes.length);
      held.set(this.#held);
      held.set(bytes, this.#held.length);
    }
    const messages = [];
    let at = 0;
    while (held.length - at >= 4) {
      const length = new DataView(held.buffer, held.byteOffset + at).getUint32(0);
      if (length > MESSAGE_BYTES_MAX) throw new RangeError(`a message of ${length} bytes`);
      if (held.length - at - 4 < length) break;
      messages.push(held.slice(at + 4, at + 4 + length));
      at += 4 + length;
    }
    this.#held = held.slice(at);
    return messages;
  }
}

/** The same as `SERVER_MESSAGE_BYTES_MAX` in shared/src/limits.rs. */
const MESSAGE_BYTES_MAX = 64 * 1024;
