"""What a full client of any game needs: messages, snapshots with deltas, checksums, and the duties of a receiver.

A second implementation of docs/protocol.md, written from that page alone; section numbers below are that page's. What the page leaves to
the games is `Game`, of which arena.py and petri.py have one each; conformance.py checks all three.
"""

import math

import msgpack


class Game:
    """What a client must know of a game, as the game's own page says it. A subclass sets the constants and the methods that it needs."""

    name, version = "", 0
    # Section 3: events of `game_events` by their code, each a name and the names of its fields.
    events = []
    # Section 9: kinds of entities by their operation, each a name and the names of its fields, in whole states and in plain ones.
    whole, plain = {}, {}

    def decode_input(self, elements, before):
        """Section 4, `inputs…`: one input, which may depend on the one before it in the message (none before the first)."""
        raise NotImplementedError

    def encode_input(self, input, before):
        """The same as a list of elements."""
        raise NotImplementedError

    def decode_map(self, value):
        """Section 5: the one value in `map`, by the names of its fields."""
        return {"value": value}

    def encode_map(self, map):
        return map["value"]

    def world(self, map, tick_hz):
        """What `step` wants to know of a decoded map, at the tick rate of the `welcome`."""
        return map

    def decode_own(self, elements):
        """Section 9, `own…`: the own record."""
        return {}

    def new_own(self):
        """The own record before any has come."""
        return {}

    def step_own(self, own):
        """Section 8: one tick of it, in place."""

    def decode_change(self, kind, mask, elements):
        """Section 9: the fields that a change of an entity of this kind names, in a dictionary."""
        raise NotImplementedError

    def apply_change(self, entity, update, world):
        """Section 9: turns a state at the tick before into the state at the change's tick, in place."""
        raise NotImplementedError

    def step(self, entity, world):
        """Section 8: runs an entity forward one tick, in place; false when it has ended."""
        return True


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


def decode(game, data, kind_of=lambda id: None, newest=0):
    """A message by the names of the page's fields. Changes in a snapshot can be read only by `kind_of(id)`, the kind of an entity that is known."""
    elements = unpack(data)
    name, fields = LAYOUTS[elements.next()]
    message = {"message": name}
    for field in fields.split():
        message[field] = elements.next()
        if (name, field) == ("snapshot", "flags"):
            message["epoch"] = message["flags"] >> 4
        if (name, field) == ("snapshot", "tick") and not message["flags"] & 1:
            message["tick"] = nearest_tick(newest, message["tick"])
    if name == "input":
        message["inputs"] = []
        while elements.more():
            before = message["inputs"][-1] if message["inputs"] else None
            message["inputs"].append(game.decode_input(elements, before))
    elif name == "map":
        message["map"] = game.decode_map(elements.next())
    elif name in ("events", "game_events"):
        message["events"] = []
        while elements.more():
            event = Elements(elements.next())
            event_name, fields = events_of(game, name)[event.next()]
            message["events"].append({"event": event_name} | event.named(fields))
            assert not event.more()
    elif name == "snapshot":
        message["own"] = game.decode_own(elements) if message["flags"] & 2 else None
        message["checksum"] = elements.named("sum since") if message["flags"] & 4 else None
        message["updates"] = list(decode_updates(game, elements, kind_of))
    elif name == "plain_snapshot":
        message["own"], message["updates"] = game.decode_own(elements), []
        while elements.more():
            update = elements.named("id operation")
            message["updates"].append(update | (elements.named(game.plain[update["operation"]]) if update["operation"] else {}))
    assert not elements.more(), "elements are left over"
    return message


def encode(game, message):
    """The bytes of a decoded message of a client, or of one of the server without snapshots."""
    kind = next(kind for kind, (name, _) in LAYOUTS.items() if name == message["message"])
    elements = [kind] + [message[field] for field in LAYOUTS[kind][1].split()]
    before = None
    for input in message.get("inputs", []):
        elements += game.encode_input(input, before)
        before = input
    if "map" in message:
        elements.append(game.encode_map(message["map"]))
    for event in message.get("events", []):
        events = events_of(game, message["message"])
        code = next(code for code, (name, _) in enumerate(events) if name == event["event"])
        elements.append([code] + [event[field] for field in events[code][1].split()])
    return msgpack.packb(elements)


def events_of(game, name):
    return EVENTS if name == "events" else game.events


# Section 9: updates


def decode_updates(game, elements, kind_of):
    id = -1
    while elements.more():
        id += elements.next() + 1
        operation = elements.next()
        update = {"id": id, "operation": operation}
        if operation >= 64:
            update |= elements.named(game.whole[operation][1])
        elif operation > 0:
            update |= game.decode_change(kind_of(id), operation, elements)
        yield update


def nearest_tick(newest, low):
    ahead = (low - newest) % 128
    return newest + ahead if ahead <= 63 else max(0, newest - (128 - ahead))


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


def angle_of(x, y):
    if x == 0 and y == 0:
        return 0
    if y >= 0:
        x, y, turned = (x, y, 0) if x >= 0 else (y, -x, 256)
    else:
        x, y, turned = (-x, -y, 512) if x < 0 else (-y, x, 768)

    def beyond(angle):
        return y * sin(angle + 256) - x * sin(angle)

    low = max(angle for angle in range(256) if beyond(angle) >= 0)
    return ((low + 1 if -beyond(low + 1) < beyond(low) else low) + turned) % 1024


# Section 10: the receiver's duties


class LostTrack(Exception):
    """A change of a state that is not there."""


class Receiver:
    """What a client of a game knows of its room."""

    def __init__(self, game):
        self.game = game
        self.welcome, self.world, self.epoch = None, None, None
        self.newest = 0
        self.forget()

    def forget(self):
        self.entities, self.received, self.applied = {}, {}, []
        self.own = self.game.new_own()

    def kind_of(self, id):
        return self.entities.get(id, {}).get("kind")

    def handle(self, data):
        message = decode(self.game, data, self.kind_of, self.newest)
        name = message["message"]
        if name == "welcome":
            self.welcome, self.newest = message, message["tick"]
            self.forget()
        elif name == "map":
            self.world = self.game.world(message["map"], self.welcome["tick_hz"])
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
            self.entities = {id: entity for id, entity in self.entities.items() if self.game.step(entity, self.world)}
            self.game.step_own(self.own)
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
            kind, names = self.game.whole[operation]
            entity = {"id": id, "kind": kind} | {name: update[name] for name in names.split()}
        else:
            held = [at for at in self.received.get(id, {}) if at <= baseline]
            if age == 127 or not held:
                raise LostTrack(id)
            entity = dict(self.received[id][max(held)])
            for _ in range(max(held), tick - 1):
                self.game.step(entity, self.world)
            self.game.apply_change(entity, update, self.world)
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
        return sum(entity_hash(self.game, entity) for entity in self.entities.values()) % 2**32


def entity_hash(game, entity):
    names = next(names for kind, names in game.whole.values() if kind == entity["kind"])
    h = 0x811C9DC5
    for word in [entity["id"]] + [entity[name] for name in names.split()]:
        h = (h ^ (word % 2**32)) * 0x01000193 % 2**32
    return h
