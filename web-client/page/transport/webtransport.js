// A link over WebTransport: datagrams for messages that are worthless when late, one stream for all others, framed as on QUIC.

import { Deframer, framed } from './framing.js';
import { Outbox, RELIABLE_BACKLOG_BYTES_MAX } from './outbox.js';

/** Returns true if this browser has WebTransport on this page. */
export function webTransportThere() {
  return typeof WebTransport === 'function' && isSecureContext;
}

/**
 * Opens a link with the interface that `openWebSocket` describes. `hashes` are hexadecimal SHA-256 hashes of certificates; without
 * them the browser must trust the certificate.
 */
export async function openWebTransport(url, { hashes, signal }) {
  const pinned = hashes.map((hash) => ({ algorithm: 'sha-256', value: bytesOf(hash) }));
  const options = { congestionControl: 'low-latency' };
  if (pinned.length > 0) options.serverCertificateHashes = pinned;
  const transport = new WebTransport(url, options);
  // `ready` and `closed` are both rejected on a failure. `ready` reports it.
  transport.closed.catch(() => {});
  const give_up = () => transport.close();
  signal.addEventListener('abort', give_up, { once: true });
  await transport.ready;
  const stream = await transport.createBidirectionalStream();
  signal.removeEventListener('abort', give_up);
  return new WebTransportLink(transport, stream);
}

export class WebTransportLink {
  kind = 'webtransport';
  reliable = false;
  onMessage = () => {};
  onClose = () => {};
  #transport;
  #stream;
  /** Bytes that the stream has not taken yet. */
  #stream_bytes = 0;
  #datagrams;
  #unreliable;
  #awaitsRoom = false;
  #closed = false;

  constructor(transport, stream) {
    this.#transport = transport;
    this.#stream = stream.writable.getWriter();
    const datagrams = transport.datagrams;
    // A datagram that waits longer than a few ticks is of no use to the server.
    datagrams.outgoingMaxAge = DATAGRAM_AGE_MAX_MS;
    this.#datagrams = (datagrams.writable ?? datagrams.createWritable()).getWriter();
    // The age counts only from the time at which the browser takes a datagram. A writer that is full queues more, without a bound.
    this.#unreliable = new Outbox(() => this.#datagrams.desiredSize > 0, (bytes) => {
      // A write fails only when the session ends, and then `closed` reports the reason.
      this.#datagrams.write(bytes).catch(() => {});
    });
    this.#readDatagrams(datagrams.readable.getReader());
    this.#readStream(stream.readable.getReader());
    transport.closed.then(
      ({ closeCode, reason }) => this.#end({ code: closeCode, words: reason }),
      (error) => this.#end({ words: error?.message ?? '' }),
    );
  }

  send(bytes, reliably) {
    if (!reliably) {
      this.#unreliable.send(bytes);
      return this.#awaitRoom();
    }
    // A reliable message is never dropped. The link is closed instead, and the session goes on over the next one.
    if (this.#stream_bytes > RELIABLE_BACKLOG_BYTES_MAX) return this.close();
    const frame = framed(bytes);
    this.#stream_bytes += frame.length;
    this.#stream.write(frame).then(() => this.#stream_bytes -= frame.length, () => {});
  }

  /** Closes the link. Without a code this looks to the server like a network that failed. */
  close(code, words = '') {
    if (code === undefined) return this.#transport.close();
    // Closing the session discards unsent bytes, so the stream is closed first.
    this.#stream.close().catch(() => {}).finally(() => {
      try {
        this.#transport.close({ closeCode: code, reason: words.slice(0, 100) });
      } catch { /* It is closed already. */ }
    });
  }

  /** Sends the waiting messages as soon as the writer has room. */
  async #awaitRoom() {
    if (this.#awaitsRoom) return;
    this.#awaitsRoom = true;
    try {
      while (!this.#unreliable.isEmpty) {
        await this.#datagrams.ready;
        this.#unreliable.flush();
      }
    } catch { /* The session ended. */ }
    this.#awaitsRoom = false;
  }

  async #readDatagrams(reader) {
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        this.onMessage(value);
      }
    } catch { /* The session ended. */ }
  }

  async #readStream(reader) {
    const deframer = new Deframer();
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        for (const message of deframer.take(value)) this.onMessage(message);
      }
    } catch (error) {
      if (error instanceof RangeError) this.close(BAD_MESSAGE, error.message);
    }
  }

  #end(how) {
    if (this.#closed) return;
    this.#closed = true;
    this.onClose(how);
  }
}

function bytesOf(hexadecimal) {
  return Uint8Array.from(hexadecimal.match(/../g) ?? [], (digits) => parseInt(digits, 16));
}

const BAD_MESSAGE = 2;
const DATAGRAM_AGE_MAX_MS = 150;
