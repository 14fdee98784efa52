#!/usr/bin/env python3
"""Checks ricochet.py, an implementation of docs/protocol.md and games/arena/docs/protocol.md, against the vectors in tests/data/wire.

Run it without arguments; it ends with 0 if every vector agrees.
"""

import json
import pathlib
import sys

import msgpack

from ricochet import (
    PLAIN,
    SIN,
    WHOLE,
    Elements,
    Receiver,
    Terrain,
    apply_delta,
    dash,
    decode,
    decode_own,
    decode_updates,
    encode,
    entity_hash,
    step_craft,
    step_own,
    step_shell,
    vector,
)

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "wire"


def load(name):
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def same(found, expected, place):
    if found != expected:
        sys.exit(f"{place} differs:\n  found:    {found}\n  expected: {expected}")


def terrain_of(vector):
    return Terrain(vector, vector["tile_px"], vector["rows"])


def check_messages():
    for file in "client", "server", "snapshots":
        for vector in load(file):
            data, expected = bytes.fromhex(vector["hex"]), vector["decoded"]
            same(decode(data, lambda id: id in (4, 5), vector.get("newest_applied", 0)), expected, vector["name"])
            if file != "snapshots":
                same(encode(expected).hex(), vector["hex"], f"{vector['name']}, encoded")
            yield


def check_trigonometry():
    vectors = load("trigonometry")
    same(SIN, vectors["quarter"], "the table of sines")
    for v in vectors["vectors"]:
        same(vector(v["angle"], v["length"]), (v["x"], v["y"]), f"vector {v}")
        yield


def check_craft():
    for v in load("craft"):
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
    for v in load("shell"):
        terrain, shell = terrain_of(v["terrain"]), dict(zip(names, v["start"]))
        for tick, state in enumerate(v["states"], 1):
            same(step_shell(shell, terrain), True, f"{v['name']}, tick {tick}")
            same([shell[name] for name in names], state, f"{v['name']}, tick {tick}")
            yield
        same(step_shell(shell, terrain), False, f"{v['name']}, its end")


def check_entities():
    vectors = load("entities")
    terrain, places = terrain_of(vectors["terrain"]), vectors["pickups"]
    for v in vectors["entities"]:
        state = v["state"]
        operation = next(operation for operation, (kind, _) in WHOLE.items() if kind == state["kind"])
        if state["kind"] == "pickup":
            place = places[state["place"]]
            middle = {"x": place["column"], "y": place["row"]}
            plain = state | {axis: middle[axis] * terrain.tile + terrain.tile // 2 for axis in middle}
        else:
            plain = state
        for form, names, values in ("whole", WHOLE[operation][1], state), ("plain", PLAIN[operation], plain):
            packed = b"".join(msgpack.packb(value) for value in [operation] + [values[name] for name in names.split()])
            same(packed.hex(), v[form], f"{form} {state}")
        same(entity_hash(state), v["hash"], f"the hash of {state}")
        yield


def check_deltas():
    vectors = load("deltas")
    terrain = terrain_of(vectors["terrain"])
    for v in vectors["deltas"]:
        entity = dict(v["before"])
        # As the only update of a snapshot, with the gap 1 before it.
        values = list(msgpack_stream(bytes.fromhex("01" + v["hex"])))
        (update,) = decode_updates(Elements(values), lambda id: entity["kind"] == "pickup")
        apply_delta(entity, update, terrain)
        same(entity, v["after"], v["name"])
        yield


def check_own():
    for v in load("own"):
        own = decode_own(Elements(list(msgpack_stream(bytes.fromhex(v["hex"])))))
        same(own, v["own"], "own record")
        for _ in range(10):
            step_own(own)
        same(own, v["ten_ticks_later"], "own record, ten ticks later")
        yield


def check_sequences():
    for sequence in load("sequences"):
        receiver = Receiver()
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
