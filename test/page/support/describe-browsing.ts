import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { missingChromium } from '../../../src/coordinator/page/testing/chromium.ts';
import { Browsing } from './browsing.ts';

/** Tests on pages: skipped where no browser is, but with `CI=true` they fail then. One browser for all tests of `body`; nothing may be wrong on any page that one visits. */
export function describeBrowsing(title: string, body: (browsing: () => Browsing) => void): void {
  const why = process.env.CI === 'true' ? null : missingChromium();
  describe.skipIf(why !== null)(why === null ? title : `${title} (${why})`, () => {
    let browsing: Browsing | null = null;
    beforeAll(async () => {
      browsing = await Browsing.start();
    });
    afterEach(async () => {
      expect(await browsing?.leave()).toEqual([]);
    });
    afterAll(async () => await browsing?.end());
    body(() => {
      if (browsing === null) throw new Error('there is no browser');
      return browsing;
    });
  });
}
