import type { Browser } from 'playwright-core';

export interface Load {
  /** As they came over the wire, headers counted. */
  readonly bytes: number;
  readonly requests: number;
  /** Since the address was gone to, by the browser's clock: something is drawn; the view's heading is there. */
  readonly firstPaintMs: number;
  readonly thereMs: number;
}

/** Notes when the first `h1` is there: who asks from outside learns it later. */
const WATCH = `new MutationObserver((_, watch) => {
  if (document.querySelector('h1') === null) return;
  globalThis.headingAtMs = performance.now();
  watch.disconnect();
}).observe(document, { childList: true, subtree: true })`;
const PAINT = `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN`;

/** One load by a browser that has nothing but the session's cookie. `heading`: what the view's says. */
export async function loadPage(
  browser: Browser,
  { url, heading, cookie }: { readonly url: string; readonly heading: string; readonly cookie: string },
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
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    const thereMs: number = await page.evaluate('headingAtMs');
    await page.waitForFunction(`!Number.isNaN(${PAINT})`);
    return { bytes, requests, firstPaintMs: await page.evaluate(PAINT), thereMs };
  } finally {
    await context.close();
  }
}
