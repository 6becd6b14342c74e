import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeAsRoot } from '../support/privilege.ts';
import { buildServer } from './driver/build-server.ts';
import type { ServerProgram } from './driver/server-process.ts';
import { World } from './driver/world.ts';
import { pointsOf } from './points-of.ts';
import { ALL_SCENARIOS } from './scenarios/all-scenarios.ts';
import type { Strike } from './server/orders.ts';
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

describeAsRoot('a server whose disk is full', () => {
  const { points, leastKills } = pointsOf('SQLite', 'fill', process.env);
  const strikes: Strike[] = [];

  it.concurrent.for([...ALL_SCENARIOS])(
    'loses nothing that it acknowledged, and goes on when there is room: $scenario',
    { timeout: 600_000 },
    ({ play }, { onTestFinished }) =>
      twoAtATime(async () => {
        const disk = mkdtempSync(join(root, 'disk-'));
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]);
        onTestFinished(() => void execFileSync('umount', ['--lazy', disk]));
        const dataDir = join(disk, 'data');
        mkdirSync(dataDir);
        const world = new World({ program, dataDir, databaseUrl: null, points, strikes });
        onTestFinished(() => world.coordinator.kill());
        await world.begin();
        await play(world, mkdtempSync(join(root, 'work-')));
        expect(await world.end()).toEqual([]);
      }),
  );

  it.skipIf(leastKills === 0)('has been filled often enough', () => {
    expect(strikes.length).toBeGreaterThanOrEqual(leastKills);
  });
});
