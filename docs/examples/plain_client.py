#!/usr/bin/env python3
"""A player in about a hundred lines: joins over HTTP, plays over WebSocket with plain snapshots. docs/protocol.md and the page of each game explain every number.

In the arena it flies to the nearest enemy, aims and fires; in petri it swims to what it can swallow and away from what could swallow it. It prints a line
per second, and ends with 0 if it really played: snapshots came, its inputs were applied, it moved.
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


class ArenaPlayer:
    game = ["arena", 1]
    fields = {64: 7, 65: 5, 66: 4}  # of a plain craft, shell, pickup
    own_fields = [1] * 7  # values for each bit of the own record's mask
    CRAFT, FIRE = 64, 1
    extra = 2  # a dash

    def body(self, entities, me):
        """Our own entity, or None: its kind, x, y and so on."""
        return entities.get(me)

    def decide(self, entities, me):
        """Heading, aim and buttons: to the nearest living enemy, or anywhere when a wall holds us up."""
        _, x, y, vx, vy, *_ = entities[me]
        enemies = [(e[1] - x, e[2] - y) for id, e in entities.items() if e[0] == self.CRAFT and id != me and e[6] > 0]
        dx, dy = min(enemies, key=lambda d: math.hypot(*d), default=(1, 0))
        aim = angle(dx, dy)
        stuck = abs(vx) + abs(vy) < 200
        heading = random.randint(1, 64) if stuck else 1 + aim // 16
        return heading, aim, self.FIRE if enemies else 0


class PetriPlayer:
    game = ["petri", 1]
    fields = {64: 9, 65: 3, 66: 8}  # of a plain cell, pellet, crumb
    own_fields = [12, 12, 1, 1, 1, 1]
    CELL, MASSES = 64, {65: 2, 66: 12}
    extra = 1  # a crumb

    def body(self, entities, me):
        """Our largest cell."""
        return max((e for e in entities.values() if e[0] == self.CELL and e[8] == me), key=lambda e: e[7], default=None)

    def decide(self, entities, me):
        """Aim, reach and buttons: to the best meal for its distance, but not near a cell that could swallow us."""
        _, x, y, *_, mass, _, _ = self.body(entities, me)
        pull_x = pull_y = 0
        meals = []
        for e in entities.values():
            dx, dy = e[1] - x, e[2] - y
            other = e[7] if e[0] == self.CELL else self.MASSES[e[0]]
            distance = math.hypot(dx, dy) + 1
            if e[0] == self.CELL and (e[8] == me or other * 5 > mass * 4):
                if e[8] != me and other * 4 > mass * 5 and distance < 16 * 600:
                    pull_x, pull_y = pull_x - dx / distance, pull_y - dy / distance
            else:
                meals.append((distance / math.sqrt(other), dx, dy))
        _, dx, dy = min(meals, default=(0, random.randint(-9, 9), random.randint(-9, 9)))
        danger = (pull_x, pull_y) != (0, 0)
        return angle(pull_x, pull_y) if danger else angle(dx, dy), 100, 0, 1 if mass > 400 and random.random() < 0.02 else 0


PLAYERS = {"arena": ArenaPlayer, "petri": PetriPlayer}


def angle(x, y):
    return round(math.atan2(y, x) / math.tau * 1024) % 1024


def join(server, name, game):
    body = json.dumps({"name": name, "game": game}).encode()
    request = urllib.request.Request(f"{server}/api/join", body, {"content-type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=10))


def apply(entities, updates, fields):
    """Takes in the updates of a plain snapshot: `id, 0` or `id, kind, fields…`."""
    while updates:
        id, kind = updates[:2]
        count = fields.get(kind, 0)
        entities[id], updates = (kind, *updates[2 : 2 + count]), updates[2 + count :]
        if kind == 0:
            del entities[id]


def play(socket, ticket, seconds, player):
    me, began, tick, epoch, first, entities = None, 0, 0, None, 0, {}
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
            me, began = message[1:3]
            if message[8:] != player.game:
                sys.exit(f"the server plays {message[8]} {message[9]}")
        elif kind == MAP:
            epoch, first, entities = message[0], message[1], {}
        elif kind == PLAIN_SNAPSHOT and message[3] == epoch and message[0] >= first:
            tick, input_age, margin, _, own_mask = message[:5]
            own = sum(count for bit, count in enumerate(player.own_fields) if own_mask >> bit & 1)
            apply(entities, message[5 + own :], player.fields)
            snapshots += 1
            applied += input_age < 127
            if margin < 0 and now - lead_changed > 1:
                lead, lead_changed = lead + 1, now
            body = player.body(entities, me)
            if body is None:
                continue
            there, here = here, body[1:3]
            step = math.dist(there or here, here) / 16
            travelled += step if step < 60 else 0  # more is a respawn
            socket.send(msgpack.packb([INPUT, tick + lead, tick, 0, 4 * lead, *player.decide(entities, me)]))
            if now >= next_line:
                next_line = now + 1
                print(f"tick {tick}: {len(entities)} entities, margin {margin / 4} ms, {travelled:.0f} px travelled", flush=True)
    print(f"{snapshots} snapshots, {applied} after an input of ours was applied, {travelled:.0f} px travelled")
    # By the room's ticks and not by our clock: an overloaded server makes fewer, and sends half the snapshots.
    return snapshots > (tick - began) / 4 and applied > 0 and travelled > 50


def arguments(about):
    arguments = argparse.ArgumentParser(description=about)
    arguments.add_argument("--server", default="http://127.0.0.1:8080", help="where the server's HTTP listens")
    arguments.add_argument("--game", choices=PLAYERS, default="arena", help="what to play; the server must host it")
    arguments.add_argument("--seconds", type=float, default=10)
    return arguments.parse_args()


def main():
    wanted = arguments(__doc__)
    seat = join(wanted.server, "plain client", wanted.game)
    with connect(seat["ws"], subprotocols=["ricochet.1"], compression=None) as socket:
        sys.exit(0 if play(socket, seat["ticket"], wanted.seconds, PLAYERS[wanted.game]()) else 1)


if __name__ == "__main__":
    main()
