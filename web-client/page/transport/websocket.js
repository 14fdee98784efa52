// A link over WebSocket: every message is one binary frame, and none is lost.

import { Outbox, RELIABLE_BACKLOG_BYTES_MAX } from './outbox.js';

/**
 * Opens a link. A link has `kind`, `reliable`, `send(bytes, reliably)` and `close(code, words)`. It calls
 * `onMessage(bytes)` and, once, `onClose({code, words})`, where `code` is a number of docs/protocol.md section 13 or
 * undefined.
 */
export function openWebSocket(url, { signal }) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, 'ricochet.1');
    socket.binaryType = 'arraybuffer';
    const give_up = () => {
      socket.close();
      reject(new Error('given up'));
    };
    signal.addEventListener('abort', give_up, { once: true });
    socket.onerror = () => reject(new Error('the WebSocket did not open'));
    socket.onclose = () => reject(new Error('the WebSocket closed before it opened'));
    socket.onopen = () => {
      signal.removeEventListener('abort', give_up);
      resolve(new WebSocketLink(socket));
    };
  });
}

export class WebSocketLink {
  kind = 'websocket';
  reliable = true;
  onMessage = () => {};
  onClose = () => {};
  #socket;
  #unreliable;

  /** `socket` is open. */
  constructor(socket) {
    this.#socket = socket;
    this.#unreliable = new Outbox(
      () => this.#isOpen && socket.bufferedAmount < UNRELIABLE_BACKLOG_BYTES_MAX,
      (bytes) => socket.send(bytes),
    );
    socket.onmessage = ({ data }) => {
      this.#unreliable.flush();
      this.onMessage(new Uint8Array(data));
    };
    socket.onerror = null;
    socket.onclose = ({ code, reason }) => {
      this.onClose({ code: code >= CODES && code < CODES + 256 ? code - CODES : undefined, words: reason });
    };
  }

  send(bytes, reliably) {
    if (!this.#isOpen) return;
    if (!reliably) return this.#unreliable.send(bytes);
    // A reliable message is never dropped. The link is closed instead, and the session goes on over the next one.
    if (this.#socket.bufferedAmount > RELIABLE_BACKLOG_BYTES_MAX) return this.close();
    this.#socket.send(bytes);
  }

  get #isOpen() {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Closes the link. Without a code this looks to the server like a network that failed. */
  close(code, words = '') {
    if (code === undefined) this.#socket.close();
    else this.#socket.close(CODES + code, words.slice(0, WORDS_MAX));
  }
}

/** Close code of WebSocket for reason 0; the codes of the other reasons follow it. */
const CODES = 4000;
/** A close frame holds 123 bytes. */
const WORDS_MAX = 40;
/** About half a second of inputs. A message that waits behind more than that is old when it arrives. */
const UNRELIABLE_BACKLOG_BYTES_MAX = 512;
