import type { Clock } from '../../base/index.ts';
import type { StepState } from '../executor.ts';
import { readClaim, readExit, readWrapper } from '../steps/step-directory.ts';
import { isWrapperAlive } from '../steps/step-process.ts';
import type { StepChild } from './start-step.ts';

/** Tells the state of one step, whoever started it. */
export interface StepExaminer {
  /** The wrapper is a child of this process: its end is known at once, and `onEnd` is called. */
  adopt(child: StepChild): void;
  look(): StepState;
}

/** A wrapper writes itself down within a millisecond of its claim; one that has not after this long was killed in between. */
const UNNAMED_MS = 1_000;

export interface ExaminedStep {
  readonly stepDir: string;
  /** `NAME=value` that the wrapper was started with. */
  readonly assignment: string;
  readonly clock: Clock;
}

export function createStepExaminer(step: ExaminedStep, onEnd: () => void): StepExaminer {
  const { stepDir, assignment, clock } = step;
  let child: StepChild | null = null;
  /** Set once `child` has ended; its code is null when a signal ended it. */
  let childEnd: { readonly code: number | null } | null = null;
  let final: StepState | null = null;
  let unnamedSince: number | null = null;

  function adopt(started: StepChild): void {
    child = started;
    void started.exited.then((code) => {
      childEnd = { code };
      onEnd();
    });
  }

  function look(): StepState {
    const state = final ?? examine();
    if (state.kind === 'ended' || state.kind === 'vanished') final = state;
    return state;
  }

  function examine(): StepState {
    const alive = isAlive();
    // Read after looking at the process: a wrapper writes first and goes then.
    const code = readExit(stepDir)?.code ?? (alive ? null : (childEnd?.code ?? null));
    if (code !== null) return { kind: 'ended', code };
    if (alive) return { kind: 'running' };
    return { kind: readClaim(stepDir) === 'wrapper' ? 'vanished' : 'absent' };
  }

  function isAlive(): boolean {
    if (child !== null) return childEnd === null;
    const wrapper = readWrapper(stepDir);
    if (wrapper !== null) return isWrapperAlive(wrapper, assignment);
    if (readClaim(stepDir) !== 'wrapper') return false;
    unnamedSince ??= clock.monotonic();
    return clock.monotonic() - unnamedSince < UNNAMED_MS;
  }

  return { adopt, look };
}
