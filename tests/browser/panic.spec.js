// A shard that panics under its players: they come back to their crafts by themselves and read no reason that is not theirs.
// And spectators who go, one way or the other, take nobody with them.

import { GONE, TRANSPORTS, expect, test } from './support/test.js';

/** What a page may not say while a shard is started again: nobody came too much, no network is in the way. */
const WRONG = /overloaded|more players|firewall|proxy|full|WebTransport|not open any more|shutting down|anew/i;

/** Notes everything that the panel of a lost link says from now on. */
function note(player) {
  return player.page.evaluate(() => {
    const panel = document.getElementById('connection');
    window.saidOfTheLink = [];
    const look = () => {
      const text = document.getElementById('connection-text').textContent;
      if (!panel.hidden && text !== window.saidOfTheLink.at(-1)) window.saidOfTheLink.push(text);
    };
    new MutationObserver(look).observe(panel, { subtree: true, childList: true, characterData: true, attributes: true });
  });
}

/** Waits until a page is back in its craft, and proves it by flying. */
async function backInItsCraft(player, { room, seat, transport }) {
  await player.until(() => window.ricochet.resumes > 0 && window.ricochet.state === 'playing' && window.ricochet.own?.alive);
  expect(await player.get('room')).toBe(room);
  expect(await player.get('player')).toBe(seat);
  expect(await player.get('transport')).toBe(transport);
  await expect(player.page.locator('#connection')).toBeHidden();
  await player.fly();
  const said = await player.page.evaluate(() => window.saidOfTheLink);
  expect(said.length).toBeGreaterThan(0);
  expect(said.filter((text) => WRONG.test(text))).toEqual([]);
}

async function playedOn(player) {
  return { room: await player.get('room'), seat: await player.get('player'), transport: await player.get('transport') };
}

/** Plays on where it played, on the link it had. */
async function undisturbed(player, before) {
  expect(await player.get('state')).toBe('playing');
  expect(await player.get('reconnects')).toBe(0);
  expect(await playedOn(player)).toEqual(before);
  await player.fly();
}

test('shard that panics, under players of both transports', async ({ newPlayer, server, consoles }) => {
  consoles.allow(GONE);
  consoles.allow(/status of 503/);
  const players = [];
  for (const transport of TRANSPORTS) {
    const player = await newPlayer({ transport });
    await player.play(transport === 'websocket' ? 'Zoe' : 'Yan');
    await note(player);
    players.push({ player, before: await playedOn(player) });
  }
  for (const { player } of players) await player.untilKept();
  await server.panic();
  for (const { player, before } of players) await backInItsCraft(player, before);
  expect((await server.rooms()).flatMap((room) => room.players).filter(({ opponent }) => !opponent)).toHaveLength(2);
});

test('link that does not open at once, as while a shard is started again, is not blamed on the network', async ({ newPlayer, consoles }) => {
  consoles.allow(GONE);
  const player = await newPlayer({
    // Where the server takes no links, while it answers: what a shard that is not there looks like from outside.
    before: (page) => page.addInitScript(() => {
      window.refusedLinks = -1;
      window.WebSocket = class extends WebSocket {
        constructor(url, protocol) {
          super(window.refusedLinks < 0 ? url : url.replace('/play', '/nowhere'), protocol);
          if (window.refusedLinks >= 0) window.refusedLinks += 1;
        }
      };
    }),
  });
  await player.play('Zoe');
  await note(player);
  const before = await playedOn(player);
  await player.page.evaluate(() => {
    window.refusedLinks = 0;
    window.ricochet.cutLink();
  });
  await player.until(() => window.refusedLinks >= 3);
  await player.page.evaluate(() => window.refusedLinks = -1);
  await backInItsCraft(player, before);
});

for (const transport of TRANSPORTS) {
  test(`spectators who leave, or join the fight, disturb nobody over ${transport}`, async ({ newPlayer, server }) => {
    const players = [];
    for (const [name, link] of [['Zoe', 'websocket'], ['Yan', 'webtransport']]) {
      const player = await newPlayer({ transport: link });
      await player.play(name);
      players.push({ player, before: await playedOn(player) });
    }
    const { room } = players[0].before;
    const watchers = async () => (await server.rooms()).find(({ id }) => id === room).spectators;
    const viewer = await newPlayer({ transport });
    const watch = async () => {
      await viewer.page.locator(`[data-watch="${room}"]`).click();
      await viewer.until(() => window.ricochet.watching && window.ricochet.crafts.some((craft) => craft.alive));
      await expect.poll(watchers).toBe(1);
    };

    await watch();
    await viewer.leave();
    await expect(viewer.page.locator('#join')).toBeVisible();
    await expect.poll(watchers).toBe(0);
    for (const { player, before } of players) await undisturbed(player, before);

    await watch();
    await viewer.page.locator('#watching-play').click();
    await viewer.page.locator('#name').fill('Xia');
    await viewer.page.locator(`[data-room="${room}"]`).click();
    await viewer.untilPlaying();
    expect(await viewer.get('room')).toBe(room);
    await expect.poll(watchers).toBe(0);
    await viewer.fly();
    for (const { player, before } of players) await undisturbed(player, before);
    expect(server.log).not.toContain('panicked');
  });
}
