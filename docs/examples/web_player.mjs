// Plays with the WebAssembly module, without the page: flies in circles, shoots, and says how far it flew.
//
//   node --experimental-websocket docs/examples/web_player.mjs --server http://127.0.0.1:8080 --seconds 10
//
// A page of your own does the same; it imports the module by its address instead of as text, which Node cannot.

const option = (name, fallback) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : fallback);
const server = option('--server', 'http://127.0.0.1:8080');
const until = performance.now() + 1_000 * Number(option('--seconds', '10'));
const json = async (path, options) => (await fetch(server + path, options)).json();

// The module: `page` is the folder that this build of the server has it in.
const { page } = await json('/api/server');
const glue = await (await fetch(`${server}${page}web_client.js`)).text();
const { default: init, Player, layout } = await import(`data:text/javascript,${encodeURIComponent(glue)}`);
const { memory } = await init({ module_or_path: fetch(`${server}${page}web_client_bg.wasm`) });
const { own: ofPlayer, kinds: [{ fields: ofCraft }, ...others] } = JSON.parse(layout());
// Counts of two lists a kind, what only the player knows, then what the player steers of the first kind, which is crafts.
const CRAFT_AT = 2 + 2 * others.length + ofPlayer.length;

// A seat, and a socket to take it with.
const headers = { 'content-type': 'application/json' };
const seat = await json('/api/join', { method: 'POST', headers, body: JSON.stringify({ name: 'Wasm' }) });
const socket = new WebSocket(seat.ws, 'ricochet.1');
socket.binaryType = 'arraybuffer';
await new Promise((opened, failed) => Object.assign(socket, { onopen: opened, onerror: failed }));

// Bytes in; the time and an intent in; bytes, events and floats out.
const player = new Player(seat.ticket, seat.player_name, true, performance.now());
const fail = (why) => {
  console.error(why);
  process.exit(1);
};
socket.onmessage = ({ data }) => {
  const fault = player.handle_message(new Uint8Array(data), performance.now());
  if (fault) fail(fault);
};
let flown = 0, before = null;

function own() {
  player.fill_frame(performance.now());
  const floats = new Float32Array(memory.buffer, player.frame_pointer(), player.frame_length());
  if (!floats[0]) return null;
  return Object.fromEntries(ofCraft.map((name, index) => [name, floats[CRAFT_AT + index]]));
}

const beat = setInterval(() => {
  const now = performance.now(), turn = now / 700;
  player.set_intent(turn, turn * 2, 1);
  if (now > until) player.leave();
  player.advance(now);
  for (let bytes; (bytes = player.poll_output());) socket.send(bytes);
  for (let event; (event = player.poll_event());) {
    const { kind, ...rest } = JSON.parse(event);
    if (kind === 'killed' || kind === 'joined') console.log(kind, rest);
    if (kind === 'ended') finish();
  }
  const craft = own();
  const moved = craft && before ? Math.hypot(craft.x - before.x, craft.y - before.y) : 0;
  // A respawn is no flight.
  if (moved < 100) flown += moved;
  before = craft;
}, 8);

function finish() {
  clearInterval(beat);
  socket.close();
  const { state_checks, state_mismatches, corrections } = JSON.parse(player.figures());
  console.log(`${Math.round(flown)} px flown, ${state_checks} checksums equal, ${state_mismatches} not, ${corrections} corrections`);
}
