// A game of one's own, as `cargo xtask new-game` makes it, in a real Chromium: `cargo xtask test --only "own game"` runs this.
// The variables RICOCHET_TEST_SERVER and RICOCHET_TEST_BOTS name its two programs.

import { defineConfig } from '@playwright/test';

import shared from './playwright.config.js';

export default defineConfig({ ...shared, testDir: 'own-game', testIgnore: [] });
