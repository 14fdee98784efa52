#!/usr/bin/env python3
"""A full client: runs the world forward by itself, hears only surprises, and checks the server's checksums once a second.

What it knows of its room is ricochet.py's, what it knows of the arena is arena.py's; this is what goes around them, over WebSocket. It ends with 0 if it played and every checksum agreed.
"""

import argparse
import collections
import random
import sys
import time

import msgpack
from arena import Arena
from plain_client import CRAFT, decide, join
from ricochet import LostTrack, Receiver
from websockets.sync.client import connect

HELLO, INPUT, RESYNC, WELCOME, GOODBYE, SNAPSHOT, MAP, RESTART = 0, 1, 5, 16, 17, 18, 22, 24
LEAD = 2


def play(socket, ticket, seconds):
    world, outcomes, received = Receiver(Arena()), collections.Counter(), 0
    socket.send(msgpack.packb([HELLO, 3, 0, "full client", ticket]))
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        data = socket.recv(timeout=5)
        received += len(data)
        kind = msgpack.unpackb(data)[0]
        if kind == GOODBYE:
            sys.exit(f"the server said goodbye: {msgpack.unpackb(data)[2]}")
        if kind not in (WELCOME, MAP, RESTART, SNAPSHOT):
            continue
        try:
            outcome = world.handle(data)
        except LostTrack:
            socket.send(msgpack.packb([RESYNC]))
            outcome = "lost track"
        outcomes[outcome] += kind == SNAPSHOT
        if outcome.startswith("applied") and world.welcome["player"] in world.entities:
            socket.send(msgpack.packb([INPUT, world.newest + LEAD, world.newest, 0, 4 * LEAD, *intent(world)]))
    print(f"{dict(outcomes)}, {received / seconds:.0f} bytes per second")
    disagree = [outcome for outcome in outcomes if outcome.endswith("differs") or outcome == "lost track"]
    return outcomes["applied, checksum equal"] >= seconds // 2 and not disagree


def intent(world):
    """The plain client's, which wants crafts as (kind, x, y, vx, vy, aim, health, flags)."""
    names = "x y vx vy aim health flags".split()
    crafts = {id: (CRAFT, *(e[name] for name in names)) for id, e in world.entities.items() if e["kind"] == "craft"}
    heading, aim, buttons = decide(crafts, world.welcome["player"])
    return heading, aim, buttons | (2 if random.random() < 0.02 else 0)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--server", default="http://127.0.0.1:8080", help="where the server's HTTP listens")
    arguments.add_argument("--seconds", type=float, default=10)
    arguments = arguments.parse_args()
    seat = join(arguments.server, "full client")
    with connect(seat["ws"], subprotocols=["ricochet.1"], compression=None) as socket:
        sys.exit(0 if play(socket, seat["ticket"], arguments.seconds) else 1)


if __name__ == "__main__":
    main()
