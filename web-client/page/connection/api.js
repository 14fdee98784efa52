// The server's HTTP API: facts about the server, its rooms, and seats.

/** The server refused a request or could not be reached. `message` is for people, `word` for programs. */
export class Refusal extends Error {
  constructor(word, message, retry) {
    super(message);
    this.word = word;
    /** True if the same request may succeed in a moment. */
    this.retry = retry;
  }
}

export function server() {
  return ask('/api/server');
}

export async function rooms() {
  return (await ask('/api/rooms')).rooms;
}

/** Requests a seat. `wish` is `{name, mode, room}`; the last two are optional. */
export function join(wish) {
  return ask('/api/join', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wish),
  });
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, cache: 'no-store', signal: AbortSignal.timeout(ANSWER_MS) });
  } catch {
    throw new Refusal('unreachable', 'The server cannot be reached. Is it running, and are you online?', true);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    const message = answer.message ?? `The server answered with status ${response.status}.`;
    throw new Refusal(answer.error ?? 'unknown', sentence(message), AGAIN.includes(response.status));
  }
  return answer;
}

/** Makes a sentence of a text of the server. Those begin with a small letter and have no full stop, so that they can be quoted. */
export function sentence(words) {
  const text = words.trim();
  const closed = /[.!?]$/.test(text) ? text : `${text}.`;
  return closed.charAt(0).toUpperCase() + closed.slice(1);
}

const ANSWER_MS = 5_000;
/** Status of a refusal that may pass: too many requests, and a server that is not available at the moment. */
const AGAIN = [429, 503];
