// What the time line marks, and how it is said.

/** `m:ss.t`. */
export function moment(seconds) {
  const tenths = Math.max(0, Math.floor(seconds * 10 + 1e-6));
  const whole = Math.floor(tenths / 10);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}.${tenths % 10}`;
}

/** How many kills are in each of `count` equal parts of the time line. */
export function binned(marks, seconds, count) {
  const bins = new Array(count).fill(0);
  for (const { kind, at } of marks) {
    if (kind === 'kill') bins[Math.min(count - 1, Math.floor((at / Math.max(seconds, 1e-9)) * count))] += 1;
  }
  return bins;
}

/** The mark nearest to a moment, `within` so many seconds of it; the followed player's before others'. */
export function nearest(marks, at, within, followed) {
  let found = null, best = Infinity;
  for (const mark of marks) {
    const distance = at >= mark.at && at <= (mark.until ?? mark.at) ? 0 : Math.abs(mark.at - at);
    if (distance > within) continue;
    const weight = distance + (concerns(mark, followed) ? 0 : within);
    if (weight < best) [found, best] = [mark, weight];
  }
  return found;
}

/** Whether a mark is about a player. */
export function concerns({ kind, killer, victim, player }, seat) {
  if (seat === null || seat === undefined) return false;
  return kind === 'kill' ? killer === seat || victim === seat : player === seat;
}

export function markWords(mark) {
  switch (mark.kind) {
    case 'kill':
      return mark.killer === mark.victim ? `${mark.victim_name} caught their own shell` : `${mark.killer_name} ${mark.rail ? 'railed' : 'hit'} ${mark.victim_name}`;
    case 'phase':
      return ['Warm-up', 'The match begins', 'The match is over'][mark.phase] ?? 'The match goes on';
    case 'came':
      return `${mark.name} came`;
    case 'gone':
      return `${mark.name} left`;
    case 'gap':
      return `${(mark.until - mark.at).toFixed(1)} s are missing`;
    case 'differs':
      return `Not what was recorded, from tick ${mark.tick} on`;
    default:
      return '';
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
  if (info.ended === null) words.push('The recording breaks off: its server did not come to end it.');
  return words;
}

/** The next or previous of a list, round and round; the first when there was none. */
export function neighbour(list, current, way) {
  const index = list.indexOf(current);
  if (index < 0) return list[0] ?? null;
  return list[(index + way + list.length) % list.length];
}
