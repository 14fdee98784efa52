// Opens the best possible link: WebTransport gets a head start, WebSocket is the fallback.

import { remember, remembered } from '../settings.js';
import { openWebSocket } from './websocket.js';
import { openWebTransport, webTransportThere } from './webtransport.js';

/**
 * Races the transports of a join answer. `wanted` is `auto`, `webtransport` or `websocket`. Returns the link that opened
 * first; the other attempt is given up.
 */
export async function openLink(seat, wanted, opened = { openWebSocket, openWebTransport, webTransportThere }) {
  const url = seat.webtransport;
  const possible = Boolean(url) && opened.webTransportThere();
  const tryWebTransport = possible && wanted !== 'websocket' && (wanted === 'webtransport' || !failedLately());
  const tryWebSocket = wanted !== 'webtransport';
  if (!tryWebTransport && !tryWebSocket) {
    throw new Error(url ? 'This browser has no WebTransport here' : 'This server offers no WebTransport');
  }
  const over = new AbortController();
  const giveUpLate = setTimeout(() => over.abort(), OPEN_MS_MAX);
  const attempts = [];
  if (tryWebTransport) {
    const attempt = opened.openWebTransport(url, { hashes: hashesOf(seat), signal: over.signal });
    attempts.push(attempt);
  }
  if (tryWebSocket) {
    const turn = tryWebTransport ? headStart(attempts[0]) : Promise.resolve();
    attempts.push(turn.then(() => {
      if (over.signal.aborted) throw new Error('not needed');
      return opened.openWebSocket(seat.ws, { signal: over.signal });
    }));
  }
  try {
    const link = await Promise.any(attempts);
    if (tryWebTransport) remember('webtransport-failed', link.kind === 'webtransport' ? null : Date.now());
    // A link that opens too late is closed.
    for (const attempt of attempts) attempt.then((other) => other !== link && other.close(), () => {});
    return link;
  } catch {
    throw new Error('The server answers, but the connection to play over did not open. A firewall or a proxy may be in the way');
  } finally {
    clearTimeout(giveUpLate);
    over.abort();
  }
}

/** Resolves when the attempt has failed, or after the head start. */
function headStart(attempt) {
  const late = new Promise((resolve) => setTimeout(resolve, HEAD_START_MS));
  return Promise.race([late, attempt.catch(() => {})]);
}

function hashesOf(seat) {
  const hashes = seat.certificate_hashes ?? seat.certificate_sha256 ?? [];
  return Array.isArray(hashes) ? hashes : [hashes];
}

function failedLately() {
  const failed = remembered('webtransport-failed', null);
  return failed !== null && Date.now() - failed < FAILURE_REMEMBERED_MS;
}

/** A handshake takes two round trips. In a network that drops UDP it would never end. */
const HEAD_START_MS = 1_500;
const OPEN_MS_MAX = 8_000;
/** Time without an attempt of WebTransport after one failed. It is short, because players move to networks that do not block UDP. */
const FAILURE_REMEMBERED_MS = 10 * 60 * 1_000;
