import { root } from './check-steps.ts';
import type { Gate } from './gate.ts';
import { campaignOf } from './kill-at-random.ts';
import { type CopyableComponent, makeOrdinaryUser } from './ordinary-user.ts';
import { testsOfTheProgram, testsOnTheMachine } from './tests-on-the-machine.ts';

/** Enough to kill everything in every condition twice, and for two pipelines of the campaign of runners, whose deadline follows from it. */
const KILLS = 48;
/** Of test/daemon/matrix: where a script is stopped and a cleanup begun, and a user makes a difference. */
const MATRIX_PHASES = 'script';

/**
 * Once more as an ordinary user: permission bits, limits and signals do not hold root. Those that could see a difference
 * (`tests-on-the-machine.ts`). Nothing when we are such a user ourselves. What the tests leave in the user's temporary directory is a failure.
 */
export async function testAsOrdinaryUser(
  gate: Gate,
  timeoutMs: number,
  copyable: readonly CopyableComponent[],
): Promise<void> {
  const user = makeOrdinaryUser();
  if (user === null) return;
  try {
    const env = Object.assign(
      { MATRIX: MATRIX_PHASES },
      campaignOf(KILLS),
      ...copyable.map((component) => user.bring(component)),
    );
    await gate.vitest({
      name: `tests as ${user.name}`,
      projects: ['unit', 'e2e', 'campaign'],
      only: [...testsOfTheProgram(), ...testsOnTheMachine()].map((path) => `${root}/${path}`),
      timeoutMs,
      env,
      user,
    });
    const failures = user.leftFiles();
    if (failures.length === 0) return;
    gate.add({ name: 'files left', passed: 0, failed: failures.length, skipped: 0, durationMs: 0, failures });
  } finally {
    user.remove();
  }
}
