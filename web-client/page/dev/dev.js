// Only in a page that `cargo xtask dev` or a game's `cargo dev` has packed: polls the server for changes, reloads the page when its sources
// have changed, shows errors of the compiler, and reports when the player moves again.
//
//   GET /dev.json -> { change: 7, page: "0123456789abcdef", error: null }
//
// It is not a module, so it also works when a script of the game does not load.
(() => {
  /** The build of this page, from its own address: /web/BUILD/engine/dev/dev.js. */
  const BUILD = new URL(document.currentScript.src).pathname.split('/')[2];
  const PERIOD_MS = 150, ANSWER_MS = 2_000;
  /** Key in the session storage for the number of the change for which the page is reloaded. */
  const KEY = 'ricochet.dev';
  let change = null, overlay = null;
  /** The first error that a script of the page threw. It stays until the page is reloaded. */
  let thrown = '';

  async function ask(query = '') {
    const answer = await fetch(`/dev.json${query}`, { cache: 'no-store', signal: AbortSignal.timeout(ANSWER_MS) });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }

  async function look() {
    try {
      handle(await ask());
    } catch { /* The server is restarting. */ }
    setTimeout(look, PERIOD_MS);
  }

  function handle(news) {
    show(news.error ?? thrown);
    const isFirst = change === null, isNew = news.change !== change;
    change = news.change;
    if (news.page !== BUILD) {
      if (plays()) sessionStorage.setItem(KEY, news.change);
      location.reload();
    } else if (isNew && !isFirst && plays()) {
      report(news.change);
    }
  }

  function plays() {
    return !['idle', 'over', undefined].includes(window.ricochet?.state);
  }

  /** Waits until the tick that is shown advances from one frame to the next, which it does not while the server is away. */
  function report(change) {
    let shown = NaN;
    const frame = () => {
      const { state, renderTick } = window.ricochet ?? {};
      if (state === 'playing' && renderTick > shown) return ask(`?moving=${change}`).catch(() => {});
      shown = state === 'playing' ? renderTick : NaN;
      return requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  function show(text) {
    if (!text) {
      overlay?.remove();
      overlay = null;
      return;
    }
    if (!overlay) {
      overlay = document.createElement('pre');
      overlay.id = 'dev-error';
      overlay.setAttribute('role', 'alert');
      // The page's Content-Security-Policy forbids styles in its HTML, but not those set by a script.
      Object.assign(overlay.style, {
        position: 'fixed', inset: '4vh 4vw auto', zIndex: 1_000, maxHeight: '88vh', margin: 0, padding: '1rem 1.2rem', overflow: 'auto',
        background: '#1d0d10f2', color: '#ffd9d9', borderLeft: '6px solid #ff5d5d', borderRadius: '6px',
        font: '13px/1.45 ui-monospace, monospace', whiteSpace: 'pre-wrap', textAlign: 'left', userSelect: 'text',
      });
      document.body.append(overlay);
    }
    if (overlay.textContent !== text) overlay.textContent = text;
  }

  addEventListener('error', ({ message, filename, lineno, colno }) => {
    thrown ||= `${message}\n  ${filename}:${lineno}:${colno}`;
  });
  const awaited = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (awaited) report(Number(awaited));
  look();
})();
