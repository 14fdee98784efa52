"""Petri for ricochet.py: its inputs, map, events, own record and entities, how they run forward, and a player's own cells by its inputs.

A second implementation of games/petri/docs/protocol.md, written from that page and docs/protocol.md alone. Section numbers are petri's page's.
"""

from math import isqrt

from ricochet import Game, angle_of, clamp, trunc_div, vector

SLOTS = 12
MASS_MAX = 20000
OWN = {"merge_ticks": SLOTS, "digests": SLOTS, "split_ticks": 1, "eject_ticks": 1, "return_ticks": 1, "place": 1}
CELL_MASK = [
    (1, "heading_change"),
    (2, "pace"),
    (4, "mass"),
    (8, "x_change y_change impulse_x_change impulse_y_change"),
]


class Petri(Game):
    name, version = "petri", 1
    events = [
        ("swallowed", "by owner x y mass"),
        ("ended", "by best_mass secs"),
        ("leaders", "count " + " ".join(f"seat_{place} mass_{place}" for place in range(1, 11))),
    ]
    whole = {
        64: ("cell", "x y impulse_x impulse_y heading pace mass owner hue"),
        65: ("pellet", "x y hue"),
        66: ("crumb", "x y impulse_x impulse_y ticks_left owner slot hue"),
    }
    plain = {operation: names for operation, (_, names) in whole.items()}

    def decode_input(self, elements, before):
        input = elements.named("aim_change reach split eject")
        return {"aim": ((before["aim"] if before else 0) + input.pop("aim_change")) % 1024} | input

    def encode_input(self, input, before):
        change = (input["aim"] - (before["aim"] if before else 0) + 512) % 1024 - 512
        return [change, input["reach"], input["split"], input["eject"]]

    def decode_map(self, value):
        return {"side_px": value}

    def encode_map(self, map):
        return map["side_px"]

    def world(self, map, tick_hz):
        return Plate(map["side_px"], tick_hz)

    def decode_own(self, elements):
        mask, own = elements.next(), self.new_own()
        for bit, (name, count) in enumerate(OWN.items()):
            if mask >> bit & 1:
                own[name] = [elements.next() for _ in range(count)] if count > 1 else elements.next()
        return own

    def new_own(self):
        return {name: [0] * count if count > 1 else 0 for name, count in OWN.items()}

    def step_own(self, own):
        own["merge_ticks"] = [max(0, ticks - 1) for ticks in own["merge_ticks"]]
        for name in "split_ticks", "eject_ticks", "return_ticks":
            own[name] = max(0, own[name] - 1)

    def decode_change(self, kind, mask, elements):
        change = {}
        for bit, names in CELL_MASK:
            if mask & bit:
                change |= elements.named(names)
        return change

    def apply_change(self, cell, update, plate):
        cell["heading"] = (cell["heading"] + update.get("heading_change", 0)) % 256
        for name in "pace", "mass":
            cell[name] = update.get(name, cell[name])
        step_cell(cell, plate)
        for name in "x", "y", "impulse_x", "impulse_y":
            cell[name] += update.get(name + "_change", 0)

    def step(self, entity, plate):
        if entity["kind"] == "cell":
            step_cell(entity, plate)
        elif entity["kind"] == "crumb":
            return step_crumb(entity, plate)
        return True


# Section 6: running forward


class Plate:
    """The dish, and the numbers of the rules at its tick rate."""

    def __init__(self, side_px, tick_hz):
        self.side, self.hz = 16 * side_px, tick_hz

    def keep(self, x, y):
        return clamp(x, 0, self.side), clamp(y, 0, self.side)

    def slowed(self, impulse):
        return trunc_div(impulse * max(0, self.hz - 4), self.hz)

    def speed(self, mass):
        root = isqrt(256 * isqrt(65536 * clamp(mass, 1, MASS_MAX)))
        return 3462400 // (root * self.hz)

    def ticks(self, ms):
        return max(1, ms * self.hz // 1000)

    def per_tick(self, px_per_second):
        return px_per_second * 16 // self.hz


def radius(mass):
    return isqrt(min(mass, MASS_MAX) * 16384)


def along(heading, length):
    return vector(4 * heading, length)


def step_cell(cell, plate):
    dx, dy = along(cell["heading"], plate.speed(cell["mass"]) * cell["pace"] // 15)
    glide(cell, plate, dx, dy)


def step_crumb(crumb, plate):
    glide(crumb, plate, 0, 0)
    crumb["ticks_left"] = max(0, crumb["ticks_left"] - 1)
    return crumb["ticks_left"] > 0


def glide(thing, plate, dx, dy):
    """Moves a cell or a crumb by its own speed and its impulse, which slows down."""
    thing["x"], thing["y"] = plate.keep(thing["x"] + dx + thing["impulse_x"], thing["y"] + dy + thing["impulse_y"])
    for impulse in "impulse_x", "impulse_y":
        thing[impulse] = plate.slowed(thing[impulse])


# Section 8: a player's own cells


def live(cells, own, input, player, tick, plate):
    """One tick of a player's cells, a dictionary by slot, in place. The own record has run forward to this tick. Returns the crumbs that appear."""
    if not cells:
        return []
    mass = sum(cell["mass"] for cell in cells.values())
    centre = [sum(cell["mass"] * cell[axis] for cell in cells.values()) // mass for axis in ("x", "y")]
    if (tick + player) % plate.ticks(500) == 0:
        for slot, cell in cells.items():
            cell["mass"] = min(MASS_MAX, cell["mass"] - cell["mass"] // 800 + own["digests"][slot])
            own["digests"][slot] = 0
    x, y = vector(input["aim"], input["reach"] * 128)
    for cell in cells.values():
        steer(cell, centre[0] + x, centre[1] + y)
    if input["split"] and own["split_ticks"] == 0:
        split(cells, own, plate)
    crumbs = eject(cells, own, plate) if input["eject"] and own["eject_ticks"] == 0 else []
    for cell in cells.values():
        step_cell(cell, plate)
    meet(cells, own, plate)
    return crumbs


def length(x, y):
    return isqrt(x * x + y * y)


def steer(cell, x, y):
    way = x - cell["x"], y - cell["y"]
    cell["pace"] = min(15, length(*way) // 80)
    if cell["pace"] > 0:
        cell["heading"] = (angle_of(*way) + 2) // 4 % 256


def split(cells, own, plate):
    own["split_ticks"] = plate.ticks(200)
    for slot in [slot for slot in sorted(cells) if cells[slot]["mass"] >= 40]:
        free = next((free for free in range(SLOTS) if free not in cells), None)
        if free is None:
            return
        cell = cells[slot]
        half = cell["mass"] // 2
        cell["mass"] -= half
        x, y = along(cell["heading"], plate.per_tick(1000) + radius(cell["mass"]) * 3 // plate.hz)
        cells[free] = cell | {"id": cell["id"] - slot + free, "mass": half, "impulse_x": x, "impulse_y": y}
        own["merge_ticks"][slot] = own["merge_ticks"][free] = plate.ticks(12000 + 10 * cell["mass"])
        own["digests"][free] = 0


def eject(cells, own, plate):
    own["eject_ticks"], crumbs = plate.ticks(120), []
    for slot in [slot for slot in sorted(cells) if cells[slot]["mass"] >= 48]:
        cell = cells[slot]
        cell["mass"] -= 16
        dx, dy = along(cell["heading"], radius(cell["mass"]))
        x, y = plate.keep(cell["x"] + dx, cell["y"] + dy)
        impulse_x, impulse_y = along(cell["heading"], plate.per_tick(900))
        crumb = {"kind": "crumb", "x": x, "y": y, "impulse_x": impulse_x, "impulse_y": impulse_y}
        crumbs.append(crumb | {"ticks_left": plate.ticks(60000), "owner": cell["owner"], "slot": slot, "hue": cell["hue"]})
    return crumbs


def meet(cells, own, plate):
    radii = {slot: radius(cell["mass"]) for slot, cell in cells.items()}
    for one in range(SLOTS):
        for other in range(one + 1, SLOTS):
            if one in cells and other in cells:
                meet_two(cells, own, plate, one, other, radii)


def meet_two(cells, own, plate, one, other, radii):
    a, b = cells[one], cells[other]
    way, reach = (b["x"] - a["x"], b["y"] - a["y"]), radii[one] + radii[other]
    if abs(way[0]) >= reach or abs(way[1]) >= reach:
        return
    distance, masses = length(*way), a["mass"] + b["mass"]
    if own["merge_ticks"][one] == own["merge_ticks"][other] == 0:
        if distance < max(radii[one], radii[other]):
            for axis in "x", "y":
                a[axis] = (a[axis] * a["mass"] + b[axis] * b["mass"]) // masses
            a["mass"] = min(MASS_MAX, masses)
            own["digests"][one] = min(65535, own["digests"][one] + own["digests"][other])
            own["digests"][other] = 0
            del cells[other]
        return
    overlap = reach - distance
    fastest = max(abs(cell[impulse]) for cell in (a, b) for impulse in ("impulse_x", "impulse_y"))
    if overlap <= 0 or fastest > plate.per_tick(60):
        return

    def apart(part):
        return [trunc_div(component * part, distance) for component in way] if distance else along(a["heading"], part)

    back, ahead = apart(overlap // 2 * b["mass"] // masses), apart(overlap // 2 * a["mass"] // masses)
    a["x"], a["y"] = plate.keep(a["x"] - back[0], a["y"] - back[1])
    b["x"], b["y"] = plate.keep(b["x"] + ahead[0], b["y"] + ahead[1])
