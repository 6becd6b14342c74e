import type { Page } from 'playwright-core';
import { pressTab } from '../../support/hands.ts';

/** Of one walk: a page with more is walked at its beginning only. */
const MOST_STEPS = 80;

/** What a keyboard can reach, in the order of the document; of radio buttons of one name, one. */
const TARGETS = `(() => {
  const names = new Set();
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')].filter((element) => {
    if (element.disabled || element.tabIndex < 0 || !element.checkVisibility({ visibilityProperty: true })) return false;
    if (document.querySelector('dialog[open]:modal') !== null && !element.closest('dialog')) return false;
    if (element.type !== 'radio') return true;
    if (names.has(element.name)) return false;
    names.add(element.name);
    return true;
  });
})()`;

/** Of what has the focus: where it is in TARGETS, and what is wrong with how it shows that; null: nothing has it. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const at = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 12));
  const faults = [];
  // Of a date a part of it has the focus, which the browser marks.
  if (element.type !== 'date' && (outlineStyle === 'none' || outlineWidth === '0px')) faults.push('no outline');
  if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) faults.push('outside of the window, from ' + [box.left, box.top] + ' to ' + [box.right, box.bottom]);
  else if (at !== null && !element.contains(at) && !at.contains(element) && at.closest('label')?.control !== element)
    faults.push('covered by ' + at.outerHTML.slice(0, 80));
  const index = ${TARGETS}.findIndex((one) => one === element || (one.type === 'radio' && one.name === element.name));
  return { index, html: element.outerHTML.slice(0, 120), faults };
})()`;

/**
 * Goes through the page by Tab, from its beginning.
 * @returns what has the focus without showing it, is covered or outside of the window then, or is not come to
 */
export async function walkByTab(page: Page): Promise<readonly string[]> {
  await page.evaluate('document.activeElement?.blur(); scrollTo(0, 0)');
  const total: number = await page.evaluate(`${TARGETS}.length`);
  const found: string[] = [];
  const reached = new Set<number>();
  const wanted = Math.min(total, MOST_STEPS);
  for (let step = 0; reached.size < wanted && step < MOST_STEPS * 2; step++) {
    await pressTab(page);
    const focused = await seen(page);
    // Out of the page, to the browser itself; it comes back to what is before where it began.
    if (focused === null) continue;
    reached.add(focused.index);
    if (focused.index < 0) continue;
    found.push(...focused.faults.map((fault) => `Tab: ${fault}: ${focused.html}`));
  }
  if (reached.size < wanted) found.push(`Tab leads to ${reached.size} of ${total}: ${await missed(page, reached)}`);
  return found;
}

interface Focused {
  readonly index: number;
  readonly html: string;
  readonly faults: readonly string[];
}

/** A log draws its rows in the frame after the one in which the browser scrolled to what has the focus. */
async function seen(page: Page): Promise<Focused | null> {
  const focused: Focused | null = await page.evaluate(FOCUSED);
  if (focused === null || focused.faults.length === 0) return focused;
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
  return await page.evaluate(FOCUSED);
}

async function missed(page: Page, reached: ReadonlySet<number>): Promise<string> {
  const known = JSON.stringify([...reached]);
  return await page.evaluate(
    `${TARGETS}.filter((_, index) => !${known}.includes(index)).map((one) => one.outerHTML.slice(0, 100)).join(' ')`,
  );
}
