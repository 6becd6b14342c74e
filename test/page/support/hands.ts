import type { Locator, Page } from 'playwright-core';

/** How somebody uses a page: the same steps with a mouse, and with a keyboard alone. */
export interface Hands {
  /** Has the focus there, as far as the hands have a focus. */
  reach(target: Locator): Promise<void>;
  press(target: Locator): Promise<void>;
  /** Instead of what stands there. */
  write(target: Locator, words: string): Promise<void>;
}

export const WAYS = ['mouse', 'keyboard'] as const;

/** More than there is to reach on any page of these tests. */
const MOST_STEPS = 150;

export function handsOf(way: (typeof WAYS)[number], page: Page): Hands {
  return way === 'mouse'
    ? {
        reach: (target) => target.waitFor(),
        press: (target) => target.click(),
        write: (target, words) => target.fill(words),
      }
    : keyboard(page);
}

/** To what comes next. In the field for code Tab is a key to write with, until Escape, as it says itself. */
export async function pressTab(page: Page): Promise<void> {
  if (await page.evaluate('document.activeElement?.shadowRoot != null')) await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
}

function keyboard(page: Page): Hands {
  const hasFocus = async (target: Locator) => (await target.and(page.locator(':focus')).count()) > 0;
  const reach = async (target: Locator): Promise<void> => {
    await target.waitFor();
    for (let step = 0; step < MOST_STEPS; step++) {
      if (await hasFocus(target)) return;
      await pressTab(page);
    }
    throw new Error(`Tab does not lead to ${target}`);
  };
  return {
    reach,
    async press(target) {
      await reach(target);
      await page.keyboard.press('Enter');
    },
    async write(target, words) {
      await reach(target);
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.type(words);
    },
  };
}
