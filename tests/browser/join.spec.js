// The way in: the page loads, a name gets a craft over either transport, and what cannot work is said in words.

import { TRANSPORTS, expect, test } from './support/test.js';

test('page loads without anything from elsewhere', async ({ newPlayer, server }) => {
  const asked = [];
  const { page } = await newPlayer({ before: (page) => page.on('request', (request) => asked.push(request.url())) });
  await expect(page).toHaveTitle('Ricochet');
  await expect(page.locator('#join')).toBeVisible();
  await expect(page.locator('#modes input')).toHaveCount(2);
  await expect(page.locator('#server-facts')).toContainText('version');
  expect(asked.filter((url) => !url.startsWith(`${server.url}/`))).toEqual([]);
  const policy = (await page.request.get(`${server.url}/`)).headers()['content-security-policy'];
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/'unsafe-(inline|eval)'/);
});

for (const transport of TRANSPORTS) {
  test(`joins over ${transport}`, async ({ newPlayer, server }) => {
    const player = await newPlayer({ transport });
    await player.play('Zoe');
    expect(await player.get('transport')).toBe(transport);
    await expect(player.page.locator('#join')).toBeHidden();
    await expect(player.page.locator('#vitals')).toBeVisible();
    await expect.poll(() => server.player('Zoe')).toBeTruthy();
    await player.screenshot(`joined-${transport}`);
  });
}

test('takes WebTransport by itself where it is there', async ({ newPlayer }) => {
  const player = await newPlayer({ transport: 'auto' });
  await player.play('Zoe');
  expect(await player.get('transport')).toBe('webtransport');
});

test('name that nobody typed is asked for', async ({ newPlayer }) => {
  const { page } = await newPlayer();
  await page.locator('#play').click();
  await expect(page.locator('#join-error')).toContainText('name');
  await expect(page.locator('#name')).toBeFocused();
});

test('join answer of another version is refused in words', async ({ newPlayer, server }) => {
  const player = await newPlayer({
    before: (page) => page.route('**/api/join', async (route) => {
      const answer = await route.fetch();
      const seat = await answer.json();
      await route.fulfill({ response: answer, json: { ...seat, protocol: seat.protocol + 1 } });
    }),
  });
  await player.page.locator('#name').fill('Zoe');
  await player.page.locator('#play').click();
  const error = player.page.locator('#join-error');
  await expect(error).toContainText('another version');
  await expect(error).toContainText('Reload');
  await player.screenshot('wrong-version');
  expect(await server.player('Zoe')).toBeUndefined();
});

test('server refuses a hello of another version, and the page shows its words', async ({ newPlayer, server }) => {
  const { protocol } = await server.about();
  const player = await newPlayer({
    before: (page) => page.routeWebSocket(/\/play/, (near) => {
      const far = near.connectToServer();
      // hello [0, version, …]: the version is a small integer, one byte.
      near.onMessage((message) => {
        if (message[1] === 0 && message[2] === protocol) message[2] = protocol + 1;
        far.send(message);
      });
    }),
  });
  await player.page.locator('#name').fill('Zoe');
  await player.page.locator('#play').click();
  const error = player.page.locator('#join-error');
  await expect(error).toContainText(String(protocol));
  await expect(error).toContainText(String(protocol + 1));
  expect(await player.get('state')).not.toBe('playing');
});
