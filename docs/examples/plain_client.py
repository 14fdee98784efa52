#!/usr/bin/env python3
"""A player in about eighty lines: joins over HTTP, plays over WebSocket with plain snapshots. docs/protocol.md and games/arena/docs/protocol.md explain every number.

It flies to the nearest enemy, aims and fires, and prints a line per second. It ends with 0 if it really played: snapshots came,
its inputs were applied, its craft moved.
"""

import argparse
import json
import math
import random
import sys
import time
import urllib.request

import msgpack
from websockets.sync.client import connect

HELLO, INPUT, WELCOME, GOODBYE, PLAIN_SNAPSHOT, MAP = 0, 1, 16, 17, 19, 22
FIELDS = {64: 7, 65: 5, 66: 4}  # of a plain craft, shell, pickup
CRAFT, FIRE = 64, 1
GAME = ["arena", 1]


def join(server, name):
    request = urllib.request.Request(f"{server}/api/join", json.dumps({"name": name}).encode(), {"content-type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=10))


def apply(entities, updates):
    """Takes in the updates of a plain snapshot: `id, 0` or `id, kind, fields…`."""
    while updates:
        id, kind = updates[:2]
        count = FIELDS.get(kind, 0)
        entities[id], updates = (kind, *updates[2 : 2 + count]), updates[2 + count :]
        if kind == 0:
            del entities[id]


def decide(entities, me):
    """Heading, aim and buttons: to the nearest living enemy, or anywhere when a wall holds us up."""
    _, x, y, vx, vy, *_ = entities[me]
    enemies = [(e[1] - x, e[2] - y) for id, e in entities.items() if e[0] == CRAFT and id != me and e[6] > 0]
    dx, dy = min(enemies, key=lambda d: math.hypot(*d), default=(1, 0))
    aim = round(math.atan2(dy, dx) / math.tau * 1024) % 1024
    stuck = abs(vx) + abs(vy) < 200
    heading = random.randint(1, 64) if stuck else 1 + aim // 16
    return heading, aim, FIRE if enemies else 0


def play(socket, ticket, seconds):
    me, tick_hz, epoch, first, entities = None, 30, None, 0, {}
    snapshots = applied = lead_changed = 0
    lead, travelled, here = 2, 0.0, None
    socket.send(msgpack.packb([HELLO, 3, 1, "plain client", ticket]))
    deadline = next_line = time.monotonic()
    deadline += seconds
    while (now := time.monotonic()) < deadline:
        kind, *message = msgpack.unpackb(socket.recv(timeout=5))
        if kind == GOODBYE:
            sys.exit(f"the server said goodbye: {message[1]}")
        elif kind == WELCOME:
            me, tick_hz = message[1], message[3]
            if message[8:] != GAME:
                sys.exit(f"the server plays {message[8]} {message[9]}")
        elif kind == MAP:
            epoch, first, entities = message[0], message[1], {}
        elif kind == PLAIN_SNAPSHOT and message[3] == epoch and message[0] >= first:
            tick, input_age, margin, _, own_mask = message[:5]
            apply(entities, message[5 + own_mask.bit_count() :])
            snapshots += 1
            applied += input_age < 127
            if margin < 0 and now - lead_changed > 1:
                lead, lead_changed = lead + 1, now
            if me not in entities:
                continue
            there, here = here, entities[me][1:3]
            step = math.dist(there or here, here) / 16
            travelled += step if step < 60 else 0  # more is a respawn
            heading, aim, buttons = decide(entities, me)
            socket.send(msgpack.packb([INPUT, tick + lead, tick, 0, 4 * lead, heading, aim, buttons]))
            if now >= next_line:
                next_line = now + 1
                print(f"tick {tick}: health {entities[me][6]}, {len(entities)} entities, margin {margin / 4} ms, {travelled:.0f} px flown", flush=True)
    print(f"{snapshots} snapshots, {applied} after an input of ours was applied, {travelled:.0f} px flown")
    return snapshots > seconds * tick_hz / 4 and applied > 0 and travelled > 50


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--server", default="http://127.0.0.1:8080", help="where the server's HTTP listens")
    arguments.add_argument("--seconds", type=float, default=10)
    arguments = arguments.parse_args()
    seat = join(arguments.server, "plain client")
    with connect(seat["ws"], subprotocols=["ricochet.1"], compression=None) as socket:
        sys.exit(0 if play(socket, seat["ticket"], arguments.seconds) else 1)


if __name__ == "__main__":
    main()
