// What a game says of a match and of its players, for any game: by the names that the game has for it, in its order.

// Words that are shown as a colour. Where there is a list beside them, it has a value for each, in this order.
const COLOURS = ['red', 'blue'];
// What somebody without a colour has.
const COLOURLESS = 'none';

const isColour = (value) => value === undefined || value === COLOURLESS || COLOURS.includes(value);
const words = (name) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');

export function valueText(value) {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(valueText).join(' · ');
  return value === true ? 'yes' : value === false ? 'no' : String(value);
}

/** The columns of a room's players, `{name, title, isNumber}` each, and the name of the fact that colours them, if one does. */
export function columnsOf({ player_facts: names, players }) {
  const of = (name) => players.map((player) => player[name]);
  const colour = names.find((name) => of(name).some((value) => COLOURS.includes(value) || value === COLOURLESS) && of(name).every(isColour));
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
  row.dataset.colour = player[colour] ?? COLOURLESS;
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
    if (colour === undefined || !Array.isArray(value) || value.length !== COLOURS.length) {
      return [make('span', words(name)), make('b', valueText(value))];
    }
    const [[one, first], [other, second]] = COLOURS.map((colour, index) => [
      make('b', valueText(value[index]), { colour }), make('span', colour),
    ]);
    return [one, first, make('i', ''), second, other];
  }));
}
