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
const OVERHANG = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/**
 * A page as it is now, in both themes and widths: a picture of each into `.pictures/NAME-THEME-WIDTH.png`.
 * @returns what axe finds in any of them, where the page is wider than the window, and icons that are too large; each with theme and width before it
 */
export async function lookAt(page: Page, name: string): Promise<readonly string[]> {
  mkdirSync(PICTURES, { recursive: true });
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    const overhang: number = await page.evaluate(OVERHANG);
    if (overhang > 0) found.push(`${name}, ${width}: ${overhang} px wider than the window`);
    const huge: string[] = await page.evaluate(HUGE_ICONS);
    found.push(...huge.map((icon) => `${name}, ${width}: the icon ${icon} is huge`));
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}-${width}.png`), fullPage: true });
      found.push(...(await findBarriers(page)).map((barrier) => `${name}, ${colorScheme}, ${width}: ${barrier}`));
    }
  }
  await page.setViewportSize({ width: WIDTHS[0], height: HEIGHT });
  return found;
}
