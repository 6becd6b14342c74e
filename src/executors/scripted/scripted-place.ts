import { setImmediate } from 'node:timers/promises';
import { type Clock, Failure } from '../../base/index.ts';
import type { HostPrograms } from '../containers/host-programs.ts';
import {
  type JobProcess,
  type JobSpec,
  type Place,
  START_PATIENCE_MS,
  type StepSpec,
  type StepState,
} from '../executor.ts';
import { processesOf, type ScriptedJob } from './scripted-job.ts';
import type { ScriptedStep } from './scripted-step.ts';

interface MachineCalls {
  start(job: JobSpec, step: StepSpec): void;
  signal(job: JobSpec, signal: 'TERM' | 'KILL' | 'none'): readonly JobProcess[];
  /** Resolves once the place answers again; null: it does. */
  away(): Promise<void> | null;
  readonly host: HostPrograms;
}

/** One runner's view of a job; all state is the machine's. */
export function createScriptedPlace(place: JobSpec, job: ScriptedJob, clock: Clock, machine: MachineCalls): Place {
  const { collect, deliver, deliverTree } = job.files;
  /** Where this reader stands in each log. */
  const readUpTo = new Map<string, number>();

  function step(stepId: string): ScriptedStep | null {
    const found = job.steps.get(stepId);
    return found === undefined || found === 'forbidden' ? null : found;
  }

  function hasNews(stepId: string): boolean {
    const found = step(stepId);
    if (found === null) return false;
    return !found.isRunning() || found.log.size > (readUpTo.get(stepId) ?? 0);
  }

  async function changed(stepId: string, maxMs: number, signal?: AbortSignal): Promise<void> {
    // As in the shell executor: a caller's loop must let time go by.
    await setImmediate();
    if (!signal?.aborted && !hasNews(stepId)) await nextChange(job, clock, maxMs, signal);
  }

  async function signal(kind: 'TERM' | 'KILL' | 'none'): Promise<readonly JobProcess[]> {
    return [...machine.signal(place, kind), ...(await machine.host.signal(kind))];
  }

  return {
    shell: 'bash',
    projectDir: place.projectDir,
    host: { dir: null, environment: machine.host.environment },
    temporaryDir: `${place.projectDir}.tmp`,
    nestedRuns: async () => [],
    async disownNestedRuns() {},
    async start(spec) {
      await untilBack(machine.away(), clock, spec);
      machine.start(place, spec);
    },
    async clear() {},
    async reserve() {},
    async forbid(stepId) {
      if (!job.steps.has(stepId)) job.steps.set(stepId, 'forbidden');
    },
    look: async (stepId) => stateOf(job, step(stepId)),
    async readLog(stepId, offset, into) {
      const count = step(stepId)?.log.read(offset, into) ?? 0;
      readUpTo.set(stepId, offset + count);
      return count;
    },
    readNote: async (name) => job.notes.get(name) ?? null,
    cutLog: async (stepId, sizeBytes) => step(stepId)?.log.cut(sizeBytes) ?? 0,
    changed,
    signal,
    untilDead: (maxMs, stop) => untilDead({ job, clock, host: machine.host }, maxMs, stop),
    ...{ collect, deliver, deliverTree },
    async clean(keepFiles = false) {
      await signal('KILL');
      if (!keepFiles) job.files.clear();
    },
  };
}

function stateOf({ leaving }: ScriptedJob, step: ScriptedStep | null): StepState {
  if (step === null) return { kind: 'absent' };
  return step.isRunning() && leaving !== null ? leaving : step.look();
}

const LOOK_EVERY_MS = 10;

interface Watched {
  readonly job: ScriptedJob;
  readonly clock: Clock;
  readonly host: MachineCalls['host'];
}

async function untilDead(
  { job, clock, host }: Watched,
  maxMs: number,
  signal?: AbortSignal,
): Promise<readonly JobProcess[]> {
  const deadline = clock.monotonic() + maxMs;
  for (;;) {
    const outside = await host.signal('none');
    const left = [...processesOf(job), ...outside];
    const now = clock.monotonic();
    if (left.length === 0 || now >= deadline || signal?.aborted) return left;
    // Of what ends on this machine nobody is told.
    const leftMs = outside.length > 0 ? Math.min(LOOK_EVERY_MS, deadline - now) : deadline - now;
    await nextChange(job, clock, leftMs, signal);
  }
}

/** As a place does that is reached by a connection which is lost. */
async function untilBack(away: Promise<void> | null, clock: Clock, { id }: StepSpec): Promise<void> {
  if (away === null) return;
  const isBack = new AbortController();
  void away.then(() => isBack.abort());
  await clock.sleep(START_PATIENCE_MS, isBack.signal);
  if (isBack.signal.aborted) return;
  const seconds = START_PATIENCE_MS / 1000;
  throw new Failure('step_not_started', `step ${id} was not started: its place has not answered for ${seconds} s`);
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
