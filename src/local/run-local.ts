import { join } from 'node:path';
import { startGuard } from '../runner/index.ts';
import { drivePipelines } from './drive/drive-pipelines.ts';
import { openSources } from './drive/jobs/sources.ts';
import type { LocalRunOptions } from './local-run-options.ts';
import { recoverRuns } from './recovery/recover-runs.ts';
import type { RunFinished } from './run-event.ts';
import { createRun } from './runs/create-run.ts';
import { endRun } from './runs/end-run.ts';
import { registerRun } from './runs/register-run.ts';
import { buildsOf } from './runs/run-directory.ts';
import { stopExitCode } from './stop-exit-code.ts';

/**
 * Runs a pipeline of a checkout on this machine, from the recovery of earlier runs to the exit code.
 * @throws Failure when nothing could be started (state directory, snapshot); nothing is owed then.
 */
export async function runLocal(options: LocalRunOptions): Promise<RunFinished> {
  const { clock, control, paths, checkout } = options;
  const startedAt = clock.now();
  await recoverRuns({ ...options, runId: null, by: 'run', wait: false });
  const { ref, sha } = options.pipeline.facts.git;
  const record = { checkout, startedAt, ref, sha, keep: options.keep, outerJob: options.outerJob };
  const { run, lock } = await createRun(paths, record);
  const warn = (text: string) => options.emit({ type: 'message', at: clock.now(), level: 'warning', text });
  const recoverCommand = [...options.recoverCommand, '--run', String(run.record.id)];
  const guard = startGuard({
    command: [...recoverCommand, '--guard'],
    logFile: join(run.path, 'guard.log'),
    clock,
    onTrouble: warn,
  });
  const notRegistered = registerRun(run, recoverCommand);
  if (notRegistered !== null) warn(notRegistered);
  const sources = openSources(checkout, buildsOf(run), control.interruptSignal);
  const { plan, facts } = options.pipeline;
  const trouble = await sources.prepare(plan, facts.given).then(
    () => null,
    (error: unknown) => error,
  );
  const isReady = trouble === null && control.interruption === null;
  // An exception in here is a bug. The run then stays on record as not ended, and its guard takes over what it owes.
  const status = isReady ? await drivePipelines(options, run, sources) : 'canceled';
  await endRun(run, { clock, guard, lock, warn });
  if (trouble !== null && control.interruption === null) throw trouble;
  const at = clock.now();
  const exitCode = stopExitCode(control) ?? (status === 'failed' || status === 'canceled' ? 1 : 0);
  const finished: RunFinished = {
    type: 'run_finished',
    at,
    run: String(run.record.id),
    status,
    exitCode,
    durationMs: at - startedAt,
  };
  options.emit(finished);
  return finished;
}
