import type { Page } from 'playwright-core';

/**
 * `whenShown(line)`: ms of the page's clock after the frame in which this line of the log was drawn (counted from 0; null: any), as a promise.
 * `askedAtMs`: of the last click or Enter, by the event's own time, which is when the browser got it.
 */
const WATCH = `{
  for (const name of ['click', 'keydown']) {
    addEventListener(name, (event) => {
      if (name === 'click' || event.key === 'Enter') globalThis.askedAtMs = event.timeStamp;
    }, true);
  }
  globalThis.askedAtMs = 0;
  globalThis.whenShown = (line) => new Promise((done, fail) => {
    setTimeout(() => fail(new Error('line ' + line + ' was not drawn within 30 s')), 30_000);
    const row = line === null ? '' : '[data-line="' + line + '"]';
    const isThere = () => [...document.querySelectorAll('.log-row' + row + ' .log-text')].some((text) => text.textContent !== '');
    const painted = () => requestAnimationFrame(() => setTimeout(() => done(performance.now())));
    if (isThere()) return painted();
    const watch = new MutationObserver(() => {
      if (!isThere()) return;
      watch.disconnect();
      painted();
    });
    watch.observe(document, { childList: true, subtree: true, characterData: true });
  });
}`;

/** Of all documents that this page will load. */
export async function watchLines(page: Page): Promise<void> {
  await page.addInitScript(WATCH);
}

/** Ms from the click or Enter that `ask` does until the line is drawn; null: any line. */
export async function timeToLine(page: Page, line: number | null, ask: () => Promise<void>): Promise<number> {
  await page.evaluate(`void (globalThis.shown = whenShown(${line}))`);
  await ask();
  return await page.evaluate<number>('shown.then((atMs) => atMs - askedAtMs)');
}
