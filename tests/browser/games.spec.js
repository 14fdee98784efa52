// A server that hosts other games as well: the page shows what concerns its own game, and its links lead back to it.

import { expect, test } from './support/test.js';

const answer = (page, path, how) => page.route(`**${path}`, async (route) => {
  const response = await route.fetch();
  const json = await response.json();
  how(json);
  await route.fulfill({ response, json });
});

/** As if the server hosted the arena alone. */
const alone = (page) => answer(page, '/api/server', (server) => {
  server.games = server.games.filter(({ name }) => name === 'arena');
});

/** As if the server hosted moths and chess besides the arena, and played moths where nothing is asked for. */
async function besideMoths(page) {
  await answer(page, '/api/server', (server) => {
    server.games = server.games.filter(({ name }) => name === 'arena');
    server.games.push({ name: 'moths', version: 1, mode: 'standard', modes: ['standard', 'night'], page: '/moths/' });
    server.games.push({ name: 'chess', version: 1, mode: 'standard', modes: ['standard'], page: null });
    Object.assign(server, { game: 'moths', mode: 'standard', modes: ['standard', 'night'] });
  });
  await answer(page, '/api/rooms', ({ rooms }) => rooms.push({ ...rooms[0], id: 77, humans: 3, game: 'moths', mode: 'standard' }));
}

test('page lists and asks for what is played of its game', async ({ newPlayer }) => {
  const player = await newPlayer({ before: besideMoths, permissions: ['local-network-access'] });
  const { page } = player;
  await expect(page.locator('#modes input')).toHaveCount(2);
  await expect(page.locator('#modes')).toContainText('Team deathmatch');
  await expect(page.locator('[data-room="1"]')).toBeVisible();
  await expect(page.locator('[data-room="77"]')).toHaveCount(0);
  const asked = page.waitForRequest('**/api/join');
  await page.locator('#name').fill('Zoe');
  await page.locator('#play').click();
  expect((await asked).postDataJSON()).toEqual({ game: 'arena', name: 'Zoe', mode: 'deathmatch' });
  await player.until(() => window.ricochet.state === 'playing');
});

test('page leads to the other games of the server that have a page, and says how many play them', async ({ newPlayer }) => {
  const { page } = await newPlayer({ before: besideMoths, permissions: ['local-network-access'] });
  const links = page.locator('#other-games a');
  await expect(links).toHaveCount(1);
  await expect(links).toHaveText('moths3 players');
  await expect(links).toHaveAttribute('href', '/moths/');
  await expect(links).toBeVisible();
});

test('page of a game alone on its server leads nowhere else', async ({ newPlayer }) => {
  const { page } = await newPlayer({ before: alone, permissions: ['local-network-access'] });
  await expect(page.locator('#server-name')).not.toBeEmpty();
  await expect(page.locator('#other-games')).toBeHidden();
});

test('page leads to a game that the server really hosts', async ({ newPlayer }) => {
  const { page } = await newPlayer();
  await page.locator('#other-games a', { hasText: 'petri' }).click();
  await expect(page).toHaveTitle('Petri');
  await expect(page.locator('#other-games a')).toContainText('arena');
});

test('page of a game that the server does not host says so, with those it has', async ({ newPlayer }) => {
  const { page } = await newPlayer({
    before: (page) => answer(page, '/api/server', (server) => {
      server.games = [{ name: 'moths', version: 1, mode: 'standard', modes: ['standard'], page: '/moths/' }];
    }),
    permissions: ['local-network-access'],
  });
  await expect(page.locator('#join-error')).toHaveText('This server does not host arena. It hosts moths.');
  await expect(page.locator('#other-games a')).toHaveText('moths0 players');
});

test('page at the address of its game stays there', async ({ newPlayer, server }) => {
  const player = await newPlayer();
  const { page } = player;
  await page.goto(`${server.url}/arena/?transport=websocket&play&name=Zoe`);
  await player.until(() => window.ricochet.state === 'playing');
  const room = await player.get('room');
  expect(page.url()).toBe(`${server.url}/arena/?transport=websocket&room=${room}`);
  await page.goto(`${server.url}/arena`);
  await expect(page).toHaveURL(/\/arena\/(\?room=\d+)?$/);
});

test('seat of another game is not come back to', async ({ newPlayer, server }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  const held = JSON.parse(await player.page.evaluate(() => sessionStorage.getItem('ricochet.session')));
  expect(held.seat.game).toBe('arena');
  const other = JSON.stringify({ ...held, seat: { ...held.seat, game: 'moths' } });
  const { page } = await newPlayer({
    before: (page) => page.addInitScript((held) => sessionStorage.setItem('ricochet.session', held), other),
  });
  await expect(page.locator('#join')).toBeVisible();
  expect(await page.evaluate(() => window.ricochet.state)).toBe('idle');
});
