import { afterAll, expect, it } from 'vitest';
import { CONDITIONS, describeTrial, drawTrial } from './draw-trial.ts';
import { runTrial } from './run-trial.ts';

/**
 * Kills the program, or what stands around it, at random moments, and looks at a ledger outside of every run. `bin/test` runs a hundred
 * and more, `bin/test --long` a thousand. To see some again: CAMPAIGN=seed:first:last and the same command, or vitest.
 */
const [seed = Date.now() % 1_000_000_000, first = 1, last = 160] = process.env.CAMPAIGN?.split(':').map(Number) ?? [];
const canFillDisk = process.getuid?.() === 0;
const conditions = CONDITIONS.filter((condition) => canFillDisk || condition !== 'disk is full');
const trials = Array.from({ length: last - first + 1 }, (_, index) => drawTrial(seed, first + index, conditions));

let struck = 0;

// Most moments lie within the life of a run; when they no longer do, the campaign proves nothing.
afterAll(() => expect(struck).toBeGreaterThanOrEqual(Math.floor(trials.length * 0.65)));

for (const trial of trials) {
  it.concurrent(`${seed}:${describeTrial(trial)}`, async () => {
    const { problems, kills } = await runTrial(trial);
    struck += kills > 0 ? 1 : 0;
    expect(problems).toEqual([]);
  });
}
