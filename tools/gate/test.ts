import { availableParallelism } from 'node:os';
import { checkSteps } from './check-steps.ts';
import { provideComponents } from './components/provide-components.ts';
import { Gate } from './gate.ts';
import { killAtRandom } from './kill-at-random.ts';
import { runAtMost } from './run-at-most.ts';
import { testAsOrdinaryUser } from './test-as-ordinary-user.ts';

/**
 * `bin/test`: everything a change must pass. With `CI=true` the real back ends are installed from Debian's packages and a missing
 * one is a failure; without, it is skipped, and the closing table says so. Root runs the tests a second time as somebody ordinary.
 * `--long`: with a long campaign of random kills, half an hour on two cores, and loads as large as they are promised.
 */
const minuteMs = 60_000;
const isLong = process.argv.includes('--long');
const gate = new Gate((isLong ? 97 : 45) * minuteMs);
const provided = provideComponents(gate, process.env.CI === 'true');
await runAtMost(
  availableParallelism(),
  checkSteps.map((step) => () => gate.check(step)),
);
// Unit tests too need a program or two that is installed only now.
const { env, copyable, lookForLeftovers, stop } = await provided;
try {
  // Routes are asked for longer, see src/coordinator/hostile.
  const fuzz = isLong ? { FUZZ: '8:60' } : {};
  await gate.vitest({
    name: 'unit tests',
    projects: ['unit'],
    timeoutMs: (isLong ? 25 : 15) * minuteMs,
    env: { ...env, ...fuzz },
  });
  // Logs of a gigabyte and hundreds of jobs at once, see test/daemon/load.
  const load = isLong ? { LOAD: 'long' } : {};
  await gate.vitest({
    // Two thirds of it on a quiet machine of two cores.
    name: 'end-to-end tests',
    projects: ['e2e'],
    timeoutMs: (isLong ? 35 : 20) * minuteMs,
    env: { ...env, ...load },
  });
  await gate.vitest({ name: 'tests in containers', projects: ['docker'], timeoutMs: 10 * minuteMs, env });
  await killAtRandom(gate, isLong ? 1000 : 160, (isLong ? 40 : 10) * minuteMs);
  await testAsOrdinaryUser(gate, 15 * minuteMs, copyable);
  await lookForLeftovers();
} finally {
  await stop();
}
await gate.finish();
