#!/usr/bin/env python3
"""A full client: runs the world forward by itself, hears only surprises, and checks the server's checksums once a second.

What it knows of its room is ricochet.py's, what it knows of each game is arena.py's or petri.py's; this is what goes around them, over WebSocket. It ends with 0 if it played and every checksum agreed.
"""

import collections
import random
import sys
import time

import msgpack
from arena import Arena
from petri import Petri
from plain_client import PLAYERS, arguments, join
from ricochet import LostTrack, Receiver
from websockets.sync.client import connect

HELLO, INPUT, RESYNC, WELCOME, GOODBYE, SNAPSHOT, MAP, RESTART = 0, 1, 5, 16, 17, 18, 22, 24
GAMES = {"arena": Arena, "petri": Petri}
LEAD = 2


def play(socket, ticket, seconds, game):
    player, world = PLAYERS[game](), Receiver(GAMES[game]())
    outcomes, received = collections.Counter(), 0
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
        if outcome.startswith("applied"):
            me, entities = world.welcome["player"], seen(world)
            # A plain client's inputs, and with some chance what its last value asks for: a dash, or a crumb.
            if player.body(entities, me) is not None:
                *values, buttons = player.decide(entities, me)
                buttons |= player.extra if random.random() < 0.02 else 0
                socket.send(msgpack.packb([INPUT, world.newest + LEAD, world.newest, 0, 4 * LEAD, *values, buttons]))
    print(f"{dict(outcomes)}, {received / seconds:.0f} bytes per second")
    disagree = [outcome for outcome in outcomes if outcome.endswith("differs") or outcome == "lost track"]
    # About one a second of the room's time, unless something waits for a later snapshot.
    seconds_played = (world.newest - world.welcome["tick"]) / world.welcome["tick_hz"]
    return outcomes["applied, checksum equal"] >= max(1, seconds_played // 2) and not disagree


def seen(world):
    """The entities as a plain client has them: kind, x, y and so on. Those that have no position of their own are left out."""
    game, entities = world.game, {}
    for id, entity in world.entities.items():
        kind = next(kind for kind, (name, _) in game.whole.items() if name == entity["kind"])
        names = game.plain[kind].split()
        if all(name in entity for name in names):
            entities[id] = (kind, *(entity[name] for name in names))
    return entities


def main():
    wanted = arguments(__doc__)
    seat = join(wanted.server, "full client", wanted.game)
    with connect(seat["ws"], subprotocols=["ricochet.1"], compression=None) as socket:
        sys.exit(0 if play(socket, seat["ticket"], wanted.seconds, wanted.game) else 1)


if __name__ == "__main__":
    main()
