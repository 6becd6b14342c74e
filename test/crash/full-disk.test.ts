import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildServer } from './driver/build-server.ts';
import type { ServerProgram } from './driver/server-process.ts';
import { World } from './driver/world.ts';
import { pointsOf } from './points-of.ts';
import { ALL_SCENARIOS } from './scenarios/all-scenarios.ts';
import type { Strike } from './server/orders.ts';
import { hasSmallDisks, takeSmallDisk } from './small-disk.ts';
import { twoAtATime } from './two-at-a-time.ts';

/*
 * The disk of a server becomes full right before and right after commits of every kind; it is killed on it now and then. What it cannot do it says, with
 * words, and once there is room it goes on.
 */
let root: string;
let program: ServerProgram;

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-full-')));
  program = await buildServer(root);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.skipIf(!hasSmallDisks)('a server whose disk is full', () => {
  const { points, leastKills } = pointsOf('SQLite', 'fill', process.env);
  const strikes: Strike[] = [];

  it.concurrent.for([...ALL_SCENARIOS])(
    'loses nothing that it acknowledged, and goes on when there is room: $scenario',
    { timeout: 600_000 },
    ({ play }, { onTestFinished }) =>
      twoAtATime(async () => {
        const disk = takeSmallDisk();
        const dataDir = join(disk.path, 'data');
        mkdirSync(dataDir);
        const world = new World({ program, dataDir, databaseUrl: null, points, strikes });
        onTestFinished(() => world.coordinator.kill());
        try {
          await world.begin();
          await play(world, mkdtempSync(join(root, 'work-')));
          expect(await world.end()).toEqual([]);
        } finally {
          world.coordinator.kill();
          // The next scenario may want it.
          disk.release();
        }
      }),
  );

  it.skipIf(leastKills === 0)('has been filled often enough', () => {
    expect(strikes.length).toBeGreaterThanOrEqual(leastKills);
  });
});
