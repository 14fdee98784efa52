// A recorded match and the command that shows it, as a host would make and watch them.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { SERVER } from './places.js';

/** The first recording in a folder of ended matches, once there is one. */
export async function recordingIn(folder) {
  const names = await readdir(folder).catch(() => []);
  const name = names.sort().find((name) => name.endsWith('.rrec'));
  return name && path.join(folder, name);
}

/** `ricochet-server replay show FILE`. */
export class Show {
  /** Where the recording is watched. */
  url;
  #child;

  static async start(file) {
    const show = new Show();
    show.#child = spawn(SERVER, ['replay', 'show', file, '--http', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: show.#child.stdout })) {
      const found = line.match(/Watch\s+(http:\S+)/);
      if (!found) continue;
      show.url = found[1];
      return show;
    }
    throw new Error('replay show ended without an address');
  }

  async end() {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGINT');
    await ended;
  }
}
