import type { Locator, Page } from 'playwright-core';

/** How somebody uses a page: the same steps with a mouse, and with a keyboard alone. */
export interface Hands {
  press(target: Locator): Promise<void>;
  /** Instead of what stands there. */
  write(target: Locator, words: string): Promise<void>;
}

export const WAYS = ['mouse', 'keyboard'] as const;

/** More than there is to reach on any page of these tests. */
const MOST_STEPS = 150;

export function handsOf(way: (typeof WAYS)[number], page: Page): Hands {
  return way === 'mouse'
    ? { press: (target) => target.click(), write: (target, words) => target.fill(words) }
    : keyboard(page);
}

function keyboard(page: Page): Hands {
  const hasFocus = async (target: Locator) => (await target.and(page.locator(':focus')).count()) > 0;
  const reach = async (target: Locator): Promise<void> => {
    await target.waitFor();
    for (let step = 0; step < MOST_STEPS; step++) {
      if (await hasFocus(target)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${target}`);
  };
  return {
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
