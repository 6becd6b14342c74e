import { describeError } from '../base/index.ts';
import type { JobPayload } from '../protocol/index.ts';
import { Control } from '../runner/index.ts';
import type { DaemonOptions } from './daemon-options.ts';
import { type JobContext, runWireJob } from './job/run-wire-job.ts';
import type { JobHome } from './job-homes.ts';
import { openEntry, type Shared } from './open-entry.ts';
import { Quarantine } from './quarantine/quarantine.ts';
import { EntryLoops } from './take/entry-loops.ts';
import { Places } from './take/places.ts';

/** The loops of a process; they begin with the first `apply`. */
export function openLoops(options: DaemonOptions, shared: Shared): EntryLoops {
  const { config, clock, directory, log, shutdown, refusalEnds } = options;
  const { metrics, homes } = shared;
  const quarantine = new Quarantine({
    ...{ directory, clock, warn: (text) => log('warn', text) },
    askServer: async () => null,
    onChange(key, since) {
      const entry = metrics.entries.find(({ facts }) => facts.key === key);
      if (entry !== undefined) entry.quarantinedSince = since;
    },
  });
  const places: Places = new Places(() => loops.concurrent);
  const loops: EntryLoops = new EntryLoops(config, {
    ...{ places, clock, log, stop: shutdown.noMoreJobs, refusalEnds },
    open: (entry) => openEntry(options, entry, { ...shared, quarantine }),
    run: (live, payload, giveBack) => runTaken(options, live.context, payload, { home: homes.next(), giveBack }),
    gate: (live) => ({
      isShut: () => quarantine.since(live.current) !== null,
      pass: (signal) => quarantine.pass(() => live.current, signal),
    }),
  });
  return loops;
}

async function runTaken(
  { shutdown, log }: DaemonOptions,
  context: JobContext,
  payload: JobPayload,
  { home }: { readonly home: JobHome; readonly giveBack: () => void },
): Promise<void> {
  const job = runWireJob(context, payload, home, new Control());
  // Handed out in the moment when we were told to stop.
  if (shutdown.tornDown.aborted) context.jobs.interruptAll();
  await job.catch((error: unknown) => log('warn', `job ${payload.id}: ${describeError(error)}`));
}
