import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { describeBrowsing } from '../../support/describe-browsing.ts';
import { lookAt } from '../../support/look-at.ts';
import type { Visit } from '../../support/visit.ts';
import { type Person, Stage } from './stage.ts';
import { walkByTab } from './walk-by-tab.ts';

export interface Gallery {
  readonly stage: Stage;
  /** Opens an address with the clock held. `as`: `ana`; null: nobody has signed in. */
  open(path: string, as?: Person | null): Promise<Visit>;
  /** The page once `ready` is there, in both themes and widths, and walked through by Tab. */
  show(visit: Visit, name: string, ready: Locator): Promise<void>;
}

/** One stage for all pictures of `body`. */
export function describePictures(title: string, body: (gallery: () => Gallery) => void): void {
  // Many pictures a test, and other tests beside it.
  vi.setConfig({ testTimeout: 120_000 });
  describeBrowsing(title, (browsing) => {
    let stage: Stage | null = null;
    beforeAll(async () => {
      stage = await Stage.open();
    });
    afterAll(async () => {
      expect(await stage?.close()).toEqual([]);
    });
    body(() => {
      if (stage === null) throw new Error('nothing is set up');
      const on = stage;
      return {
        stage: on,
        open: async (path, as = 'ana') => {
          const visit = await browsing().visit(on.base, as === null ? {} : { session: on.sessionOf(as) });
          await holdClock(visit.page, on.parts.clock.now());
          await visit.go(path);
          return visit;
        },
        show: async ({ page }, name, ready) => {
          await ready.waitFor();
          expect.soft([...(await lookAt(page, name)), ...(await walkByTab(page))]).toEqual([]);
        },
      };
    });
  });
}

/** What the page reads as the time, by either clock: what counts down or up stands still. Timers go on. */
async function holdClock(page: Page, now: number): Promise<void> {
  await page.addInitScript(`{
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...given) { super(...(given.length === 0 ? [${now}] : given)); }
      static now() { return ${now}; }
    };
    performance.now = () => 1000;
  }`);
}
