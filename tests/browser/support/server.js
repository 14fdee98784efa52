// A real server as a child of the tests: on free ports, and after a restart on the same ones.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { MAPS, SERVER } from './places.js';

export class Server {
  /** Where the page is, without a slash at the end. */
  url;
  /** Where the admin page is, with the token that was made up. */
  admin;
  /** What it wrote to its log, over all its lives. */
  log = '';
  #config;
  /** The state directory that was made for it, if it keeps anything and nobody else named one. */
  #state = null;
  #ports = { http: 0, udp: 0, ops: 0 };
  #child = null;

  /**
   * `settings` are keys of the configuration file, which is written to `file`. It keeps its state beside that file, as
   * hosts' servers do, or elsewhere as `state` says; `state: false` is for stories about a server that kept nothing.
   */
  static async start({ state = true, ...settings }, file) {
    const server = new Server();
    server.#config = file;
    if (state === true) server.#state = path.resolve(path.dirname(file), 'state');
    const keys = { maps: MAPS, ...settings, ...(state && { state: server.#state ?? state }) };
    // A game that reads no maps is handed none: `maps: undefined`.
    await writeFile(file, Object.entries(keys).filter(([, value]) => value !== undefined).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`).join(''));
    // What an earlier run left there when it was interrupted is no state of this one.
    await server.#forget();
    await server.start();
    return server;
  }

  /** Starts it, again on the ports it had. */
  async start() {
    const ports = Object.entries(this.#ports).flatMap(([name, port]) => [`--${name}`, `127.0.0.1:${port}`]);
    this.#child = spawn(SERVER, ['--config', this.#config, ...ports], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, RUST_LOG: 'debug' },
    });
    this.#child.stderr.on('data', (text) => this.log += text);
    const ended = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`${SERVER} ended with ${code}:\n${this.log}`);
    });
    // Nobody waits for it any more once the server runs.
    ended.catch(() => {});
    const greeting = await Promise.race([this.#greeting(), ended]);
    const port = (pattern) => Number(greeting.match(pattern)[1]);
    this.#ports = {
      http: port(/Play\s+http:\/\/127\.0\.0\.1:(\d+)/),
      udp: port(/Clients\D+127\.0\.0\.1:(\d+)/),
      ops: port(/Metrics\s+http:\/\/127\.0\.0\.1:(\d+)/),
    };
    this.url = `http://127.0.0.1:${this.#ports.http}`;
    this.admin = greeting.match(/Admin\s+(\S+)/)[1];
  }

  /** Ends it: `SIGTERM` lets it say goodbye, `SIGKILL` does not. */
  async end(signal = 'SIGTERM') {
    if (!this.#child) return;
    const ended = this.#child.exitCode === null && this.#child.signalCode === null ? once(this.#child, 'exit') : null;
    this.#child.kill(signal);
    await ended;
    this.#child = null;
  }

  /** Ends it for good, with what it kept. */
  async remove() {
    await this.end();
    await this.#forget();
  }

  /** Lets a shard panic, as a fault of the game would. */
  async panic(shard = 0) {
    const [address, token] = this.admin.split('#token=');
    const answer = await fetch(new URL('/admin/api/panic-shard', address), {
      method: 'POST',
      headers: { 'Authorization': `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ shard }),
    });
    if (!answer.ok) throw new Error(`no shard panics: ${answer.status} ${await answer.text()}`);
  }

  /** What the server says of itself. */
  about() {
    return this.#ask('/api/server');
  }

  async rooms() {
    return (await this.#ask('/api/rooms')).rooms;
  }

  /** A person by name, as the server sees them, in any room. */
  async player(name) {
    return (await this.rooms()).flatMap((room) => room.players).find((player) => player.name === name && !player.opponent);
  }

  get port() {
    return this.#ports.http;
  }

  async #ask(path) {
    const answer = await fetch(this.url + path);
    return answer.json();
  }

  async #forget() {
    if (this.#state) await rm(this.#state, { recursive: true, force: true });
  }

  async #greeting() {
    let text = '';
    for await (const line of createInterface({ input: this.#child.stdout })) {
      text += `${line}\n`;
      if (line.includes('Stop')) return text;
    }
    // It ended, which is told elsewhere.
    return new Promise(() => {});
  }
}
