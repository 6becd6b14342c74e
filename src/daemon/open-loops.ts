import { describeError } from '../base/index.ts';
import { DEFAULT_RUNNER_ENTRY } from './config/runner-config.ts';
import type { DaemonOptions } from './daemon-options.ts';
import type { JobContext } from './job/job-context.ts';
import { runWireJob } from './job/run-wire-job.ts';
import type { WireRecord } from './journal/wire-record.ts';
import { openEntry, type Shared } from './open-entry.ts';
import { askServer } from './quarantine/ask-server.ts';
import { Quarantine } from './quarantine/quarantine.ts';
import { EntryLoops } from './take/entry-loops.ts';
import { Places } from './take/places.ts';
import { mostJobs, whyUnwritable } from './take/room-for-jobs.ts';

export interface Loops {
  /** They begin with the first `apply`. */
  readonly loops: EntryLoops;
  readonly places: Places;
  /** For the jobs of an entry that is in no file any more. */
  readonly openGone: (wire: WireRecord | null) => JobContext;
}

/** What takes jobs in a process. */
export function openLoops(options: DaemonOptions, shared: Shared): Loops {
  const { config, clock, directory, log, shutdown, refusalEnds } = options;
  const { metrics, homes } = shared;
  const quarantine = new Quarantine({
    ...{ directory, clock, warn: (text) => log('warn', text) },
    async askServer(key, said) {
      const live = loops.find(key);
      if (live === null) return null;
      const { systemId, version } = options;
      const released = await askServer(live, said, { systemId, version });
      // Of an entry that asks for no job it hears from there first.
      if (live.context.coordinator.hasAdditions() === true) live.events.hear();
      return released;
    },
    onChange(key, since) {
      const entry = metrics.entries.find(({ facts }) => facts.key === key);
      if (entry !== undefined) entry.quarantinedSince = since;
    },
  });
  const most = mostJobs();
  if (config.concurrent > most)
    log(
      'warn',
      `concurrent is ${config.concurrent}, but the limit of open files (ulimit -n) suffices for ${most} at a time`,
    );
  const places: Places = new Places(() => Math.min(loops.config.concurrent, most));
  const loops: EntryLoops = new EntryLoops(config, {
    ...{ places, clock, log, stop: shutdown.noMoreJobs, refusalEnds },
    whyUnfit: ({ context }) => whyUnwritable([directory, context.buildSettings.buildsDir]),
    open: (entry) => openEntry(options, entry, { ...shared, quarantine }),
    async run({ context }, payload, giveBack) {
      const { id: job, job_info: info } = payload;
      const project = info.project_full_path;
      context.inform(`job ${job}: taken (${info.name} of ${project})`, { job, project });
      try {
        await runWireJob(context, payload, homes.next(), giveBack);
      } catch (error) {
        context.warn(`job ${job}: ${describeError(error)}`, { job, project });
      }
    },
    gate: (live) => ({
      isShut: () => quarantine.since(live.current) !== null,
      pass: (signal) => quarantine.pass(() => live.current, signal),
    }),
  });
  const openGone = (wire: WireRecord | null): JobContext => {
    const { key, name, url } = wire?.entry ?? { key: '', name: 'unknown', url: '' };
    const entry = { ...DEFAULT_RUNNER_ENTRY, key, name, url: () => url, token: '' };
    const { hasAdditions = null } = wire ?? {};
    return openEntry(options, () => entry, { ...shared, quarantine, hasAdditions }).context;
  };
  return { loops, places, openGone };
}
