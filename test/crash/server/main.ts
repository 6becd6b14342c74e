import { join } from 'node:path';
import { openDiskStore } from '../../../src/blobs/index.ts';
import { createLog, createTokenAtMachine } from '../../../src/coordinator/index.ts';
import { addressOf, probeAddress } from '../../../src/coordinator/listen.ts';
import { type OpenParts, openParts } from '../../../src/coordinator/open-parts.ts';
import { serveParts } from '../../../src/coordinator/serve.ts';
import { openRepositories } from '../../../src/git/index.ts';
import { openStore } from '../../../src/store/index.ts';
import { createCrasher } from './crasher.ts';
import { crashingParts } from './crashing-parts.ts';
import { fillDisk } from './fill-disk.ts';
import type { Orders, Question, Told } from './orders.ts';
import { ShiftedClock } from './shifted-clock.ts';

/*
 * A coordinator that kills itself at commits that do what it was told, and otherwise is the real one. Started by the campaign, which speaks to it over
 * IPC. Loads everything first and then waits for its orders, so that the next one can be loaded while this one serves.
 */

const LOCAL = { host: '127.0.0.1', port: 0 };

process.on('disconnect', () => process.exit(0));
process.once('message', (orders: Orders) => {
  serve(orders).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
tell({ tell: 'loaded' });

async function serve(orders: Orders): Promise<void> {
  const clock = new ShiftedClock(orders);
  const log = createLog((line) => process.stderr.write(line), { level: 'warn', format: 'json' });
  const listen = await probeAddress(LOCAL);
  const { parts, close } = await open(orders, { clock, log, base: addressOf(listen) });
  const crasher = createCrasher(orders, (strike) => {
    fillDisk(orders.ballast);
    tell({ tell: 'filled', strike });
  });
  const crashing = await crashingParts(parts, crasher);
  const server = await serveParts(crashing, close, { listen, trustProxy: false, log });
  const answers = {
    token: () =>
      createTokenAtMachine(parts.store, { username: 'root', name: 'campaign', scopes: ['api'], expiresAt: null }),
    effects: () =>
      parts.store.read(async ({ query }) => {
        const { count } = await query
          .selectFrom('outbox')
          .select((row) => row.fn.countAll().as('count'))
          .executeTakeFirstOrThrow();
        return Number(count);
      }),
    stop: () => server.stop().then(() => null),
  };
  process.on('message', async (question: Question) => {
    if (question.ask === 'pass') clock.pass(question.ms);
    // What has no answer on a full disk is asked again.
    const value = question.ask === 'pass' ? null : await answers[question.ask]().catch(() => null);
    tell({ tell: 'answer', id: question.id, value });
    if (question.ask === 'stop') process.disconnect();
  });
  tell({ tell: 'listening', address: server.address });
}

type Surroundings = Pick<Parameters<typeof openParts>[0], 'clock' | 'log' | 'base'>;

/** With PostgreSQL, by the test's clock too. */
async function open({ dataDir, databaseUrl, path }: Orders, surroundings: Surroundings): Promise<OpenParts> {
  const common = { ...surroundings, dataDir, pageDir: dataDir, version: '0.0.0-crash', s3: null };
  if (databaseUrl === null) return await openParts({ ...common, databaseUrl, path });
  const store = await openStore({
    database: { url: databaseUrl },
    keyFile: join(dataDir, 'master.key'),
    clock: surroundings.clock,
    time: 'clock',
    connections: 4,
  });
  const repositories = openRepositories({ root: join(dataDir, 'repositories'), path });
  const blobs = openDiskStore({ root: join(dataDir, 'blobs') });
  return { parts: { ...common, store, repositories, blobs }, close: () => store.close() };
}

function tell(told: Told): void {
  process.send?.(told);
}
