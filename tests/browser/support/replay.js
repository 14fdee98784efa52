// Runs inside the page: has the module repeat a transcript and compares everything it says and draws.

/** Gives how much was compared, and the first differences. Layout: tests/examples/transcript.rs. */
export async function replay({ glue, transcript }) {
  // As in the transcript's program. This function goes to the page alone, so what it needs is in it.
  const START_MS = 1_234.567_8;
  const { default: init, Player, layout } = await import(glue);
  const { memory } = await init();
  const { own, kinds } = JSON.parse(layout());
  const view = new DataView(await (await fetch(transcript)).arrayBuffer());
  const text = new TextDecoder();
  let at = 0;
  const byte = () => view.getUint8(at++);
  const count = () => view.getUint32((at += 4) - 4, true);
  const number = () => view.getFloat64((at += 8) - 8, true);
  const bytes = () => {
    const length = count();
    return new Uint8Array(view.buffer, (at += length) - length, length);
  };

  const differences = [];
  const compared = { messages: 0, outputs: 0, events: 0, frames: 0, floats: 0, ticks: 0 };
  const same = (what, now, native, here) => {
    if (Object.is(native, here)) return;
    if (differences.length < 20) differences.push(`${what} at ${now} ms: natively ${native}, here ${here}`);
  };
  const hex = (array) => Array.from(array, (value) => value.toString(16).padStart(2, '0')).join('');
  // Name of a float of what only the player knows or of the own craft, for the message.
  const named = [...own, ...kinds[0].fields];
  const nameOf = (index) => named[index - 2 * kinds.length] ?? `float ${index}`;

  const player = new Player('transcript', 'Zoe', false, START_MS);
  while (at < view.byteLength) {
    const kind = byte();
    if (kind === 4) {
      same('figures', Infinity, text.decode(bytes()), player.figures());
      break;
    }
    const now = number();
    if (kind === 1) {
      same('message', now, undefined, player.handle_message(bytes(), now));
      compared.messages += 1;
    } else if (kind === 2) {
      player.set_intent(number(), number(), byte());
      player.advance(now);
      for (let left = count(); left > 0; left--, compared.outputs++) {
        const reliable = byte() === 1, native = hex(bytes());
        same('output', now, native, hex(player.poll_output() ?? []));
        same('channel', now, reliable, player.output_is_reliable());
      }
      same('further output', now, undefined, player.poll_output());
      for (let left = count(); left > 0; left--, compared.events++) same('event', now, text.decode(bytes()), player.poll_event());
      same('further event', now, undefined, player.poll_event());
      same('next wake', now, number(), player.next_wake_ms());
    } else {
      player.fill_frame(now);
      same('render tick', now, number(), player.render_tick());
      const length = count();
      same('length of the frame', now, length, player.frame_length());
      const floats = new DataView(memory.buffer, player.frame_pointer(), 4 * player.frame_length());
      for (let index = 0; index < length; index++) {
        // Bits, so that two kinds of zero differ.
        const native = view.getUint32((at += 4) - 4, true), here = floats.getUint32(4 * index, true);
        if (native !== here) same(nameOf(index), now, view.getFloat32(at - 4, true), floats.getFloat32(4 * index, true));
      }
      compared.frames += 1;
      compared.floats += length;
    }
  }
  compared.ticks = player.inputs_made();
  return { compared, differences };
}
