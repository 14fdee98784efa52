// Figures that a run leaves behind: printed at its end, and kept in target/browser/figures.json.

/** Hands figures to the reporter. */
export function report(testInfo, figures) {
  testInfo.annotations.push({ type: FIGURES, description: JSON.stringify(figures) });
}

export const FIGURES = 'figures';
