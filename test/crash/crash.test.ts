import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, describeOnEachEngine } from '../support/engines.ts';
import { buildServer } from './driver/build-server.ts';
import type { ServerProgram } from './driver/server-process.ts';
import { World } from './driver/world.ts';
import { pointsOf } from './points-of.ts';
import { ALL_SCENARIOS } from './scenarios/all-scenarios.ts';
import type { Strike } from './server/orders.ts';
import { twoAtATime } from './two-at-a-time.ts';
import { untouchedMoves } from './untouched-moves.ts';

/*
 * A server dies (SIGKILL) right before and right after commits of every kind, and is started again on what it left. After each death the whole database is
 * held against the lifecycle's rules, and what was acknowledged against what is there. A failure names the point; to see it again:
 * CRASH_AT='WORDS SIDE' and vitest.
 */
let root: string;
let program: ServerProgram;

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-crash-')));
  program = await buildServer(root);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describeOnEachEngine((engine) => {
  const { points, leastKills } = pointsOf(engine, 'die', process.env);
  const strikes: Strike[] = [];

  it.concurrent.for([...ALL_SCENARIOS])(
    'a server that is killed at its commits loses nothing that it acknowledged, and comes to the same end: $scenario',
    { timeout: 600_000 },
    ({ play }, { onTestFinished }) =>
      twoAtATime(async () => {
        const dataDir = mkdtempSync(join(root, 'data-'));
        const database = engine === 'PostgreSQL' ? await createTestDatabase() : null;
        onTestFinished(async () => database?.drop());
        const world = new World({ program, dataDir, databaseUrl: database?.url ?? null, points, strikes });
        onTestFinished(() => world.coordinator.kill());
        await world.begin();
        await play(world, mkdtempSync(join(root, 'work-')));
        expect(await world.end()).toEqual([]);
      }),
  );

  it.skipIf(leastKills === 0)('has been killed often enough, and on both sides of whatever a job can do', () => {
    expect(strikes.length).toBeGreaterThanOrEqual(leastKills);
    if (points.share === 1) expect(untouchedMoves(strikes)).toEqual([]);
  });
});
