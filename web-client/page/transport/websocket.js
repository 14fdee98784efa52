// A link over WebSocket: every message is one binary frame, and nothing gets lost.

/**
 * Opens a link. A link has `kind`, `reliable`, `send(bytes, reliably)`, `close(code, words)`, and calls
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

class WebSocketLink {
  kind = 'websocket';
  reliable = true;
  onMessage = () => {};
  onClose = () => {};
  #socket;

  constructor(socket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.onMessage(new Uint8Array(data));
    socket.onerror = null;
    socket.onclose = ({ code, reason }) => {
      this.onClose({ code: code >= CODES && code < CODES + 256 ? code - CODES : undefined, words: reason });
    };
  }

  send(bytes) {
    // What a stalled network has not taken is old by the time it does.
    if (this.#socket.readyState === WebSocket.OPEN && this.#socket.bufferedAmount < BACKLOG_BYTES_MAX) {
      this.#socket.send(bytes);
    }
  }

  /** Without a code it ends as when a network fails. */
  close(code, words = '') {
    if (code === undefined) this.#socket.close();
    else this.#socket.close(CODES + code, words.slice(0, WORDS_MAX));
  }
}

/** WebSocket's close code of reason 0. */
const CODES = 4000;
/** A close frame holds 123 bytes. */
const WORDS_MAX = 40;
const BACKLOG_BYTES_MAX = 64 * 1024;
