import { makeDirectory } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import { Control, forgetSecrets, goOnWithJob, type JournalReading, owesCleanup, runJob } from '../../runner/index.ts';
import type { JobHome } from '../job-homes.ts';
import { type WireRecord, wireRecordOf, writeWireRecord } from '../journal/wire-record.ts';
import { cleanupOnWire } from './end/report-job.ts';
import type { JobContext } from './job-context.ts';
import { RESUMED } from './pulse.ts';
import { seeThrough } from './see-through.ts';
import { teardownOnWire } from './wire-ports.ts';

/**
 * Sees one job from its payload to the moment when the server has heard how it ended.
 * @param onFinished called once it has come to its end here, whoever is still to hear of it
 * @throws the system's error where the job cannot even be written down: nobody has accepted it; else as `seeThrough`
 */
export async function runWireJob(
  context: JobContext,
  payload: JobPayload,
  home: JobHome,
  onFinished: () => void,
): Promise<void> {
  const { environment, clock, version, coordinator } = context;
  // GitLab's page takes the times of lines off; ours has none there.
  const settings = { ...context.settings, timestamps: coordinator.hasAdditions() === false };
  const { directory } = home;
  makeDirectory(directory, 0o700);
  const wire = wireRecordOf(context.entry, coordinator.hasAdditions() === true);
  writeWireRecord(directory, wire, owesCleanup(payload));
  const control = new Control();
  const seen = context.metrics.begin(payload, 'taken');
  const given = {
    directory,
    executor: context.executorFor({ shell: settings.shell, settings }),
    clock,
    control,
    environment,
    shell: settings.shell,
    settings,
    secrets: [context.buildSettings.token],
    version,
    isSameBoot: true,
    keep: false,
  };
  const job = { payload, home, control, seen, left: null, ended: null, onFinished };
  let begun: JobPayload | null = payload;
  await seeThrough(context, job, (means) => {
    const running = runJob({ ...given, ...means, payload: begun });
    // A second call goes on with what the first has left on the books.
    begun = null;
    return running;
  });
}

export interface LeftJob {
  readonly reading: Extract<JournalReading, { kind: 'usable' }>;
  /** Null: nobody knows. */
  readonly wire: WireRecord | null;
  /** The machine has not been started anew since. */
  readonly isSameBoot: boolean;
}

/** Goes on with a job that an earlier process began, as far as it had got. */
export async function goOnWithWireJob(
  context: JobContext,
  { reading: { record, progress }, isSameBoot }: LeftJob,
  home: JobHome,
  onFinished: () => void,
): Promise<void> {
  const { executorFor, clock, version } = context;
  const { directory } = home;
  const { payload } = record;
  const control = new Control();
  const seen = context.metrics.begin(payload, 'taken_up');
  const secrets = [context.buildSettings.token];
  const given = {
    ...{ directory, record, executorFor, clock, control },
    ...{ secrets, version, keep: false, isSameBoot },
  };
  // Its runner died between the last word and the tidying up.
  if (progress.result !== null) forgetSecrets(directory, context.warn);
  const { verdict, cleanup } = progress;
  const left = {
    ...RESUMED,
    ...(verdict === null ? {} : teardownOnWire(verdict.cause, progress.cleanupExtraMs)),
    ...(cleanup === null ? {} : { cleanup: cleanupOnWire(cleanup) }),
  };
  const job = { payload, home, control, seen, left, ended: progress.result, onFinished };
  // Whatever its entry says now.
  const { settings } = record;
  await seeThrough({ ...context, settings }, job, (means) => goOnWithJob({ ...given, ...means }));
}
