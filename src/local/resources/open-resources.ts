import { Control } from '../../runner/index.ts';
import type { LocalRunOptions } from '../local-run-options.ts';
import { recoverRuns } from '../recovery/recover-runs.ts';
import type { RunDirectory } from '../runs/run-directory.ts';
import { ResourceGroups } from './resource-groups.ts';
import { takeResource } from './take-resource.ts';

/** The resource groups of a run, shared with the other runs of its checkout. */
export function openResources(options: LocalRunOptions, run: RunDirectory): ResourceGroups {
  const { clock, emit, control } = options;
  return new ResourceGroups({
    clock,
    take: (job, key) => takeResource(run, job, key),
    tell: (level, text) => emit({ type: 'message', at: clock.now(), level, text }),
    async recover(runId, signal) {
      const own = new Control();
      const giveUp = () => own.interrupt({ cause: 'canceled', isCancel: true, by: 'run' });
      const force = () => own.force(control.forced ?? { by: 'run', why: 'force cancel' });
      signal.addEventListener('abort', giveUp, { once: true });
      control.forceSignal.addEventListener('abort', force, { once: true });
      try {
        await recoverRuns({ ...options, control: own, runId, by: 'run', wait: true });
      } finally {
        signal.removeEventListener('abort', giveUp);
        control.forceSignal.removeEventListener('abort', force);
      }
    },
  });
}
