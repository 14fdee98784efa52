"""The arena for ricochet.py: its inputs, map, events, own record and entities, and how they run forward.

A second implementation of games/arena/docs/protocol.md, written from that page and docs/protocol.md alone. Section numbers are the arena's page's.
"""

from ricochet import Elements, Game, clamp, div_round, trunc_div, vector

MAP = "name tile_px width height runs pickups acceleration drag dash speed_max shell_steps"
OWN = "fire_ticks dash_ticks rail_shots shield rapid_ticks protection_ticks respawn_ticks".split()
CRAFT_MASK = [
    (1, "heading"),
    (2, "aim_change"),
    (4, "health"),
    (8, "flags"),
    (16, ""),
    (32, "x_change y_change vx_change vy_change"),
]


class Arena(Game):
    name, version = "arena", 1
    events = [
        ("standing", "player team score deaths"),
        ("killed", "killer victim weapon"),
        ("hit", "shooter victim damage weapon"),
        ("rail", "shooter from_x from_y to_x to_y"),
        ("match", "mode phase ends score_limit red_score blue_score"),
    ]
    whole = {
        64: ("craft", "x y vx vy heading aim health flags"),
        65: ("shell", "x y vx vy owner bounces_left ticks_left"),
        66: ("pickup", "place available"),
    }
    plain = {64: "x y vx vy aim health flags", 65: "x y vx vy owner", 66: "x y place available"}

    def decode_input(self, elements, before):
        input = elements.named("heading aim_change buttons")
        aim = ((before["aim"] if before else 0) + input["aim_change"]) % 1024
        return {"heading": input["heading"], "aim": aim, "buttons": input["buttons"]}

    def encode_input(self, input, before):
        change = (input["aim"] - (before["aim"] if before else 0) + 512) % 1024 - 512
        return [input["heading"], change, input["buttons"]]

    def decode_map(self, value):
        elements = Elements(value)
        map = elements.named(MAP)
        assert not elements.more()
        return map | {"rows": rows(map["runs"], map["width"])}

    def encode_map(self, map):
        return [map[field] for field in MAP.split()]

    def world(self, map, tick_hz):
        return Terrain(map, map["tile_px"], map["rows"])

    def decode_own(self, elements):
        mask = elements.next()
        return {name: elements.next() if mask >> bit & 1 else 0 for bit, name in enumerate(OWN)}

    def new_own(self):
        return dict.fromkeys(OWN, 0)

    def step_own(self, own):
        for name in OWN:
            if name.endswith("_ticks"):
                own[name] = max(0, own[name] - 1)

    def decode_change(self, kind, mask, elements):
        if kind == "pickup":
            return elements.named("available")
        change = {}
        for bit, names in CRAFT_MASK:
            if mask & bit:
                change |= elements.named(names)
        return change

    def apply_change(self, entity, update, terrain):
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

    def step(self, entity, terrain):
        if entity["kind"] == "craft":
            step_craft(entity, terrain)
        elif entity["kind"] == "shell":
            return step_shell(entity, terrain)
        return True


def rows(runs, width):
    tiles = "".join(".#"[index % 2] * run for index, run in enumerate(runs))
    return [tiles[start : start + width] for start in range(0, len(tiles), width)]


# Section 6: running forward


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
