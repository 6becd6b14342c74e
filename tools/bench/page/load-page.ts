import type { Browser } from 'playwright-core';

export interface Load {
  /** As they came over the wire, headers counted. */
  readonly bytes: number;
  readonly requests: number;
  /** Since the address was gone to, by the browser's clock: something is drawn; the view's heading is there. */
  readonly firstPaintMs: number;
  readonly thereMs: number;
  /** What the heading says where it is not the view's own, because that cannot be shown. */
  readonly refused: string | null;
}

/** Notes when the first `h1` is there: who asks from outside learns it later. */
const WATCH = `new MutationObserver((_, watch) => {
  if (document.querySelector('h1') === null) return;
  globalThis.headingAtMs = performance.now();
  watch.disconnect();
}).observe(document, { childList: true, subtree: true })`;
const PAINT = `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN`;

/** What a view is headed by where it cannot be shown: not a load of the view. */
const REFUSED = `document.querySelector('.notice h1')?.textContent ?? null`;

/** One load by a browser that has nothing but the session's cookie, until the view's heading is there. */
export async function loadPage(
  browser: Browser,
  { url, cookie }: { readonly url: string; readonly cookie: string },
): Promise<Load> {
  const context = await browser.newContext();
  try {
    await context.addCookies([{ name: 'epilogue_session', value: cookie, url: new URL('/', url).href }]);
    const page = await context.newPage();
    const network = await context.newCDPSession(page);
    await network.send('Network.enable');
    let bytes = 0;
    let requests = 0;
    network.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
      requests += 1;
    });
    await page.addInitScript(WATCH);
    await page.goto(url);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    const refused: string | null = await page.evaluate(REFUSED);
    const thereMs: number = await page.evaluate('headingAtMs');
    await page.waitForFunction(`!Number.isNaN(${PAINT})`);
    return { bytes, requests, firstPaintMs: await page.evaluate(PAINT), thereMs, refused };
  } finally {
    await context.close();
  }
}
