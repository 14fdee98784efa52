// The module in a browser computes what a native build computes, to the bit: a session of 10,000 ticks over a bad link,
// recorded natively (tests/examples/transcript.rs says how), is repeated by the very module that the server serves.

import { readFile } from 'node:fs/promises';

import { TRANSCRIPT } from './support/places.js';
import { replay } from './support/replay.js';
import { expect, test } from './support/test.js';

test('module repeats a native session of 10,000 ticks bit for bit', async ({ newPlayer, server }) => {
  const transcript = await readFile(TRANSCRIPT);
  const { page } = await newPlayer();
  await page.route('**/transcript.bin', (route) => route.fulfill({ body: transcript, contentType: 'application/octet-stream' }));
  const glue = await page.evaluate(() => document.querySelector('script[type=module]').src.replace('game/main.js', 'web_client.js'));
  expect(glue.startsWith(server.url)).toBe(true);
  const { compared, differences } = await page.evaluate(replay, { glue, transcript: '/transcript.bin' });
  expect(differences).toEqual([]);
  expect(compared.ticks).toBe(10_000);
  expect(compared.frames).toBeGreaterThan(10_000);
  expect(compared.outputs).toBeGreaterThan(10_000);
});
