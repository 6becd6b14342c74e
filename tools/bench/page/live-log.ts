import type { Browser } from 'playwright-core';
import { median, type Reading } from '../compare.ts';
import { Client } from '../serve/client.ts';
import type { Coordinator } from '../serve/coordinator.ts';
import { hold, numbered } from './fill-logs.ts';
import { timeToLine, watchLines } from './watch-lines.ts';

const VISITS = 5;
const LINES = 20;
/** Lines that are there when one comes. */
const BEFORE = 5_000;

/** A job's log while it runs: its first line for somebody who opens its address, and each line that comes from then on. */
export async function readLiveLog(
  browser: Browser,
  { server }: Coordinator,
  { cookie, runner }: { readonly cookie: string; readonly runner: string },
): Promise<readonly Reading[]> {
  const client = new Client(server.url);
  const job = await hold(client, runner);
  try {
    const lines = Array.from({ length: BEFORE }, (_, line) => `${numbered(line)} before\n`);
    await job.trace(lines.join(''));
    const opened: number[] = [];
    const shown: number[] = [];
    for (let visit = 0; visit < VISITS; visit++) {
      const context = await browser.newContext();
      await context.addCookies([{ name: 'epilogue_session', value: cookie, url: server.url }]);
      const page = await context.newPage();
      await watchLines(page);
      await page.goto(`${server.url}/root/logs/-/jobs/${job.id}`);
      // Nobody has asked for anything on this page yet: its clock began with the address.
      opened.push(await timeToLine(page, BEFORE + visit * LINES - 1, async () => {}));
      for (let n = 0; n < LINES; n++) {
        const line = BEFORE + visit * LINES + n;
        await page.evaluate(`void (globalThis.shown = whenShown(${line}).then(() => Date.now()))`);
        const sentAt = Date.now();
        await job.trace(`${numbered(line)} live\n`);
        shown.push((await page.evaluate<number>('shown')) - sentAt);
      }
      await context.close();
    }
    return [
      {
        name: 'live log: address → its end',
        value: median(opened),
        target: null,
        unit: 'ms',
        note: `median of ${VISITS}, worst ${Math.max(...opened).toFixed(0)} ms`,
      },
      {
        name: 'live log: a line sent → drawn',
        value: median(shown),
        target: null,
        unit: 'ms',
        note: `median of ${shown.length}, worst ${Math.max(...shown).toFixed(0)} ms`,
      },
    ];
  } finally {
    await job.end();
    client.close();
  }
}
