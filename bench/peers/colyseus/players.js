// Joins players who wander, counts what each receives, and prints the counts as one line of JSON.
//
//     node players.js PORT PLAYERS SEATS SECONDS
//
// Every player sends its input once a tick and turns with probability 0.1, like `ricochet-bots --behavior wander`.

import { Client } from "@colyseus/sdk";

import { TICK_HZ } from "./arena.js";

const [port, players, seats, seconds] = process.argv.slice(2).map(Number);
const JOINS_AT_ONCE = 8;
const HEADINGS = 64;

const counts = { joined: 0, failed: 0, lost: 0, bytes: 0, patches: 0, crafts_seen: 0 };
const client = new Client(`ws://127.0.0.1:${port}`);
const rooms = [];

function someHeading() {
    return 1 + Math.floor(Math.random() * HEADINGS);
}

async function join() {
    try {
        const room = await client.joinOrCreate("arena", { seats });
        room.reconnection.enabled = false;
        room.onLeave(() => (counts.lost += 1));
        const events = room.connection.events;
        const { onmessage } = events;
        events.onmessage = (event) => {
            counts.bytes += event.data.byteLength;
            onmessage(event);
        };
        room.onStateChange(() => (counts.patches += 1));
        rooms.push(room);
        counts.joined += 1;
        wander(room);
    } catch (error) {
        counts.failed += 1;
        console.error(`a join failed: ${error.message ?? error}`);
    }
}

function wander(room) {
    let heading = someHeading();
    const timer = setInterval(() => {
        if (!room.connection.isOpen) return clearInterval(timer);
        if (Math.random() < 0.1) heading = someHeading();
        room.send("input", [heading, heading * 4, 0]);
    }, 1_000 / TICK_HZ);
}

for (let joined = 0; joined < players; joined += JOINS_AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(JOINS_AT_ONCE, players - joined) }, join));
}
console.log("playing");
[counts.bytes, counts.patches] = [0, 0];
const began = performance.now();
await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
const elapsed = (performance.now() - began) / 1_000;
counts.crafts_seen = rooms.reduce((sum, room) => sum + room.state.crafts.size, 0) / rooms.length;
const perPlayer = (count) => count / elapsed / players;
console.log(
    JSON.stringify({
        joined: counts.joined,
        failed: counts.failed,
        lost: counts.lost,
        crafts_seen: counts.crafts_seen,
        down_bytes_per_player_s: perPlayer(counts.bytes),
        patches_per_player_s: perPlayer(counts.patches),
    }),
);
process.exit(0);
