// The server's HTTP side: what it is, which rooms it has, and a seat in one.

/** The server refused, or could not be reached; `message` is for people, `word` for programs. */
export class Refusal extends Error {
  constructor(word, message, retry) {
    super(message);
    this.word = word;
    /** Whether asking again in a moment may help. */
    this.retry = retry;
  }
}

export function server() {
  return ask('/api/server');
}

export async function rooms() {
  return (await ask('/api/rooms')).rooms;
}

/** Asks for a seat: `{name, mode, room}`, the last two optional. */
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

/** The server's words begin small and have no full stop, so that others can quote them. */
export function sentence(words) {
  const text = words.trim();
  const closed = /[.!?]$/.test(text) ? text : `${text}.`;
  return closed.charAt(0).toUpperCase() + closed.slice(1);
}

const ANSWER_MS = 5_000;
/** Too many requests, and a server that cannot at this moment. */
const AGAIN = [429, 503];
