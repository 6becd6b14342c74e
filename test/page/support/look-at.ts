import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { findBarriers } from './find-barriers.ts';

/** Outside of version control: to be looked at, and never compared. */
const PICTURES = join(import.meta.dirname, '../../../.pictures');
const HEIGHT = 800;
const THEMES = ['light', 'dark'] as const;
/** CSS pixels: a desktop, a phone. */
const WIDTHS = [1280, 390] as const;
/** Icons that a sheet of their own should make small, and that it did not come with. */
const HUGE_ICONS = `[...document.querySelectorAll('svg[viewBox="0 0 16 16"]')]
  .filter((icon) => icon.getBoundingClientRect().width > 32)
  .map((icon) => icon.getAttribute('class'))`;
/** By how much the page is wider than the window, and what stands out of it that nothing around it cuts off; empty: it is not. */
const OVERHANG = `(() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const isCut = (element) => element !== null && element !== document.body &&
    (getComputedStyle(element).overflowX !== 'visible' || isCut(element.parentElement));
  const out = [...document.body.querySelectorAll('*')].filter((element) =>
    element.getBoundingClientRect().right > clientWidth && !isCut(element.parentElement));
  return [scrollWidth - clientWidth + ' px wider than the window: ' + out.slice(-2).map((element) => element.outerHTML.slice(0, 120)).join(' ')];
})()`;

/**
 * A page as it is now, in both themes and widths: a picture of each into `.pictures/NAME-THEME-WIDTH.png`.
 * @returns what axe finds in any of them (in the dark, what can differ), where the page is wider than the window,
 * and icons that are too large; each with theme and width before it
 */
export async function lookAt(page: Page, name: string): Promise<readonly string[]> {
  mkdirSync(PICTURES, { recursive: true });
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    const overhang: readonly string[] = await page.evaluate(OVERHANG);
    found.push(...overhang.map((words) => `${name}, ${width}: ${words}`));
    const huge: string[] = await page.evaluate(HUGE_ICONS);
    found.push(...huge.map((icon) => `${name}, ${width}: the icon ${icon} is huge`));
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}-${width}.png`), fullPage: true });
      const barriers = await findBarriers(page, rulesOf(colorScheme));
      found.push(...barriers.map((barrier) => `${name}, ${colorScheme}, ${width}: ${barrier}`));
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: WIDTHS[0], height: HEIGHT });
  return found;
}

/**
 * Null: all. What is there, where it is and how it is called may be others by the width, but not by the theme: no sheet and no script
 * asks for it but the pairs of `light-dark()`. So only the rules that look at colours (axe's `cat.color`) can differ by it.
 */
function rulesOf(theme: (typeof THEMES)[number]): readonly string[] | null {
  return theme === 'light' ? null : ['color-contrast', 'link-in-text-block'];
}
