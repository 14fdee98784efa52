// Finds parts of a page that do not fit on its screen.

import { expect } from '@playwright/test';

/** Nothing that can be seen sticks out of the screen, and the page does not scroll. */
export async function fits(page) {
  const outside = await page.evaluate(() => [...document.querySelectorAll('button, input, canvas, section, form, p')]
    .filter((element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([, { left, right }]) => left < -1 || right > innerWidth + 1)
    .map(([element]) => element.id || element.outerHTML.slice(0, 80)));
  expect(outside).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
}

/** Which of the parts of the page, by id, that can be seen lie on each other or stick out of the screen. */
export function faultsOf(page, parts) {
  return page.evaluate((parts) => {
    const boxes = parts.map((id) => [id, document.getElementById(id)])
      .filter(([, element]) => element.checkVisibility())
      .map(([id, element]) => ({ id, ...element.getBoundingClientRect().toJSON() }))
      .filter(({ width, height }) => width > 0 && height > 0);
    return boxes.flatMap((a, index) => [
      ...(a.left >= -1 && a.top >= -1 && a.right <= innerWidth + 1 && a.bottom <= innerHeight + 1 ? [] : [`${a.id} sticks out`]),
      ...boxes.slice(index + 1)
        .filter((b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
        .map((b) => `${a.id} lies on ${b.id}`),
    ]);
  }, parts);
}
