// What a game says of a match and of its players, for any game: by the names that the game has for it, in its order.

// Words that are shown as a colour, as shared/src/game/summary.rs lists them. A list beside them has a value for each of the first ones.
export const COLOURS = ['red', 'blue', 'green', 'yellow', 'purple', 'orange', 'cyan', 'pink'];
// What somebody without a colour has.
const COLOURLESS = 'none';

/** A colour for a style sheet: one of the words, or `#rrggbb`; undefined for anything else. */
export function colourOf(value) {
  if (COLOURS.includes(value)) return `var(--${value})`;
  return /^#[0-9a-f]{6}$/i.test(value) ? value : undefined;
}

const isColour = (value) => value === undefined || value === COLOURLESS || colourOf(value) !== undefined;
const words = (name) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');

export function valueText(value) {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(valueText).join(' · ');
  return value === true ? 'yes' : value === false ? 'no' : String(value);
}

/** The columns of a room's players, `{name, title, isNumber}` each, and the name of the fact that colours them, if one does. */
export function columnsOf({ player_facts: names, players }) {
  const of = (name) => players.map((player) => player[name]);
  const colour = names.find((name) => of(name).some((value) => value === COLOURLESS || colourOf(value)) && of(name).every(isColour));
  const columns = names.filter((name) => name !== colour).map((name) => ({
    name,
    title: words(name),
    isNumber: of(name).every((value) => value === undefined || typeof value === 'number'),
  }));
  return { columns, colour };
}

/** Puts cells for the columns into each row of a table, before the cell `before` of it, if there is one. */
export function fitCells(row, columns, before = '') {
  const cells = [...row.querySelectorAll('[data-fact]')];
  if (cells.length === columns.length && cells.every((cell, index) => cell.dataset.fact === columns[index].name)) return;
  cells.forEach((cell) => cell.remove());
  const next = before ? row.querySelector(before) : null;
  for (const { name, title, isNumber } of columns) {
    const cell = document.createElement(row.closest('thead') ? 'th' : 'td');
    if (cell.tagName === 'TH') Object.assign(cell, { scope: 'col', textContent: title });
    cell.className = isNumber ? 'number' : '';
    cell.dataset.fact = name;
    cell.dataset.label = title.toLowerCase();
    row.insertBefore(cell, next);
  }
}

/** Fills the cells of a player's row, and colours it. */
export function showFacts(row, player, { columns, colour }) {
  const value = player[colour] ?? COLOURLESS;
  if (row.dataset.colour !== value) {
    row.dataset.colour = value;
    row.style.setProperty('--colour', colourOf(value) ?? '');
  }
  for (const { name } of columns) {
    const cell = row.querySelector(`[data-fact="${CSS.escape(name)}"]`);
    const text = valueText(player[name]);
    if (cell.textContent !== text) cell.textContent = text;
  }
}

/** What a game says of the match, in a line: a value for each colour stands beside it, anything else behind its name. */
export function showMatch(line, room, colour) {
  line.hidden = room.match_facts.length === 0;
  const text = JSON.stringify([colour, room.match_facts.map((name) => [name, room[name]])]);
  if (line.dataset.shown === text) return;
  line.dataset.shown = text;
  const make = (tag, text, dataset = {}) => {
    const element = document.createElement(tag);
    element.textContent = text;
    Object.assign(element.dataset, dataset);
    return element;
  };
  line.replaceChildren(...room.match_facts.flatMap((name) => {
    const value = room[name];
    if (colour === undefined || !Array.isArray(value) || value.length < 2 || value.length > COLOURS.length) {
      return [make('span', words(name)), make('b', valueText(value))];
    }
    const sides = value.map((points, index) => {
      const side = make('b', valueText(points), { colour: COLOURS[index] });
      side.style.setProperty('--colour', colourOf(COLOURS[index]));
      return [side, make('span', COLOURS[index])];
    });
    // Two of them face each other.
    if (sides.length > 2) return sides.flat();
    const [[one, first], [other, second]] = sides;
    return [one, first, make('i', ''), second, other];
  }));
}
