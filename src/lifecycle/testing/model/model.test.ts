import { afterAll, describe, expect, it } from 'vitest';
import { MOVES, type RunnerFeatures } from '../../job/index.ts';
import { checkJob, describeViolation, NORMAL } from './check-job.ts';
import type { Variant } from './world.ts';

const GITLABS: RunnerFeatures = { cancelGracefully: true, phases: false, cleanupOnly: false };
const PLAIN: RunnerFeatures = { cancelGracefully: false, phases: false, cleanupOnly: false };
const BLUNT: RunnerFeatures = { cancelGracefully: false, phases: true, cleanupOnly: false };
const WIDE = { toCoordinator: 2, toRunners: 2 };

/** Bounds are per variant: what has two runners at work, and hands the cleanup over, has far more worlds. */
const VARIANTS: readonly (readonly [string, Partial<Variant>])[] = [
  ['not interruptible, our runner', { interruptible: false, extends: true }],
  ['not interruptible, a runner that cannot cancel', { interruptible: false, runner: PLAIN, capacity: WIDE }],
  ['interruptible, our runner', { interruptible: true, capacity: WIDE }],
  ["interruptible, GitLab's runner", { interruptible: true, runner: GITLABS, capacity: WIDE }],
  ['interruptible, a runner that cannot cancel', { interruptible: true, runner: BLUNT, capacity: WIDE }],
  ['graceful, our runner', { interruptible: 'graceful' }],
  [
    'graceful, our runner, cleanup handed over twice',
    { interruptible: 'graceful', capacity: { toCoordinator: 1, toRunners: 1 }, cleanupHandOuts: 2, crashes: false },
  ],
  [
    'graceful, our runner, with more time for the cleanup',
    { interruptible: 'graceful', capacity: { toCoordinator: 1, toRunners: 1 }, extends: true, crashes: false },
  ],
  ["graceful, GitLab's runner", { interruptible: 'graceful', runner: GITLABS }],
  ['graceful, a runner that may not take it', { interruptible: 'graceful', runner: PLAIN, capacity: WIDE }],
];

describe('every reachable state of one job, its runners and a bad network', () => {
  const explored: string[] = [];
  const moves = new Set<string>();

  it.each(VARIANTS)('keeps every invariant: %s', { timeout: 120_000 }, (name, variant) => {
    const checked = checkJob({ ...NORMAL, ...variant });
    expect(checked.violation === null ? null : describeViolation(checked.violation)).toBeNull();
    explored.push(`${name}: ${checked.worlds} states, ${checked.steps} steps`);
    for (const move of checked.moves) moves.add(move);
  });

  it('takes every row of the table that a script job can reach', () => {
    const elsewhere = new Set([
      'grant-resource',
      'unschedule',
      'teardown-not-canceled',
      'claim-cleanup-refused',
      // Hand-outs without end: no finite number of states. It is sent only of an attempt that never was at a runner.
      'return',
    ]);
    const unused = MOVES.filter((row) => row.kind !== 'trigger' && !moves.has(row.id) && !elsewhere.has(row.id));
    expect(unused.map((row) => row.id)).toEqual([]);
  });

  afterAll(() => {
    process.stdout.write(`\n${explored.join('\n')}\n`);
  });
});
