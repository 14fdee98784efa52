// The status page: whatever a game says of its players and its match, by the game's own names.

import { expect, test } from './support/test.js';

const open = async (newPlayer, server, before) => {
  const { page } = await newPlayer({ before, permissions: ['local-network-access'] });
  await page.goto(`${server.url}/status`);
  await expect(page.locator('#pulse')).toHaveAttribute('data-state', 'live');
  return page;
};

test.describe('a match of teams', () => {
  test.use({ settings: { mode: 'team-deathmatch', fill: 4 } });

  test('shows sides as colours, and the rest in columns', async ({ newPlayer, server }) => {
    const page = await open(newPlayer, server);
    await expect(page.locator('#rooms thead th')).toHaveText(['Player', 'Score', 'Deaths']);
    await expect(page.locator('#rooms tbody tr')).toHaveCount(4);
    await expect(page.locator('#rooms tbody tr[data-colour="red"]')).toHaveCount(2);
    await expect(page.locator('#rooms .match')).toHaveText(/^\d+redblue\d+$/);
    await expect(page.locator('#rooms .mode')).toHaveText('arena · team-deathmatch');
  });
});

test('another game has columns of its own, and is named', async ({ newPlayer, server }) => {
  const page = await open(newPlayer, server, async (page) => {
    const change = (path, how) => page.route(`**${path}`, async (route) => {
      const response = await route.fetch();
      const json = await response.json();
      how(json);
      await route.fulfill({ response, json });
    });
    await change('/api/server', ({ games }) => games.push({ name: 'moths', mode: 'standard', modes: ['standard'], page: null }));
    await change('/api/rooms', ({ rooms: [room] }) => Object.assign(room, {
      game: 'moths', mode: 'standard', match_facts: ['lamps_out'], lamps_out: 7, player_facts: ['points', 'is_folded'],
      players: [{ name: 'Luna', opponent: true, away: false, points: 5, is_folded: true }],
    }));
  });
  await expect(page.locator('#rooms thead th')).toHaveText(['Player', 'Points', 'Is folded']);
  await expect(page.locator('#rooms tbody tr td')).toHaveText(['Lunacomputer', '5', 'yes']);
  await expect(page.locator('#rooms .match')).toHaveText('Lamps out7');
  await expect(page.locator('#rooms .mode')).toHaveText('moths · standard');
  await expect(page.locator('#tagline')).toContainText('arena · deathmatch');
});
