// What the time line marks, and how it is said.

/** `m:ss.t`. */
export function moment(seconds) {
  const tenths = Math.max(0, Math.floor(seconds * 10 + 1e-6));
  const whole = Math.floor(tenths / 10);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}.${tenths % 10}`;
}

/** How many of the marks that a game counts are in each of `count` equal parts of the time line. */
export function binned(marks, seconds, count, isCounted) {
  const bins = new Array(count).fill(0);
  for (const mark of marks) {
    if (isCounted(mark)) bins[Math.min(count - 1, Math.floor((mark.at / Math.max(seconds, 1e-9)) * count))] += 1;
  }
  return bins;
}

/** The mark nearest to a moment, `within` so many seconds of it; those that concern the followed player before others. */
export function nearest(marks, at, within, concerns) {
  let found = null, best = Infinity;
  for (const mark of marks) {
    const distance = at >= mark.at && at <= (mark.until ?? mark.at) ? 0 : Math.abs(mark.at - at);
    if (distance > within) continue;
    const weight = distance + (concerns(mark) ? 0 : within);
    if (weight < best) [found, best] = [mark, weight];
  }
  return found;
}

/** Of a game that marks nothing of its own, see `Marks` in start.js. */
export const NO_MARKS = { isCounted: () => false, concerns: () => false, words: ({ kind }) => kind, look: () => undefined };

/** Marks that every game has; the others are the game's own. */
const COMMON = ['came', 'gone', 'gap', 'differs'];

export function isCommon({ kind }) {
  return COMMON.includes(kind);
}

/** What is said of a mark; `game` has the words of those that are its own. */
export function markWords(mark, game) {
  switch (mark.kind) {
    case 'came':
      return `${mark.name} came`;
    case 'gone':
      return `${mark.name} left`;
    case 'gap':
      return `${(mark.until - mark.at).toFixed(1)} s are missing`;
    case 'differs':
      return `Not what was recorded, from tick ${mark.tick} on`;
    default:
      return game.words(mark);
  }
}

/** What is to be said of a file that can be shown, but not all of it or not surely; empty when all is well. `known` is
 * whether all of it was looked through. */
export function faults(info, marks, known) {
  const words = [];
  const differs = marks.find(({ kind }) => kind === 'differs');
  if (!info.same_rules) {
    words.push(`This was recorded by other rules than this page plays (${info.build}): what is shown may not be what happened.`);
  }
  if (differs) {
    words.push(`Played again, tick ${differs.tick} (${moment(differs.at)}) became something else than was recorded.`);
  }
  const [first, ...others] = info.damage;
  if (first) {
    const more = others.length > 0 ? `, and ${others.length} more` : '';
    const missing = marks.some(({ kind }) => kind === 'gap') ? ' The rest is shown; what is missing is red on the time line.'
      : known ? ' Nothing of the match is missing for it.' : '';
    words.push(`Part of the file cannot be read: ${first}${more}.${missing}`);
  }
  if (info.failure) words.push(`A fault in the game ended this room: ${info.failure}.`);
  if (info.ended === null) words.push('The recording breaks off: its server did not come to end it.');
  return words;
}

/** The next or previous of a list, round and round; the first when there was none. */
export function neighbour(list, current, way) {
  const index = list.indexOf(current);
  if (index < 0) return list[0] ?? null;
  return list[(index + way + list.length) % list.length];
}
