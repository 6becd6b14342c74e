import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { type PostgresServer, startPostgresServer, whyNoPostgres } from '../support/engines.ts';
import { describeAsRoot } from '../support/privilege.ts';
import { waitUntil } from '../support/wait-until.ts';
import { buildServer } from './driver/build-server.ts';
import type { Answer } from './driver/coordinator.ts';
import { demand, Runner } from './driver/runner.ts';
import { User } from './driver/user.ts';
import { World } from './driver/world.ts';
import { fillDisk } from './server/fill-disk.ts';

/*
 * The disk on which PostgreSQL keeps everything becomes full. At first its tables cannot grow; once its log cannot either, it panics, and does not come up
 * again before there is room. Meanwhile the coordinator says what is wrong, and afterwards it goes on by itself, with all that it had acknowledged.
 */

/** Of a database's variables none fits where one did not. */
const MOST_VARIABLES = 2_000;
const NO_POINTS = { deed: 'die', most: 0, share: 1, seed: 0, only: null } as const;
const FILE = 'build: {script: x, after_script: y}\n';

/** Everything that the test needs, and that is gone after it. */
async function open() {
  const root = realpathSync(mkdtempSync(join('/tmp', 'epilogue-full-pg-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  chmodSync(root, 0o755);
  const disk = mkdtempSync(join(root, 'disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m,mode=1777', 'tmpfs', disk]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', disk]));
  const postgres = await startPostgresServer({ dataDir: join(disk, 'data') });
  onTestFinished(() => postgres.stop());
  await run(postgres, 'postgres', 'create database ci');
  const program = await buildServer(root);
  const dataDir = mkdtempSync(join(root, 'data-'));
  const world = new World({ program, dataDir, databaseUrl: postgres.urlOf('ci'), points: NO_POINTS, strikes: [] });
  onTestFinished(() => world.coordinator.kill());
  await world.begin();
  return { ...{ root, postgres, world }, ballast: join(disk, 'ballast') };
}

async function run(postgres: PostgresServer, database: string, statement: string): Promise<void> {
  const client = new pg.Client(postgres.urlOf(database));
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end();
  }
}

describeAsRoot('a coordinator whose PostgreSQL has a full disk', () => {
  it.skipIf(whyNoPostgres() !== null)(
    'says so while tables cannot grow and while the server is down, loses nothing, and goes on when there is room',
    { timeout: 120_000 },
    async () => {
      const { root, postgres, world, ballast } = await open();
      const user = await User.create(world, { parent: mkdtempSync(join(root, 'work-')), name: 'shop' });
      const runner = new Runner(world);
      await runner.register();
      const pipeline = await user.push({ '.gitlab-ci.yml': FILE });
      const job = await runner.take('build');
      await job.start();
      await job.write('one\n');
      const put = (key: string): Promise<Answer> =>
        user.request('POST', '/variables', { key, value: 'x'.repeat(8_000) });
      const kept: string[] = [];

      fillDisk(ballast);
      const refused = await waitUntil('no room for a variable', async () => {
        const key = `KEY_${kept.length}`;
        const answer = await put(key);
        if (answer.status !== 201) return answer;
        expect(kept.push(key)).toBeLessThan(MOST_VARIABLES);
        return null;
      });
      expect([refused.status, refused.json.message]).toEqual([507, expect.stringContaining('no room is left')]);
      // What is there can be read.
      demand(await user.request('GET', `/pipelines/${pipeline}`), [200]);

      await panic(postgres);
      const down = await waitUntil('the server is missed', async () => {
        const answer = await user.request('GET', `/pipelines/${pipeline}`);
        return answer.status === 200 ? null : answer;
      });
      expect([down.status, down.json.message]).toEqual([503, expect.stringContaining('database')]);

      rmSync(ballast);
      // Whoever minds the server starts it again.
      await postgres.restart('INT');
      await waitUntil('an answer', async () => (await put('AFTERWARDS')).status === 201);
      for (const key of [...kept, 'AFTERWARDS']) demand(await user.request('GET', `/variables/${key}`), [200]);
      await job.write('two\n');
      await job.finish('success', 'success');
      await user.untilPipeline(pipeline, 'success');
      expect(await world.end()).toEqual([]);
    },
  );
});

/** Its log cannot grow: each switch wants another file of it. */
async function panic(postgres: PostgresServer): Promise<void> {
  await waitUntil('PostgreSQL panics', async () => {
    await run(postgres, 'ci', "select pg_logical_emit_message(false, 'x', 'y'); select pg_switch_wal()").catch(
      () => undefined,
    );
    return /PANIC: .*No space left on device/.test(postgres.readLog());
  });
}
