// Shows in the page's address and title where the player is. The address is a link to the room.

/** Number of the room in the parameters of an address, or undefined. */
export function roomOf(parameters) {
  const text = parameters.get('room') ?? '';
  return /^\d{1,10}$/.test(text) && Number(text) <= ROOM_MAX ? Number(text) : undefined;
}

/** A link to a room of this server, for others. */
export function linkTo(room) {
  return `${location.origin}${location.pathname}?room=${room}`;
}

/** Shows in address and title that the player is in a room, or in none. */
export function show(game, room, doing = 'Room') {
  document.title = room === undefined ? game : `${doing} ${room} · ${game}`;
  const parameters = new URLSearchParams(location.search);
  // The parameters with which the page was opened are done with.
  for (const wish of ['play', 'room', 'name', 'mode']) parameters.delete(wish);
  if (room !== undefined) parameters.set('room', room);
  const search = parameters.size > 0 ? `?${parameters}` : '';
  if (search !== location.search) history.replaceState(null, '', `${location.pathname}${search}`);
}

/** Rooms are numbered by 32 bits. */
const ROOM_MAX = 2 ** 32 - 1;
