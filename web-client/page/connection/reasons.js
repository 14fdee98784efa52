// Texts for the end of a session: the cause, and advice to the player. The reasons are those of docs/protocol.md section 13, by code.

import { sentence } from './api.js';

/**
 * Name, next step, cause and advice. The next step is `resume`, go on with the same session; `again`, join again at once; `elsewhere`, join
 * again in any room; or `stop`, wait for the player.
 */
const REASONS = [
  ['left', 'stop', 'You left.', 'Join again whenever you like.'],
  ['version_mismatch', 'stop', 'The server speaks another version of the game.', 'Reload the page to get the new one.'],
  ['bad_message', 'again', 'The server could not read what this page sent.', 'Reload the page if it happens again.'],
  ['bad_ticket', 'again', 'The seat was given away before you took it.', 'Asking for another one.'],
  ['room_full', 'elsewhere', 'The room is full.', 'Looking for another one.'],
  ['timed_out', 'resume', 'The server heard nothing from you for too long.', 'Check your network.'],
  ['too_fast', 'stop', 'This page sent more than a player may.', 'Reload the page.'],
  ['too_slow', 'resume', 'Your network took no data for too long.', 'Check your network.'],
  ['shutting_down', 'resume', 'The server is shutting down.', 'If it comes back, you will be back too.'],
  ['room_closed', 'elsewhere', 'The room was closed.', 'Looking for another one.'],
  ['kicked', 'stop', 'The host removed you.', ''],
  ['overloaded', 'resume', 'The server cannot take more players at this moment.', 'Waiting for room.'],
  ['out_of_order', 'stop', 'This page and the server lost step.', 'Reload the page.'],
  ['internal', 'resume', 'The server made a mistake.', 'It is not your fault.'],
  ['resumed_elsewhere', 'stop', 'You play on in another window.', 'Join again to play here as well.'],
  ['session_over', 'again', 'Your {avatar} was not kept any longer.', 'Joining again.'],
  ['wrong_shard', 'again', 'Your room has moved.', 'Joining again.'],
  ['room_failed', 'elsewhere', 'A fault in the game ended this room.', 'Looking for another one.'],
];

/** Reasons whose text the host writes for players. The server's texts of the others are for programmers of clients. */
const HOSTS_WORDS = ['version_mismatch', 'shutting_down', 'kicked', 'overloaded'];

/**
 * The reason with a code. `words` is the server's text, which replaces the page's own for `HOSTS_WORDS`. `avatar` is the game's word for
 * the thing that a player has in it, such as "ship".
 */
export function reasonOf(code, words = '', avatar = 'seat') {
  const [name, next, what, advice] = REASONS[code] ?? ['lost', 'resume', 'The connection was lost.', 'Check your network.'];
  return { name, next, what: words.trim() && HOSTS_WORDS.includes(name) ? sentence(words) : what.replace('{avatar}', avatar), advice };
}
