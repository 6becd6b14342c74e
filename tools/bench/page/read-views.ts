import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { waitUntil } from '../../components/index.ts';
import { median, quantile, type Reading } from '../compare.ts';
import { root } from '../processes.ts';
import type { Coordinator } from '../serve/coordinator.ts';
import { jobsOf } from '../serve/job-actions.ts';
import { type Load, loadPage } from './load-page.ts';

const ROUNDS = 4;
const KIB = 1024;
/** Compressed, as it is promised of the first view: no other one weighs more, */
const MOST_KIB = 150;
/** but the editor, of which CodeMirror is the most; loaded by nobody else. */
const MOST_OF_EDITOR_KIB = 250;
const EDITOR = '/:project/-/ci/editor';
const WAIT_MS = 30_000;
const CI_FILE = 'it: {script: "echo made > made.txt", artifacts: {paths: [made.txt]}}\n';

/** Every address of the page's own table, loaded with an empty cache: bytes, requests, what is seen when. */
export async function readViews(
  browser: Browser,
  coordinator: Coordinator,
  cookie: string,
): Promise<readonly Reading[]> {
  const { rest, server } = coordinator;
  coordinator.push('shop', CI_FILE);
  const made = await rest({ method: 'POST', path: '/projects/root%2Fshop/pipeline', body: '{"ref":"main"}' });
  const { id: pipeline } = JSON.parse(made.text) as { readonly id: number };
  const isDone = async (): Promise<boolean> => {
    const { text } = await rest({ method: 'GET', path: `/projects/root%2Fshop/pipelines/${pipeline}` });
    return (JSON.parse(text) as { readonly status: string }).status === 'success';
  };
  await waitUntil(isDone, { what: 'the pipeline of root/shop', timeoutMs: WAIT_MS });
  const [job] = await jobsOf(coordinator, 'shop');
  const readings: Reading[] = [];
  for (const address of addresses()) {
    const path = address
      .replace(':project', 'root/shop')
      .replace(':pipeline', String(pipeline))
      .replace(':job', String(job?.id))
      .replace('*', '');
    readings.push(await readView(browser, address, { url: `${server.url}${path}`, cookie }));
  }
  return readings;
}

/** Of the views, as their table has them; the sign-in is only there for who has none. */
function addresses(): readonly string[] {
  const table = readFileSync(join(root, 'web/src/router/table.ts'), 'utf8');
  return [...table.matchAll(/entry\(\s*'([^']+)'/g)].map(([, address = '']) => address);
}

async function readView(
  browser: Browser,
  name: string,
  asked: { readonly url: string; readonly cookie: string },
): Promise<Reading> {
  const loads: Load[] = [];
  // The first one warms the server, and is thrown away.
  for (let round = -1; round < ROUNDS; round++) {
    const load = await loadPage(browser, asked);
    if (round >= 0) loads.push(load);
  }
  const of = (what: (load: Load) => number): string => median(loads.map(what)).toFixed(0);
  const times =
    `${of(({ requests }) => requests)} requests, paint ${of(({ firstPaintMs }) => firstPaintMs)} ms, ` +
    `heading ${of(({ thereMs }) => thereMs)} ms`;
  const refused = loads.find((load) => load.refused !== null)?.refused ?? null;
  const bytes = quantile(
    loads.map((load) => load.bytes),
    1,
  );
  return {
    name,
    // A page that says no is small and quick, which must not pass for the view.
    value: refused === null ? bytes / KIB : Number.POSITIVE_INFINITY,
    target: name === EDITOR ? MOST_OF_EDITOR_KIB : MOST_KIB,
    unit: 'KiB',
    note: refused ?? times,
  };
}
