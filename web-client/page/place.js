// Where the player is, in the page's address and title: a link to a room leads to the room.

/** The room that an address asks for, or undefined. */
export function roomOf(parameters) {
  const text = parameters.get('room') ?? '';
  return /^\d{1,10}$/.test(text) && Number(text) <= ROOM_MAX ? Number(text) : undefined;
}

/** A link to a room of this server, for others. */
export function linkTo(room) {
  return `${location.origin}${location.pathname}?room=${room}`;
}

/** Shows in address and title that the player of a game is in a room, or in none. */
export function show(game, room, doing = 'Room') {
  document.title = room === undefined ? game : `${doing} ${room} · ${game}`;
  const parameters = new URLSearchParams(location.search);
  // What was wished when the page was opened has come true, or is over.
  for (const wish of ['play', 'room', 'name', 'mode']) parameters.delete(wish);
  if (room !== undefined) parameters.set('room', room);
  const search = parameters.size > 0 ? `?${parameters}` : '';
  if (search !== location.search) history.replaceState(null, '', `${location.pathname}${search}`);
}

/** Rooms are numbered by 32 bits. */
const ROOM_MAX = 2 ** 32 - 1;
