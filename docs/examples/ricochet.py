"""What a full client needs: messages, run-forward of craft and shells, snapshots with deltas, checksums.

A second implementation of docs/protocol.md, the engine's page, and of games/arena/docs/protocol.md, the arena's, written from those two alone.
Section numbers below are the engine's unless they say otherwise. conformance.py checks it.
"""

import math

import msgpack


# Section 3: messages

LAYOUTS = {
    0: ("hello", "version plain name ticket"),
    1: ("input", "newest ack missing view_age"),
    2: ("ping", "token"),
    3: ("chat", "text"),
    4: ("leave", ""),
    5: ("resync", ""),
    6: ("watch", "player"),
    16: ("welcome", "version player tick tick_hz seats interest_px room server game game_version"),
    17: ("goodbye", "code text"),
    18: ("snapshot", "flags tick baseline_age input_age margin"),
    19: ("plain_snapshot", "tick input_age margin epoch"),
    20: ("events", "tick"),
    21: ("pong", "token tick"),
    22: ("map", "epoch first_tick"),
    23: ("session", "id token resume_secs"),
    24: ("restart", "epoch first_tick"),
    25: ("game_events", "tick"),
}
EVENTS = [("joined", "player name opponent"), ("left", "player"), ("chat", "player text")]

# The arena's page: its events, map, own record and entities

ARENA_EVENTS = [
    ("standing", "player team score deaths"),
    ("killed", "killer victim weapon"),
    ("hit", "shooter victim damage weapon"),
    ("rail", "shooter from_x from_y to_x to_y"),
    ("match", "mode phase ends score_limit red_score blue_score"),
]
MAP = "name tile_px width height runs pickups acceleration drag dash speed_max shell_steps"
EVENTS_OF = {"events": EVENTS, "game_events": ARENA_EVENTS}
OWN = "fire_ticks dash_ticks rail_shots shield rapid_ticks protection_ticks respawn_ticks".split()
OWN_TIMERS = [name for name in OWN if name.endswith("_ticks")]
WHOLE = {
    64: ("craft", "x y vx vy heading aim health flags"),
    65: ("shell", "x y vx vy owner bounces_left ticks_left"),
    66: ("pickup", "place available"),
}
PLAIN = {64: "x y vx vy aim health flags", 65: "x y vx vy owner", 66: "x y place available"}
CRAFT_MASK = [
    (1, "heading"),
    (2, "aim_change"),
    (4, "health"),
    (8, "flags"),
    (16, ""),
    (32, "x_change y_change vx_change vy_change"),
]


class Elements:
    """The elements of a message, taken one after the other."""

    def __init__(self, elements):
        self.elements, self.place = elements, 0

    def next(self):
        self.place += 1
        return self.elements[self.place - 1]

    def named(self, names):
        return {name: self.next() for name in names.split()}

    def more(self):
        return self.place < len(self.elements)


def unpack(data):
    return Elements(msgpack.unpackb(data, strict_map_key=True))


def decode(data, is_pickup=lambda id: False, newest=0):
    """A message by the names of the page's fields."""
    elements = unpack(data)
    kind = elements.next()
    name, fields = LAYOUTS[kind]
    message = {"message": name}
    for field in fields.split():
        message[field] = elements.next()
        if (name, field) == ("snapshot", "flags"):
            message["epoch"] = message["flags"] >> 4
        if (name, field) == ("snapshot", "tick") and not message["flags"] & 1:
            message["tick"] = nearest_tick(newest, message["tick"])
    if name == "input":
        message["inputs"], aim = [], 0
        while elements.more():
            group = elements.named("heading aim_change buttons")
            aim = (aim + group["aim_change"]) % 1024
            message["inputs"].append({"heading": group["heading"], "aim": aim, "buttons": group["buttons"]})
    elif name == "map":
        map = Elements(elements.next())
        message["map"] = map.named(MAP)
        message["map"]["rows"] = rows(message["map"]["runs"], message["map"]["width"])
        assert not map.more()
    elif name in EVENTS_OF:
        message["events"] = []
        while elements.more():
            event = Elements(elements.next())
            event_name, fields = EVENTS_OF[name][event.next()]
            message["events"].append({"event": event_name} | event.named(fields))
            assert not event.more()
    elif name == "snapshot":
        message["own"] = decode_own(elements) if message["flags"] & 2 else None
        message["checksum"] = elements.named("sum since") if message["flags"] & 4 else None
        message["updates"] = list(decode_updates(elements, is_pickup))
    elif name == "plain_snapshot":
        message["own"], message["updates"] = decode_own(elements), []
        while elements.more():
            update = elements.named("id operation")
            message["updates"].append(update | (elements.named(PLAIN[update["operation"]]) if update["operation"] else {}))
    assert not elements.more(), "elements are left over"
    return message


def encode(message):
    """The bytes of a decoded message of a client, or of one without groups."""
    kind = next(kind for kind, (name, _) in LAYOUTS.items() if name == message["message"])
    elements = [kind] + [message[field] for field in LAYOUTS[kind][1].split()]
    aim = 0
    for group in message.get("inputs", []):
        change = (group["aim"] - aim + 512) % 1024 - 512
        elements += [group["heading"], change, group["buttons"]]
        aim = group["aim"]
    if "map" in message:
        elements.append([message["map"][field] for field in MAP.split()])
    for event in message.get("events", []):
        events = EVENTS_OF[message["message"]]
        code = next(code for code, (name, _) in enumerate(events) if name == event["event"])
        elements.append([code] + [event[field] for field in events[code][1].split()])
    return msgpack.packb(elements)


# Sections 6 and 9, and 4 and 5 of the arena's page: records and updates


def decode_own(elements):
    mask = elements.next()
    return {name: elements.next() if mask >> bit & 1 else 0 for bit, name in enumerate(OWN)}


def decode_updates(elements, is_pickup):
    id = -1
    while elements.more():
        id += elements.next() + 1
        operation = elements.next()
        update = {"id": id, "operation": operation}
        if operation >= 64:
            update |= elements.named(WHOLE[operation][1])
        elif operation > 0 and is_pickup(id):
            update |= elements.named("available")
        elif operation > 0:
            for bit, names in CRAFT_MASK:
                if operation & bit:
                    update |= elements.named(names)
        yield update


def nearest_tick(newest, low):
    ahead = (low - newest) % 128
    return newest + ahead if ahead <= 63 else max(0, newest - (128 - ahead))


def rows(runs, width):
    tiles = "".join(".#"[index % 2] * run for index, run in enumerate(runs))
    return [tiles[start : start + width] for start in range(0, len(tiles), width)]


# Section 7: arithmetic

SIN = [round(16384 * math.sin(2 * math.pi * n / 1024)) for n in range(257)]


def trunc_div(a, b):
    return a // b if a >= 0 else -(-a // b)


def div_round(a, b):
    return (abs(a) + b // 2) // b * (1 if a >= 0 else -1)


def clamp(value, low, high):
    return max(low, min(high, value))


def sin(angle):
    n = angle % 256
    return [SIN[n], SIN[256 - n], -SIN[n], -SIN[256 - n]][angle % 1024 // 256]


def vector(angle, length):
    return div_round(sin(angle + 256) * length, 16384), div_round(sin(angle) * length, 16384)


# Section 6 of the arena's page: running forward


class Terrain:
    """Walls, and the numbers of the map."""

    def __init__(self, numbers, tile_px, rows):
        self.numbers, self.tile, self.rows = numbers, 16 * tile_px, rows

    def __getattr__(self, name):
        return self.numbers[name]

    def wall(self, column, row):
        inside = 0 <= row < len(self.rows) and 0 <= column < len(self.rows[0])
        return not inside or self.rows[row][column] == "#"


def dash(craft, terrain):
    if craft["heading"]:
        x, y = vector(16 * (craft["heading"] - 1), terrain.dash)
        craft["vx"] += x
        craft["vy"] += y


def step_craft(craft, terrain):
    if craft["health"] == 0:
        return
    if craft["heading"]:
        x, y = vector(16 * (craft["heading"] - 1), terrain.acceleration)
        craft["vx"] += x
        craft["vy"] += y
    for v in "vx", "vy":
        craft[v] -= div_round(craft[v] * terrain.drag, 4096)
        craft[v] = clamp(craft[v], -terrain.speed_max, terrain.speed_max)
    dx, dy = div_round(craft["vx"], 16), div_round(craft["vy"], 16)
    craft["x"], hit_x = slide(craft["x"], dx, craft["y"], terrain.tile, terrain.wall)
    craft["y"], hit_y = slide(craft["y"], dy, craft["x"], terrain.tile, lambda row, column: terrain.wall(column, row))
    if hit_x:
        craft["vx"] = trunc_div(-craft["vx"], 2)
    if hit_y:
        craft["vy"] = trunc_div(-craft["vy"], 2)


def slide(along, delta, across, tile, wall):
    if delta == 0:
        return along, False
    target = along + delta
    edge_tile = (target + 223 if delta > 0 else target - 224) // tile
    if not any(wall(edge_tile, other) for other in range((across - 224) // tile, (across + 223) // tile + 1)):
        return target, False
    if delta > 0:
        return max(along, edge_tile * tile - 224), True
    return min(along, (edge_tile + 1) * tile + 224), True


def step_shell(shell, terrain):
    if shell["ticks_left"] == 0:
        return False
    shell["ticks_left"] -= 1

    def part(v, s):
        return trunc_div(v * s, 16 * terrain.shell_steps)

    for s in range(terrain.shell_steps):
        dx = part(shell["vx"], s + 1) - part(shell["vx"], s)
        dy = part(shell["vy"], s + 1) - part(shell["vy"], s)
        bounced = False
        if terrain.wall((shell["x"] + dx) // terrain.tile, shell["y"] // terrain.tile):
            shell["vx"], bounced = -shell["vx"], True
        else:
            shell["x"] += dx
        if terrain.wall(shell["x"] // terrain.tile, (shell["y"] + dy) // terrain.tile):
            shell["vy"], bounced = -shell["vy"], True
        else:
            shell["y"] += dy
        if bounced:
            if shell["bounces_left"] == 0:
                return False
            shell["bounces_left"] -= 1
    return shell["ticks_left"] > 0


def step(entity, terrain):
    """Runs an entity forward one tick; false when it has ended."""
    if entity["kind"] == "craft":
        step_craft(entity, terrain)
    elif entity["kind"] == "shell":
        return step_shell(entity, terrain)
    return True


def step_own(own):
    for name in OWN_TIMERS:
        own[name] = max(0, own[name] - 1)


def apply_delta(entity, update, terrain):
    """Turns a state at the tick before into the state at the delta's tick."""
    if entity["kind"] == "pickup":
        entity["available"] = update["available"]
        return
    for name in "heading", "health", "flags":
        entity[name] = update.get(name, entity[name])
    entity["aim"] = (entity["aim"] + update.get("aim_change", 0)) % 256
    if update["operation"] & 16:
        dash(entity, terrain)
    step_craft(entity, terrain)
    for name in "x", "y", "vx", "vy":
        entity[name] += update.get(name + "_change", 0)


# Section 10: the receiver's duties


class LostTrack(Exception):
    """A delta against a state that is not there."""


class Receiver:
    def __init__(self):
        self.welcome, self.terrain, self.epoch = None, None, None
        self.newest = 0
        self.forget()

    def forget(self):
        self.entities, self.received, self.applied = {}, {}, []
        self.own = dict.fromkeys(OWN, 0)

    def handle(self, data):
        message = decode(data, lambda id: self.entities.get(id, {}).get("kind") == "pickup", self.newest)
        name = message["message"]
        if name == "welcome":
            self.welcome, self.newest = message, message["tick"]
            self.forget()
        elif name == "map":
            self.terrain = Terrain(message["map"], message["map"]["tile_px"], message["map"]["rows"])
        if name in ("map", "restart"):
            self.epoch, self.newest = message["epoch"], message["first_tick"] - 1
            self.forget()
        elif name == "snapshot":
            return self.apply(message)
        return "handled"

    def apply(self, message):
        tick, age = message["tick"], message["baseline_age"]
        if message["epoch"] != self.epoch:
            return "dropped: another epoch"
        if tick <= self.newest:
            return "dropped: not newer"
        if not message["flags"] & 1 and 0 < age < 127 and tick - age not in self.applied:
            return "dropped: far too late"
        for _ in range(self.newest, tick):
            self.entities = {id: entity for id, entity in self.entities.items() if step(entity, self.terrain)}
            step_own(self.own)
        newest_before, self.newest = self.newest, tick
        self.own = message["own"] or self.own
        for update in message["updates"]:
            self.update(update, tick, newest_before if age == 0 else tick - age, age)
        verdict = self.verdict(message["checksum"], tick, age)
        self.applied.append(tick)
        return "applied" + verdict

    def update(self, update, tick, baseline, age):
        id, operation = update["id"], update["operation"]
        if operation == 0:
            self.entities.pop(id, None)
            self.received.pop(id, None)
            return
        if operation >= 64:
            kind, names = WHOLE[operation]
            entity = {"id": id, "kind": kind} | {name: update[name] for name in names.split()}
        else:
            held = [at for at in self.received.get(id, {}) if at <= baseline]
            if age == 127 or not held:
                raise LostTrack(id)
            entity = dict(self.received[id][max(held)])
            for _ in range(max(held), tick - 1):
                step(entity, self.terrain)
            apply_delta(entity, update, self.terrain)
        self.entities[id] = entity
        self.received.setdefault(id, {})[tick] = dict(entity)

    def verdict(self, checksum, tick, age):
        if checksum is None:
            return ""
        after = tick if age in (0, 127) else tick - age
        since = sum(1 for applied in self.applied if after < applied < tick)
        if after < tick and since != checksum["since"]:
            return ", checksum not comparable"
        return ", checksum equal" if checksum["sum"] == self.sum() else ", checksum differs"

    def sum(self):
        return sum(entity_hash(entity) for entity in self.entities.values()) % 2**32


def entity_hash(entity):
    names = next(names for kind, names in WHOLE.values() if kind == entity["kind"])
    h = 0x811C9DC5
    for word in [entity["id"]] + [entity[name] for name in names.split()]:
        h = (h ^ (word % 2**32)) * 0x01000193 % 2**32
    return h
