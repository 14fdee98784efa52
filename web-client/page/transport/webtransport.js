// A link over WebTransport: datagrams for what is worthless when late, one stream for the rest, framed as on QUIC.

import { Deframer, framed } from './framing.js';
import { Outbox, RELIABLE_BACKLOG_BYTES_MAX } from './outbox.js';

/** Whether this browser can do it here. */
export function webTransportThere() {
  return typeof WebTransport === 'function' && isSecureContext;
}

/**
 * Opens a link, of the kind that `openWebSocket` describes. `hashes` are SHA-256 of certificates, hexadecimal; without
 * them the certificate must be one that the browser trusts.
 */
export async function openWebTransport(url, { hashes, signal }) {
  const pinned = hashes.map((hash) => ({ algorithm: 'sha-256', value: bytesOf(hash) }));
  const options = { congestionControl: 'low-latency' };
  if (pinned.length > 0) options.serverCertificateHashes = pinned;
  const transport = new WebTransport(url, options);
  // Both are told of a failure; one is enough.
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
    // What waits longer than a few ticks is of no use to the server.
    datagrams.outgoingMaxAge = DATAGRAM_AGE_MAX_MS;
    this.#datagrams = (datagrams.writable ?? datagrams.createWritable()).getWriter();
    // The age counts from when the browser takes a datagram; a writer that is full keeps more, and without a bound.
    this.#unreliable = new Outbox(() => this.#datagrams.desiredSize > 0, (bytes) => {
      // A write fails only when the session ends, and then `closed` says why.
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
    // Nothing that must arrive is dropped without a word: the link ends, and the session goes on over the next one.
    if (this.#stream_bytes > RELIABLE_BACKLOG_BYTES_MAX) return this.close();
    const frame = framed(bytes);
    this.#stream_bytes += frame.length;
    this.#stream.write(frame).then(() => this.#stream_bytes -= frame.length, () => {});
  }

  /** Without a code it ends as when a network fails. */
  close(code, words = '') {
    if (code === undefined) return this.#transport.close();
    // Lets the last message out before the session takes it along.
    this.#stream.close().catch(() => {}).finally(() => {
      try {
        this.#transport.close({ closeCode: code, reason: words.slice(0, 100) });
      } catch { /* It is closed already. */ }
    });
  }

  /** Sends what waits as soon as the writer takes more. */
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
