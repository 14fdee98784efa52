#!/usr/bin/env python3
"""Checks ricochet.py, an implementation of docs/protocol.md, and arena.py, one of games/arena/docs/protocol.md, against the vectors of both.

Run it without arguments; it ends with 0 if every vector agrees.
"""

import json
import pathlib
import sys

import msgpack

from arena import Arena, Terrain, dash, step_craft, step_shell
from ricochet import SIN, Elements, Receiver, decode, decode_updates, encode, entity_hash, vector

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The engine's vectors, in which the arena stands as an example, and the arena's own.
ENGINE, OF_ARENA = ROOT / "tests/data/wire", ROOT / "games/arena/tests/data/wire"
ARENA = Arena()


def load(folder, name):
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def same(found, expected, place):
    if found != expected:
        sys.exit(f"{place} differs:\n  found:    {found}\n  expected: {expected}")


def terrain_of(vector):
    return Terrain(vector, vector["tile_px"], vector["rows"])


def check_messages():
    for file in "client", "server", "snapshots":
        for vector in load(ENGINE, file):
            data, expected = bytes.fromhex(vector["hex"]), vector["decoded"]
            found = decode(ARENA, data, lambda id: "pickup" if id in (4, 5) else "craft", vector.get("newest_applied", 0))
            same(found, expected, vector["name"])
            if file != "snapshots":
                same(encode(ARENA, expected).hex(), vector["hex"], f"{vector['name']}, encoded")
            yield


def check_trigonometry():
    vectors = load(ENGINE, "trigonometry")
    same(SIN, vectors["quarter"], "the table of sines")
    for v in vectors["vectors"]:
        same(vector(v["angle"], v["length"]), (v["x"], v["y"]), f"vector {v}")
        yield


def check_craft():
    for v in load(OF_ARENA, "craft"):
        terrain = terrain_of(v["terrain"])
        craft = v["start"] | {"heading": 0}
        script = {order["tick"]: order for order in v["script"]}
        for tick, state in enumerate(v["states"], 1):
            if order := script.get(tick):
                craft["heading"] = order["heading"]
                if order["dash"]:
                    dash(craft, terrain)
            step_craft(craft, terrain)
            same([craft[name] for name in ("x", "y", "vx", "vy")], state, f"{v['name']}, tick {tick}")
            yield


def check_shells():
    names = "x y vx vy bounces_left ticks_left".split()
    for v in load(OF_ARENA, "shell"):
        terrain, shell = terrain_of(v["terrain"]), dict(zip(names, v["start"]))
        for tick, state in enumerate(v["states"], 1):
            same(step_shell(shell, terrain), True, f"{v['name']}, tick {tick}")
            same([shell[name] for name in names], state, f"{v['name']}, tick {tick}")
            yield
        same(step_shell(shell, terrain), False, f"{v['name']}, its end")


def check_entities():
    vectors = load(OF_ARENA, "entities")
    terrain, places = terrain_of(vectors["terrain"]), vectors["pickups"]
    for v in vectors["entities"]:
        state = v["state"]
        operation = next(operation for operation, (kind, _) in ARENA.whole.items() if kind == state["kind"])
        if state["kind"] == "pickup":
            place = places[state["place"]]
            middle = {"x": place["column"], "y": place["row"]}
            plain = state | {axis: middle[axis] * terrain.tile + terrain.tile // 2 for axis in middle}
        else:
            plain = state
        for form, names, values in ("whole", ARENA.whole[operation][1], state), ("plain", ARENA.plain[operation], plain):
            packed = b"".join(msgpack.packb(value) for value in [operation] + [values[name] for name in names.split()])
            same(packed.hex(), v[form], f"{form} {state}")
        same(entity_hash(ARENA, state), v["hash"], f"the hash of {state}")
        yield


def check_deltas():
    vectors = load(OF_ARENA, "deltas")
    terrain = terrain_of(vectors["terrain"])
    for v in vectors["deltas"]:
        entity = dict(v["before"])
        # As the only update of a snapshot, with the gap 1 before it.
        values = list(msgpack_stream(bytes.fromhex("01" + v["hex"])))
        (update,) = decode_updates(ARENA, Elements(values), lambda id: entity["kind"])
        ARENA.apply_change(entity, update, terrain)
        same(entity, v["after"], v["name"])
        yield


def check_own():
    for v in load(OF_ARENA, "own"):
        own = ARENA.decode_own(Elements(list(msgpack_stream(bytes.fromhex(v["hex"])))))
        same(own, v["own"], "own record")
        for _ in range(10):
            ARENA.step_own(own)
        same(own, v["ten_ticks_later"], "own record, ten ticks later")
        yield


def check_sequences():
    for sequence in load(ENGINE, "sequences"):
        receiver = Receiver(ARENA)
        for index, expected in enumerate(sequence["steps"]):
            place = f"{sequence['name']}, message {index}"
            same(receiver.handle(bytes.fromhex(expected["hex"])), expected["outcome"], place)
            shown = {
                "tick": receiver.newest,
                "own": receiver.own,
                "entities": [receiver.entities[id] for id in sorted(receiver.entities)],
                "sum": receiver.sum(),
            }
            same(shown, expected["after"], place)
            yield


def msgpack_stream(data):
    unpacker = msgpack.Unpacker(strict_map_key=True)
    unpacker.feed(data)
    return unpacker


def main():
    checks = [
        check_messages,
        check_trigonometry,
        check_craft,
        check_shells,
        check_entities,
        check_deltas,
        check_own,
        check_sequences,
    ]
    for check in checks:
        count = sum(1 for _ in check())
        print(f"{check.__name__.removeprefix('check_'):14} {count:6} agree")


if __name__ == "__main__":
    main()
