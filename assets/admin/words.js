// Numbers as people read them, and elements by their names.

export const byId = (id) => document.getElementById(id);
export const put = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
export const milliseconds = (value) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
export const percent = (part) => `${(100 * part).toFixed(part < 0.1 && part > 0 ? 1 : 0)} %`;

export function duration(seconds) {
  const parts = [[Math.floor(seconds / 86_400), 'd'], [Math.floor(seconds / 3_600) % 24, 'h'], [Math.floor(seconds / 60) % 60, 'min'], [Math.floor(seconds % 60), 's']];
  const first = parts.findIndex(([count]) => count > 0);
  return parts.slice(first < 0 ? 3 : first).slice(0, 2).map(([count, unit]) => `${count} ${unit}`).join(' ');
}

export const time = (ms) => new Date(ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export const conditions = ({ delay_ms: delay, jitter_ms: jitter, loss }) => [
  delay > 0 && `${delay} ms`, jitter > 0 && `± ${jitter} ms`, loss > 0 && `${percent(loss)} loss`,
].filter(Boolean).join(', ');
