#!/usr/bin/env python3
"""Checks ricochet.py, an implementation of docs/protocol.md, and arena.py and petri.py, one each of the page of their game, against the vectors of all three.

Run it without arguments; it ends with 0 if every vector agrees.
"""

import json
import pathlib
import sys

import msgpack

from arena import Arena, Terrain, dash, step_craft, step_shell
from petri import Petri, Plate, live, radius
from ricochet import SIN, Elements, Receiver, angle_of, decode, decode_updates, encode, entity_hash, vector

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The engine's vectors, in which the arena stands as an example, and those of each game.
ENGINE, OF_ARENA, OF_PETRI = (ROOT / folder / "tests/data/wire" for folder in ("", "games/arena", "games/petri"))
ARENA, PETRI = Arena(), Petri()


def load(folder, name):
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def same(found, expected, place):
    if found != expected:
        sys.exit(f"{place} differs:\n  found:    {found}\n  expected: {expected}")


def check_trigonometry():
    vectors = load(ENGINE, "trigonometry")
    same(SIN, vectors["quarter"], "the table of sines")
    for v in vectors["vectors"]:
        same(vector(v["angle"], v["length"]), (v["x"], v["y"]), f"vector {v}")
        yield
    for v in vectors["angles"]:
        same(angle_of(v["x"], v["y"]), v["angle"], f"angle {v}")
        yield


def check_messages():
    for file in "client", "server", "snapshots":
        yield from messages(ARENA, ENGINE, file, lambda id: "pickup" if id in (4, 5) else "craft")


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


# The same for every game


def messages(game, folder, file, kind_of):
    for v in load(folder, file):
        found = decode(game, bytes.fromhex(v["hex"]), kind_of, v.get("newest_applied", 0))
        same(found, v["decoded"], v["name"])
        if "snapshot" not in found["message"]:
            same(encode(game, v["decoded"]).hex(), v["hex"], f"{v['name']}, encoded")
        yield


def entities(game, vectors, plain_of=lambda state: state):
    for v in vectors:
        state = v["state"]
        operation = next(operation for operation, (kind, _) in game.whole.items() if kind == state["kind"])
        forms = [("whole", game.whole[operation][1], state), ("plain", game.plain[operation], plain_of(state))]
        for form, names, values in forms:
            packed = b"".join(msgpack.packb(value) for value in [operation] + [values[name] for name in names.split()])
            same(packed.hex(), v[form], f"{form} {state}")
        same(entity_hash(game, state), v["hash"], f"the hash of {state}")
        yield


def deltas(game, vectors, world):
    for v in vectors:
        entity = dict(v["before"])
        # As the only update of a snapshot, with the gap 1 before it.
        values = list(msgpack_stream(bytes.fromhex("01" + v["hex"])))
        (update,) = decode_updates(game, Elements(values), lambda id: entity["kind"])
        game.apply_change(entity, update, world)
        same(entity, v["after"], v["name"])
        yield


def own_records(game, vectors):
    for v in vectors:
        own = game.decode_own(Elements(list(msgpack_stream(bytes.fromhex(v["hex"])))))
        same(own, v["own"], "own record")
        for _ in range(10):
            game.step_own(own)
        same(own, v["ten_ticks_later"], "own record, ten ticks later")
        yield


def msgpack_stream(data):
    unpacker = msgpack.Unpacker(strict_map_key=True)
    unpacker.feed(data)
    return unpacker


# The arena


def terrain_of(vector):
    return Terrain(vector, vector["tile_px"], vector["rows"])


def check_arena_craft():
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


def check_arena_shells():
    names = "x y vx vy bounces_left ticks_left".split()
    for v in load(OF_ARENA, "shell"):
        terrain, shell = terrain_of(v["terrain"]), dict(zip(names, v["start"]))
        for tick, state in enumerate(v["states"], 1):
            same(step_shell(shell, terrain), True, f"{v['name']}, tick {tick}")
            same([shell[name] for name in names], state, f"{v['name']}, tick {tick}")
            yield
        same(step_shell(shell, terrain), False, f"{v['name']}, its end")


def check_arena_entities():
    vectors = load(OF_ARENA, "entities")
    tile, places = 16 * vectors["terrain"]["tile_px"], vectors["pickups"]

    def plain_of(state):
        if state["kind"] != "pickup":
            return state
        place = places[state["place"]]
        return state | {"x": place["column"] * tile + tile // 2, "y": place["row"] * tile + tile // 2}

    yield from entities(ARENA, vectors["entities"], plain_of)


def check_arena_deltas():
    vectors = load(OF_ARENA, "deltas")
    yield from deltas(ARENA, vectors["deltas"], terrain_of(vectors["terrain"]))


def check_arena_own():
    yield from own_records(ARENA, load(OF_ARENA, "own"))


# Petri


def plate_of(vector):
    return Plate(vector["plate"]["side_px"], vector["plate"]["tick_hz"])


def check_petri_messages():
    yield from messages(PETRI, OF_PETRI, "messages", lambda id: "cell")


def check_petri_entities():
    yield from entities(PETRI, load(OF_PETRI, "entities"))


def check_petri_deltas():
    vectors = load(OF_PETRI, "deltas")
    yield from deltas(PETRI, vectors["deltas"], plate_of(vectors))


def check_petri_own():
    yield from own_records(PETRI, load(OF_PETRI, "own"))


def check_petri_speeds():
    for v in load(OF_PETRI, "speed"):
        for cell in v["cells"]:
            found = {"mass": cell["mass"], "speed": plate_of(v).speed(cell["mass"]), "radius": radius(cell["mass"])}
            same(found, cell, f"a mass of {cell['mass']} in {v['plate']}")
            yield


def check_petri_cells():
    for v in load(OF_PETRI, "cell"):
        cell, script = dict(v["start"]), {order.pop("tick"): order for order in v["script"]}
        for tick, state in enumerate(v["states"], 1):
            cell |= script.get(tick, {})
            same(PETRI.step(cell, plate_of(v)), True, f"{v['name']}, tick {tick}")
            same([cell[name] for name in "x y impulse_x impulse_y".split()], state, f"{v['name']}, tick {tick}")
            yield


def check_petri_crumbs():
    names = "x y impulse_x impulse_y ticks_left".split()
    for v in load(OF_PETRI, "crumb"):
        crumb = dict(v["start"])
        for tick, state in enumerate(v["states"], 1):
            same(PETRI.step(crumb, plate_of(v)), True, f"{v['name']}, tick {tick}")
            same([crumb[name] for name in names], state, f"{v['name']}, tick {tick}")
            yield
        same(PETRI.step(crumb, plate_of(v)), False, f"{v['name']}, its end")


def check_petri_herds():
    of_cell, of_crumb = "id x y impulse_x impulse_y heading pace mass", "slot x y impulse_x impulse_y ticks_left"
    for v in load(OF_PETRI, "herd"):
        plate, own = plate_of(v), v["start"]["own"]
        cells = {cell["id"] % 12: cell for cell in v["start"]["cells"]}
        ticks = zip(v["inputs"], v["steps"], strict=True)
        for tick, (values, expected) in enumerate(ticks, v["first_tick"]):
            PETRI.step_own(own)
            crumbs = live(cells, own, dict(zip("aim reach split eject".split(), values)), v["player"], tick, plate)
            found = {
                "cells": [[cells[slot][name] for name in of_cell.split()] for slot in sorted(cells)],
                "born": [[crumb[name] for name in of_crumb.split()] for crumb in crumbs],
            }
            same(found, expected, f"{v['name']}, tick {tick}")
            yield
        same(own, v["own_after"], f"{v['name']}, the own record")


def main():
    checks = [check for name, check in globals().items() if name.startswith("check_")]
    for check in checks:
        count = sum(1 for _ in check())
        print(f"{check.__name__.removeprefix('check_').replace('_', ' '):14} {count:6} agree")


if __name__ == "__main__":
    main()
