// A wire between browser and server that can be cut: forwards TCP, and drops every connection when told to.

import { once } from 'node:events';
import net from 'node:net';

export class WireCutter {
  #listener;
  #sockets = new Set();

  static async to(port) {
    const cutter = new WireCutter();
    cutter.#listener = net.createServer((near) => cutter.#join(near, net.connect(port, '127.0.0.1')));
    cutter.#listener.listen(0, '127.0.0.1');
    await once(cutter.#listener, 'listening');
    return cutter;
  }

  /** Where to find the server through the wire. */
  get url() {
    return `http://127.0.0.1:${this.#listener.address().port}`;
  }

  /** Drops what is connected now; who comes again is let through. */
  cut() {
    for (const socket of this.#sockets) socket.destroy();
  }

  async end() {
    this.cut();
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  #join(near, far) {
    for (const [socket, other] of [[near, far], [far, near]]) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
