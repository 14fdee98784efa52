// Texts for players when the server refuses a seat. The server's own texts are for programmers.

import { sentence } from './api.js';

const WORDS = {
  unknown_room: 'That room is not open any more.',
  room_closed: 'That room is not open any more.',
  room_full: 'That room is full.',
  room_crowded: 'That room is full.',
  other_game: 'That room plays another game.',
  other_mode: 'That room plays another mode.',
  rooms_full: 'All rooms are full. Try again in a moment.',
  server_full: 'The server is full. Try again in a moment.',
  nothing_to_watch: 'There is nothing to watch yet.',
  nothing_yet: 'This room has just opened, and is shown some seconds late. Try again in a moment.',
  own_match: 'Somebody at your address plays in this room, and nobody watches their own match.',
  spectators_off: 'Nobody may watch on this server.',
  bad_name: 'Others could not read this name, or would take you for the host. Choose another one, of up to 24 letters, digits and signs.',
  unknown_game: 'This server does not host this game.',
  unknown_mode: 'This server does not play that mode.',
  bad_request: 'The server did not understand this page. Reload it.',
  not_json: 'The server did not understand this page. Reload it.',
  too_large: 'The server did not understand this page. Reload it.',
  unknown_path: 'The server did not understand this page. Reload it.',
  wrong_method: 'The server did not understand this page. Reload it.',
  too_much: 'Too many requests come from your network at this moment. Try again soon.',
  timed_out: 'The server took too long to answer. Try again.',
  unknown: 'The server gave no proper answer. Try again in a moment.',
};

/** Text of a refusal for players. `word` is the error word for programs, `message` the server's own text. */
export function wordsOf(word, message) {
  return WORDS[word] ?? sentence(message);
}

/** Refusals after which the page no longer asks for that room. */
export const ROOM_GONE = ['unknown_room', 'room_closed', 'other_game', 'other_mode'];
/** Refusals after which a join in another room may succeed. */
export const ELSEWHERE = [...ROOM_GONE, 'room_full', 'room_crowded'];
