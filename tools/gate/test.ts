import { availableParallelism } from 'node:os';
import { checkSteps } from './check-steps.ts';
import { Gate } from './gate.ts';
import { provideComponents } from './provide-components.ts';
import { runAtMost } from './run-at-most.ts';

/**
 * `bin/test`: everything a change must pass. With `CI=true` the real back ends are installed from Debian's packages and a missing
 * one is a failure; without, it is skipped, and the closing table says so.
 */
const minuteMs = 60_000;
const gate = new Gate(15 * minuteMs);
const provided = provideComponents(gate, process.env.CI === 'true');
await runAtMost(
  availableParallelism(),
  checkSteps.map((step) => () => gate.check(step)),
);
// Unit tests too need a program or two that is installed only now.
const { env, stop } = await provided;
try {
  await gate.vitest('unit tests', 'unit', 5 * minuteMs);
  await gate.vitest('end-to-end tests', 'e2e', 10 * minuteMs, env);
} finally {
  await stop();
}
await gate.finish();
