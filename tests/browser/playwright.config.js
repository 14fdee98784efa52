// The page in a real Chromium, against real servers. `cargo xtask test --only browser` runs this; so does `npx playwright test`
// here, once `npm ci` and `cargo build` have been run. `RICOCHET_TEST_PAGE=sources` tries the page as its sources are, unpacked.

import { defineConfig } from '@playwright/test';

import { CHROMIUM, OUT, PAGE_SOURCES } from './support/places.js';

export default defineConfig({
  testMatch: '*.spec.js',
  // A fresh copy of the template has a server of its own: own-game.config.js.
  testIgnore: 'own-game/**',
  outputDir: `${OUT}/failures`,
  // Generous: a busy machine is slow, and nothing here waits for longer than it must.
  timeout: 180_000,
  expect: { timeout: 60_000 },
  // Drawing without a graphics card takes a core, and the server wants the other.
  workers: 1,
  reporter: [['list'], ['./support/figures-reporter.js']],
  use: {
    viewport: { width: 1280, height: 720 },
    actionTimeout: 60_000,
    launchOptions: {
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update',
        '--disable-sync', '--autoplay-policy=no-user-gesture-required',
        // What a test answers in place of the server has no address that the browser would take for a local one.
        ...(PAGE_SOURCES ? ['--disable-features=LocalNetworkAccessChecks'] : []),
      ],
    },
  },
});
