import { join } from 'node:path';
import { describeError } from '../../base/index.ts';
import type { Cause } from '../../protocol/index.ts';
import {
  type FoundJournal,
  forgetSecrets,
  type JobPorts,
  type JobResult,
  LOG_FILE,
  takeOverJob,
} from '../../runner/index.ts';
import { jobPorts } from '../drive/jobs/job-ports.ts';
import { projectDirectory, type RunDirectory, removeBuilds } from '../runs/run-directory.ts';
import type { EndedJob } from '../runs/run-ending.ts';
import { type RecoveryOptions, say } from './recovery-options.ts';

type UsableJournal = FoundJournal & { readonly reading: { readonly kind: 'usable' } };

/**
 * `open`: it still owes something; `unreadable`: it may, and nobody can tell. Somebody was told why. Never throws: no job keeps another
 * from its cleanup.
 */
export async function finishJob(
  run: RunDirectory,
  journal: FoundJournal,
  options: RecoveryOptions,
): Promise<EndedJob | 'open' | 'unreadable' | 'never_ran'> {
  const { id, directory, reading } = journal;
  const tell = (text: string) => say(options, 'warning', text);
  if (reading.kind === 'none') {
    forgetSecrets(directory, tell);
    return 'never_ran';
  }
  if (reading.kind === 'unusable') {
    const words = `job ${id} of run ${run.record.id} is passed over, and may still owe its cleanup: ${reading.why}`;
    say(options, 'error', `${words} (${directory})`);
    return 'unreadable';
  }
  const { name } = reading.record.payload.job_info;
  try {
    // Its runner died between the last word and the tidying up.
    if (reading.progress.result !== null) forgetSecrets(directory, tell);
    const result = reading.progress.result ?? (await takeOver(run, { ...journal, reading }, options));
    if (result === null) return 'never_ran';
    return { id, name, status: result.status, cleanup: result.cleanup, logFile: join(directory, LOG_FILE) };
  } catch (error) {
    say(options, 'error', `${name}: cleanup is still owed: ${describeError(error)}`);
    return 'open';
  }
}

async function takeOver(
  run: RunDirectory,
  { id, directory, reading: { record, damagedLines } }: UsableJournal,
  options: RecoveryOptions,
): Promise<JobResult | null> {
  const { name, project_name } = record.payload.job_info;
  if (damagedLines > 0)
    say(options, 'warning', `${name}: ${damagedLines} lines of its journal cannot be read (${directory})`);
  const { keep } = run.record;
  const projectDir = projectDirectory(run, id, project_name);
  const ports = portsOf(run, id, name, options);
  const result = await takeOverJob({ ...options, directory, projectDir, record, ports, keep }, options.by);
  // The end of the run names what is left.
  if (!keep) await removeBuilds(run, id);
  return result;
}

function portsOf(run: RunDirectory, id: number, name: string, { clock, emit }: RecoveryOptions): JobPorts {
  const tell = (cause: Cause | null, deadline: number | null) =>
    emit({
      type: 'job_changed',
      at: clock.now(),
      job: id,
      name,
      status: 'running',
      phase: 'teardown',
      cause,
      canceledBy: null,
      deadline,
    });
  return jobPorts(
    { run, clock, emit },
    {
      id,
      name,
      // What its run did not place, nobody will need.
      getSources: async () => {},
      archiveOf: () => null,
      // Nobody may start what its run did not start.
      askToStart: async () => 'refused',
      phase: ({ phase, cause, deadline }) => {
        if (phase === 'teardown') tell(cause, deadline);
      },
      extended: ({ cause, deadline }) => tell(cause, deadline),
    },
  );
}
