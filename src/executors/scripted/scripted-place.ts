import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../base/index.ts';
import type { JobProcess, JobSpec, Place, StepSpec } from '../executor.ts';
import { processesOf, type ScriptedJob } from './scripted-job.ts';
import type { ScriptedStep } from './scripted-step.ts';

interface MachineCalls {
  start(job: JobSpec, step: StepSpec): void;
  signal(job: JobSpec, signal: 'TERM' | 'KILL' | 'none'): readonly JobProcess[];
}

/** One runner's view of a job; all state is the machine's. */
export function createScriptedPlace(place: JobSpec, job: ScriptedJob, clock: Clock, machine: MachineCalls): Place {
  /** Where this reader stands in each log. */
  const readUpTo = new Map<string, number>();

  function step(stepId: string): ScriptedStep | null {
    const found = job.steps.get(stepId);
    return found === undefined || found === 'forbidden' ? null : found;
  }

  function hasNews(stepId: string): boolean {
    const found = step(stepId);
    if (found === null) return false;
    return found.look().kind !== 'running' || found.log.size > (readUpTo.get(stepId) ?? 0);
  }

  async function changed(stepId: string, maxMs: number, signal?: AbortSignal): Promise<void> {
    // As in the shell executor: a caller's loop must let time go by.
    await setImmediate();
    if (!signal?.aborted && !hasNews(stepId)) await nextChange(job, clock, maxMs, signal);
  }

  return {
    shell: 'bash',
    projectDir: place.projectDir,
    host: null,
    temporaryDir: `${place.projectDir}.tmp`,
    nestedRuns: async () => [],
    async disownNestedRuns() {},
    start: async (spec) => machine.start(place, spec),
    async clear() {},
    async reserve() {},
    async forbid(stepId) {
      if (!job.steps.has(stepId)) job.steps.set(stepId, 'forbidden');
    },
    look: async (stepId) => step(stepId)?.look() ?? { kind: 'absent' },
    async readLog(stepId, offset, into) {
      const count = step(stepId)?.log.read(offset, into) ?? 0;
      readUpTo.set(stepId, offset + count);
      return count;
    },
    readNote: async (name) => job.notes.get(name) ?? null,
    cutLog: async (stepId, sizeBytes) => step(stepId)?.log.cut(sizeBytes) ?? 0,
    changed,
    signal: async (signal) => machine.signal(place, signal),
    untilDead: (maxMs, signal) => untilDead(job, clock, maxMs, signal),
    deliverTree: (directory, signal) => job.files.deliverTree(directory, signal),
    collect: (selection, signal) => job.files.collect(selection, signal),
    deliver: (files, signal) => job.files.deliver(files, signal),
    async clean(keepFiles = false) {
      machine.signal(place, 'KILL');
      if (!keepFiles) job.files.clear();
    },
  };
}

async function untilDead(
  job: ScriptedJob,
  clock: Clock,
  maxMs: number,
  signal?: AbortSignal,
): Promise<readonly JobProcess[]> {
  const deadline = clock.monotonic() + maxMs;
  for (;;) {
    const [left, now] = [processesOf(job), clock.monotonic()];
    if (left.length === 0 || now >= deadline || signal?.aborted) return left;
    await nextChange(job, clock, deadline - now, signal);
  }
}

async function nextChange(
  job: ScriptedJob,
  clock: Clock,
  maxMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  signal?.addEventListener('abort', stop, { once: true });
  job.listeners.add(stop);
  await clock.sleep(maxMs, over.signal);
  job.listeners.delete(stop);
  signal?.removeEventListener('abort', stop);
}
