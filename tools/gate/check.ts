import { availableParallelism } from 'node:os';
import { checkSteps } from './check-steps.ts';
import { Gate } from './gate.ts';
import { runAtMost } from './run-at-most.ts';

/** `bin/check`: what a change must pass that needs no running program. Meant to be fast enough for every commit. */
const minuteMs = 60_000;
const gate = new Gate(18 * minuteMs);
await runAtMost(
  availableParallelism(),
  checkSteps.map((step) => () => gate.check(step)),
);
await gate.vitest({ name: 'unit tests', projects: ['unit'], timeoutMs: 15 * minuteMs });
await gate.finish();
