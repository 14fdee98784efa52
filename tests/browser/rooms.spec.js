// Rooms: a link leads to its room, the address says where one is, and the list can be used while it changes.

import { expect, test } from './support/test.js';

test.use({ settings: { room_size: 2 } });

/** A host in a room of their own, by somebody who took the first room's seats. */
async function hostInAnotherRoom(newPlayer) {
  for (const name of ['Ann', 'Ben']) await (await newPlayer()).play(name);
  const host = await newPlayer();
  await host.play('Cat');
  const room = await host.get('room');
  expect(room).not.toBe(1);
  return { host, room };
}

for (const how of ['', '&play&mode=team-deathmatch']) {
  test(`link to a room leads there on a first visit${how && `, with ${how}`}`, async ({ newPlayer, server }) => {
    const { host, room } = await hostInAnotherRoom(newPlayer);
    // The address that the host can copy.
    expect(new URL(host.page.url()).searchParams.get('room')).toBe(String(room));
    await expect(host.page).toHaveTitle(`Room ${room} · Ricochet`);
    const friend = await newPlayer({ query: `&room=${room}${how}` });
    if (how) await expect(friend.page.locator('#join-error')).toContainText('name');
    await expect(friend.page.locator('#play')).toHaveText(`Play in room ${room}`);
    // A name that is refused does not cost the wish.
    await friend.page.locator('#name').fill(' ');
    await friend.page.locator('#play').click();
    await friend.play('Dan');
    expect(await friend.get('room')).toBe(room);
    expect(new URL(friend.page.url()).searchParams.get('room')).toBe(String(room));
    expect(new URL(friend.page.url()).searchParams.has('play')).toBe(false);
  });
}

test('link with a name plays at once in its room', async ({ newPlayer }) => {
  const { room } = await hostInAnotherRoom(newPlayer);
  const friend = await newPlayer({ query: `&play&name=Dan&room=${room}` });
  await friend.untilPlaying();
  expect(await friend.get('room')).toBe(room);
});

test('link to another room is not answered with the room that one was in', async ({ newPlayer }) => {
  const player = await newPlayer();
  await player.play('Dan');
  const room = await player.get('room');
  await player.page.goto(`${player.url}/?transport=websocket&room=${room + 1}`);
  await expect(player.page.locator('#play')).toHaveText(`Play in room ${room + 1}`);
});

test('room of a link that is gone is said to be, and play leads elsewhere', async ({ newPlayer, consoles }) => {
  consoles.allow(/status of 404/);
  const player = await newPlayer({ query: '&room=4000000' });
  await player.page.locator('#name').fill('Zoe');
  await player.page.locator('#play').click();
  await expect(player.page.locator('#join-error')).toHaveText('That room is not open any more.');
  await expect(player.page.locator('#play')).toHaveText('Play');
  await player.page.locator('#play').click();
  await player.untilPlaying();
});

test('nonsense in the address is no wish', async ({ newPlayer }) => {
  for (const text of ['x', '-1', '1e9', '99999999999', '%00']) {
    const player = await newPlayer({ query: `&room=${text}` });
    await expect(player.page.locator('#play')).toHaveText('Play');
  }
});

test('wish for a room can be given up', async ({ newPlayer }) => {
  const player = await newPlayer({ query: '&room=1' });
  await player.page.locator('#any-room').click();
  await expect(player.page.locator('#play')).toHaveText('Play');
});

test('page that leaves is anywhere again, and in colour', async ({ newPlayer, server, consoles }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  consoles.allow(/net::ERR_|WebSocket connection to .* failed/);
  await server.end('SIGKILL');
  await expect(player.page.locator('#connection')).toBeVisible();
  await player.until(() => !document.getElementById('connection').dataset.fresh);
  await player.page.locator('#connection-leave').click();
  await expect(player.page.locator('#join')).toBeVisible();
  expect(new URL(player.page.url()).searchParams.has('room')).toBe(false);
  await expect(player.page).toHaveTitle('Ricochet');
  expect(await player.page.locator('#stage').evaluate((canvas) => getComputedStyle(canvas).filter)).toBe('none');
  await server.start();
  await player.page.locator('#play').click();
  await expect(player.page.locator('#connection')).toBeHidden();
  await player.untilPlaying();
});

test('list of rooms changes under a keyboard that stays where it is', async ({ newPlayer, server }) => {
  const { room } = await hostInAnotherRoom(newPlayer);
  const guest = await newPlayer();
  const row = guest.page.locator(`[data-watch="${room}"]`);
  await row.focus();
  await expect(guest.page.locator('#rooms')).toContainText(`room ${room}`);
  const before = await row.evaluateHandle((button) => button);
  // The list is asked for again and changes its order: the host leaves, and someone else comes.
  const answers = [];
  guest.page.on('response', (response) => response.url().endsWith('/api/rooms') && answers.push(response));
  const other = await newPlayer({ query: `&play&name=Eve&room=${room}` });
  await other.untilPlaying();
  await expect.poll(() => answers.length).toBeGreaterThan(1);
  await expect(row).toBeFocused();
  expect(await before.evaluate((button) => button === document.activeElement)).toBe(true);
});

test('second player of a name is muted alone', async ({ newPlayer }) => {
  const [one, two] = [await newPlayer(), await newPlayer()];
  await one.play('Ann');
  await two.play('Bob');
  const seat = await one.get('player');
  await two.page.keyboard.down('Tab');
  await two.page.locator(`#scoreboard-body tr[data-player="${seat}"] .mute`).click();
  await expect(two.page.locator(`#scoreboard-body tr[data-player="${seat}"] .mute`)).toHaveText('Unmute');
  await two.page.keyboard.up('Tab');
  // Whoever takes the seat next is heard, under the same name too.
  await one.leave();
  await expect.poll(() => two.page.evaluate(() => window.ricochet.scores.length)).toBe(1);
  await one.page.locator('#play').click();
  await one.untilPlaying();
  expect(await one.get('room')).toBe(await two.get('room'));
  await one.say('here again');
  await expect(two.page.locator('#chat-log')).toContainText('here again');
});

test('player who does nothing is marked', async ({ newPlayer }) => {
  const [one, two] = [await newPlayer(), await newPlayer()];
  await one.play('Ann');
  await two.play('Bob');
  const seat = await one.get('player');
  await two.until((seat) => window.ricochet.idle.includes(seat), seat);
  await two.page.keyboard.down('Tab');
  await expect(two.page.locator(`#scoreboard-body tr[data-player="${seat}"]`)).toContainText('idle');
  await two.screenshot('idle');
  await two.page.keyboard.up('Tab');
  await one.fly();
  await two.until((seat) => !window.ricochet.idle.includes(seat), seat);
});
