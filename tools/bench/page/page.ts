import { type Browser, chromium } from 'playwright-core';
import { chromiumPath } from '../../../src/coordinator/page/testing/chromium.ts';
import type { Group, Reading } from '../compare.ts';
import { type Coordinator, startCoordinator } from '../serve/coordinator.ts';
import { readBigLog } from './big-logs.ts';
import { BIG_LOGS, fillLogs } from './fill-logs.ts';
import { readLiveLog } from './live-log.ts';
import { readLiveUpdates } from './live-updates.ts';
import { readViews } from './read-views.ts';

const PASSWORD = 'correct horse battery';

/** The page in Chromium: each load with an empty cache, from a server that has been asked before. */
export const page: Group = {
  name: 'page',
  about: 'the page in Chromium from a warm coordinator, nothing in its cache',
  comparisons: () => [],
  async readings() {
    const coordinator = await startCoordinator('SQLite', { withRunner: true });
    const browser = await chromium.launch({
      executablePath: chromiumPath(),
      // The log's own bar is dragged.
      ignoreDefaultArgs: ['--hide-scrollbars'],
      chromiumSandbox: false,
      args: ['--disable-gpu', '--disable-quic', '--no-first-run'],
    });
    try {
      const cookie = await signIn(coordinator);
      return [
        ...(await readLogs(browser, coordinator, cookie)),
        ...(await readViews(browser, coordinator, cookie)),
        await readLiveUpdates(browser, coordinator, cookie),
      ];
    } finally {
      await browser.close();
      await coordinator.close();
    }
  },
};

/** The logs in one pipeline: each has a job, and one runs. */
async function readLogs(browser: Browser, coordinator: Coordinator, cookie: string): Promise<readonly Reading[]> {
  const jobs = [...BIG_LOGS.map((_, at) => `big-${at}`), 'live'];
  const ciFile = jobs.map((name) => `${name}: {tags: [logs], script: "true", after_script: ["true"]}\n`).join('');
  coordinator.push('logs', ciFile);
  const made = await coordinator.rest({
    method: 'POST',
    path: '/projects/root%2Flogs/pipeline',
    body: '{"ref":"main"}',
  });
  const { id: pipeline } = JSON.parse(made.text) as { readonly id: number };
  const runner = await coordinator.makeRunner(['logs']);
  const filled = await fillLogs(coordinator, { project: 'logs', runner });
  const base = coordinator.server.url;
  const readings: Reading[] = [];
  for (const [at, log] of BIG_LOGS.entries()) {
    readings.push(...(await readBigLog(browser, log, { base, cookie, pipeline, job: filled[at] ?? 0 })));
  }
  return [...readings, ...(await readLiveLog(browser, coordinator, { cookie, runner }))];
}

/** @returns the cookie's value */
async function signIn({ rest, server }: Coordinator): Promise<string> {
  const { text } = await rest({ method: 'GET', path: '/users?username=root' });
  const [root] = JSON.parse(text) as readonly { readonly id: number }[];
  await rest({ method: 'PUT', path: `/users/${root?.id}`, body: JSON.stringify({ password: PASSWORD }) });
  const answer = await fetch(`${server.url}/users/sign_in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: 'root', password: PASSWORD }),
    signal: AbortSignal.timeout(10_000),
  });
  const cookie = /epilogue_session=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1];
  if (cookie === undefined) throw new Error(`sign-in answered ${answer.status}`);
  return cookie;
}
