import type { Browser } from 'playwright-core';
import type { Reading } from '../compare.ts';
import { Client } from '../serve/client.ts';
import type { Coordinator } from '../serve/coordinator.ts';
import { liveOnce } from '../serve/job-life.ts';

const JOBS = 200;
/** Of a job's life: taken, running, script, teardown, ended. */
const CHANGES = JOBS * 5;

/** A pipeline is looked at while its jobs run one after the other: what the page's main thread is busy with all of it. */
export async function readLiveUpdates(browser: Browser, coordinator: Coordinator, cookie: string): Promise<Reading> {
  const { server, rest } = coordinator;
  coordinator.push('many', `it: {parallel: ${JOBS}, tags: [many], script: "true", after_script: ["true"]}\n`);
  const made = await rest({ method: 'POST', path: '/projects/root%2Fmany/pipeline', body: '{"ref":"main"}' });
  const { id } = JSON.parse(made.text) as { readonly id: number };
  const runner = await coordinator.makeRunner(['many']);
  const client = new Client(server.url);
  const context = await browser.newContext();
  try {
    await context.addCookies([{ name: 'epilogue_session', value: cookie, url: server.url }]);
    const page = await context.newPage();
    await page.goto(`${server.url}/root/many/-/pipelines/${id}`);
    await page.getByText(`0 of ${JOBS} jobs`).waitFor();
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable');
    const busyMs = async (): Promise<number> => {
      const { metrics } = await session.send('Performance.getMetrics');
      return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000;
    };
    const before = await busyMs();
    for (let job = 0; job < JOBS; job++) await liveOnce(client, runner, 's_page');
    await page.getByRole('button', { name: 'Cancel', exact: true }).waitFor({ state: 'detached' });
    const value = (await busyMs()) - before;
    return {
      name: `main thread, ${CHANGES} changes`,
      value,
      target: null,
      unit: 'ms',
      note: `${JOBS} jobs in a stage`,
    };
  } finally {
    client.close();
    await context.close();
  }
}
