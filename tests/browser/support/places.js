// Where things are: `cargo xtask test` says so by variables, and by hand they are where cargo puts them.

import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const target = process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target');

/** Folder of screenshots, figures, and what is left of failures. */
export const OUT = process.env.RICOCHET_TEST_BROWSER_OUT ?? path.join(target, 'browser');
export const SERVER = process.env.RICOCHET_TEST_SERVER ?? path.join(target, 'debug/ricochet-server');
/** Written by `cargo run --package tests --example transcript`. */
export const TRANSCRIPT = process.env.RICOCHET_TEST_TRANSCRIPT ?? path.join(OUT, 'transcript.bin');
export const CHROMIUM = process.env.RICOCHET_TEST_CHROMIUM ?? '/usr/bin/chromium';
export const MAPS = path.join(ROOT, 'tests/browser/maps');
/** Whether to try the page as it is in the sources, without packing it. */
export const PAGE_SOURCES = process.env.RICOCHET_TEST_PAGE === 'sources';
