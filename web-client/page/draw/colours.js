// The few colours with which the engine itself draws, the same as in base.css. A game adds its own.

export const colours = {
  void: '#090b0f',
  line: '#222b38',
  column: '#43536a',
  text: '#e6edf3',
  muted: '#8b949e',
  accent: '#ff9f43',
  other: '#4cc9f0',
  bad: '#ff5d5d',
  good: '#3fb950',
};
