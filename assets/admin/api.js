// Talks to the server: the token, what is asked, and errors in words.

const TIMEOUT_MS = 5_000;
const KEPT = 'ricochet-admin-token';

/** An answer that is none: `status` 0 means that there was no answer at all. */
export class Refused extends Error {
  constructor(status, error, message) {
    super(message);
    this.status = status;
    this.error = error;
  }
}

// A link may bring the token behind the '#', which no request carries. It is taken out of the address at once.
const brought = new URLSearchParams(location.hash.slice(1)).get('token');
if (brought) {
  sessionStorage.setItem(KEPT, brought);
  history.replaceState(null, '', location.pathname);
}

export const token = {
  get: () => sessionStorage.getItem(KEPT),
  set: (text) => sessionStorage.setItem(KEPT, text.trim()),
  forget: () => sessionStorage.removeItem(KEPT),
};

export const get = (path) => ask(path, {});
export const post = (path, body) => ask(path, {
  method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' },
});

async function ask(path, options) {
  const headers = { ...options.headers, authorization: `Bearer ${token.get() ?? ''}` };
  let response;
  try {
    response = await fetch(`/admin/api/${path}`, { ...options, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    throw new Refused(0, 'no_answer', 'The server does not answer.');
  }
  let answer;
  try {
    answer = await response.json();
  } catch {
    throw new Refused(response.status, 'no_json', `The server answered with ${response.status} and nothing to read.`);
  }
  if (!response.ok) throw new Refused(response.status, answer.error, sentence(answer.message));
  return answer;
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
