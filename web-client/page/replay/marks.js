// The marks of the time line and their texts.

/** A time as `m:ss.t`. */
export function moment(seconds) {
  const tenths = Math.max(0, Math.floor(seconds * 10 + 1e-6));
  const whole = Math.floor(tenths / 10);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}.${tenths % 10}`;
}

/** Numbers of the marks that a game counts, in each of `count` equal parts of the time line. */
export function binned(marks, seconds, count, isCounted) {
  const bins = new Array(count).fill(0);
  for (const mark of marks) {
    if (isCounted(mark)) bins[Math.min(count - 1, Math.floor((mark.at / Math.max(seconds, 1e-9)) * count))] += 1;
  }
  return bins;
}

/** The mark nearest to a moment and `within` so many seconds of it, or null. Marks that concern the followed player come first. */
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

/** `Marks` (see start.js) for a game without marks of its own. */
export const NO_MARKS = { isCounted: () => false, concerns: () => false, words: ({ kind }) => kind, look: () => undefined };

/** Kinds of marks that every game has. All others are the game's own. */
const COMMON = ['came', 'gone', 'gap', 'differs'];

export function isCommon({ kind }) {
  return COMMON.includes(kind);
}

/** Text of a mark. `game` has the texts of the game's own marks. */
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

/** Sentences about the faults of a recording that can be shown; empty when there are none. `known` is true once the survey has ended. */
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

/** The next or previous item of a list, which is circular; the first if `current` is not in it; null if it is empty. */
export function neighbour(list, current, way) {
  const index = list.indexOf(current);
  if (index < 0) return list[0] ?? null;
  return list[(index + way + list.length) % list.length];
}
