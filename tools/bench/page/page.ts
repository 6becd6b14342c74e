import { type Browser, chromium } from 'playwright-core';
import { chromiumPath } from '../../../src/coordinator/page/testing/chromium.ts';
import { type Group, median, type Reading } from '../compare.ts';
import { type Coordinator, startCoordinator } from '../serve/coordinator.ts';
import { readLiveUpdates } from './live-updates.ts';
import { type Load, loadPage } from './load-page.ts';

const ROUNDS = 10;
const KIB = 1024;
/** Of the first page, compressed. */
const MOST_KIB = 150;
const PASSWORD = 'correct horse battery';

/** Views by the words of their row, with their addresses and a heading that is there once they are. */
const VIEWS = [
  { name: 'projects', path: '/', heading: 'Projects' },
  { name: 'pipeline', path: '/root/shop/-/pipelines/1', heading: '#1' },
] as const;

/** The page in Chromium: each load with an empty cache, from a server that has been asked before. */
export const page: Group = {
  name: 'page',
  about: 'the page in Chromium from a warm coordinator, nothing in its cache',
  comparisons: () => [],
  async readings() {
    const coordinator = await startCoordinator('SQLite');
    const browser = await chromium.launch({
      executablePath: chromiumPath(),
      chromiumSandbox: false,
      args: ['--disable-gpu', '--disable-quic', '--no-first-run'],
    });
    try {
      coordinator.push('shop', 'it: {script: "true"}\n');
      await coordinator.rest({ method: 'POST', path: '/projects/root%2Fshop/pipeline', body: '{"ref":"main"}' });
      const cookie = await signIn(coordinator);
      const readings: Reading[] = [];
      for (const { name, path, heading } of VIEWS)
        readings.push(...(await readView(browser, name, { url: `${coordinator.server.url}${path}`, heading, cookie })));
      readings.push(await readLiveUpdates(browser, coordinator, cookie));
      return readings;
    } finally {
      await browser.close();
      await coordinator.close();
    }
  },
};

async function readView(
  browser: Browser,
  name: string,
  asked: { readonly url: string; readonly heading: string; readonly cookie: string },
): Promise<readonly Reading[]> {
  const loads: Load[] = [];
  // The first one warms the server, and is thrown away.
  for (let round = -1; round < ROUNDS; round++) {
    const load = await loadPage(browser, asked);
    if (round >= 0) loads.push(load);
  }
  const of = (what: (load: Load) => number): number => median(loads.map(what));
  const note = `median of ${ROUNDS}`;
  return [
    { name: `${name}: bytes`, value: of(({ bytes }) => bytes) / KIB, target: MOST_KIB, unit: 'KiB', note },
    { name: `${name}: requests`, value: of(({ requests }) => requests), target: null, unit: '', note },
    { name: `${name}: first paint`, value: of(({ firstPaintMs }) => firstPaintMs), target: null, unit: 'ms', note },
    { name: `${name}: is there`, value: of(({ thereMs }) => thereMs), target: null, unit: 'ms', note },
  ];
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
