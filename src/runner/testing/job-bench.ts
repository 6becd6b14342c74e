import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { payload } from '../../../test/support/jobs/payload.ts';
import type { Clock } from '../../base/index.ts';
import { createScriptedMachine, type Executor, type Performance, type ScriptedMachine } from '../../executors/index.ts';
import type { Cleanup, JobPayload } from '../../protocol/index.ts';
import { Control } from '../control.ts';
import type { Extended, JobPorts, PhaseChange } from '../job-ports.ts';
import type { JobResult, Move } from '../journal/move.ts';
import { DEFAULT_RUNNER_SETTINGS, type RunnerSettings } from '../open/runner-settings.ts';
import { runJob } from '../run-job.ts';

/** What each step of a scripted job does, by id; a step that is not named prints its id. */
export type Acts = Readonly<Record<string, Performance>>;

/** Told what is about to be called. */
type Fate = (turn: string) => void;

export const START = Date.UTC(2026, 0, 1);

/** One job on a scripted machine: a runner can be started on it, and another one when that one is gone. */
export class JobBench {
  readonly directory = mkdtempSync(join(tmpdir(), 'epilogue-job-'));
  readonly clock = new AutoClock(START);
  readonly machine: ScriptedMachine;
  readonly payload: JobPayload;
  readonly phases: PhaseChange[] = [];
  readonly trouble: string[] = [];
  readonly cleaned: Cleanup[] = [];
  readonly extended: Extended[] = [];
  readonly logSizes: number[] = [];
  settings: RunnerSettings = DEFAULT_RUNNER_SETTINGS;
  secrets: readonly string[] = [];
  askToStart: JobPorts['askToStart'] = async () => 'accepted';
  getSources: JobPorts['getSources'] = async () => {};
  keep: JobPorts['keep'] = async (artifact) => artifact;
  dependencyArchive: JobPorts['dependencyArchive'] = async () => null;
  /** What whoever takes the job over knows of the machine. */
  isSameBoot = false;
  /** Told of each change before `phases` is. */
  onPhase: JobPorts['phase'] = () => {};

  /** Why there is no place for the job; null: there is. */
  refusePrepare: (signal: AbortSignal) => Promise<string | null> = async () => null;

  constructor(acts: Acts, changes: Partial<JobPayload> = {}) {
    this.machine = createScriptedMachine({
      clock: this.clock,
      refusePrepare: (_, signal) => this.refusePrepare(signal),
      perform: ({ id }) => acts[id] ?? [{ do: 'print', text: `${id}\n` }],
    });
    this.payload = payload({
      steps: [
        { name: 'script', script: ['true'], timeout: 3600, when: 'on_success', allow_failure: false },
        { name: 'after_script', script: ['true'], timeout: 3600, when: 'always', allow_failure: true },
      ],
      ...changes,
    });
  }

  /** A runner's life. `takeOver`: it finds what the one before it left. `fate` is asked at every turn of that life and may end it. */
  run(control = new Control(), takeOver = false, fate: Fate = () => {}): Promise<JobResult | null> {
    return runJob({
      directory: this.directory,
      projectDir: join(this.directory, 'project'),
      payload: takeOver ? null : this.payload,
      executor: fatedExecutor(this.machine.executor(), fate),
      clock: fatedClock(this.clock, fate),
      control,
      ports: {
        askToStart: (signal) => this.askToStart(signal),
        getSources: (place, signal, say) => this.getSources(place, signal, say),
        dependencyArchive: (dependency, signal) => this.dependencyArchive(dependency, signal),
        keep: async (artifact, signal) => {
          fate('keep');
          return this.keep(artifact, signal);
        },
        cacheDir: join(this.directory, 'cache'),
        phase: (change) => {
          this.onPhase(change);
          this.phases.push(change);
        },
        extended: (extension) => void this.extended.push(extension),
        cleaned: (cleanup) => void this.cleaned.push(cleanup),
        logGrew: (sizeBytes) => void this.logSizes.push(sizeBytes),
        trouble: (message) => void this.trouble.push(message),
      },
      environment: {},
      shell: null,
      settings: this.settings,
      secrets: this.secrets,
      version: 'test',
      isSameBoot: this.isSameBoot,
      keep: false,
    });
  }

  get started(): string[] {
    return this.machine.started.map(({ step }) => step.id);
  }

  /** When each step started, in ms after the job did. */
  startOf(id: string): number | undefined {
    const found = this.machine.started.find(({ step }) => step.id === id);
    return found === undefined ? undefined : found.at - START;
  }

  get signals(): string[] {
    return this.machine.signals.map(({ signal, at }) => `${signal} ${at - START}`);
  }

  log(): string {
    return readFileSync(join(this.directory, 'log'), 'utf8');
  }

  moves(): Move[] {
    return readFileSync(join(this.directory, 'moves.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Move);
  }

  dispose(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function fatedClock(clock: Clock, fate: Fate): Clock {
  return {
    now() {
      fate('now');
      return clock.now();
    },
    monotonic: () => clock.monotonic(),
    sinceBoot: () => clock.sinceBoot(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}

/** Fate strikes between any two calls of the contract. */
function fatedExecutor(executor: Executor, fate: Fate): Executor {
  return {
    name: executor.name,
    async prepare(job, signal) {
      fate('prepare');
      return new Proxy(await executor.prepare(job, signal), {
        get(place, key, receiver) {
          const value: unknown = Reflect.get(place, key, receiver);
          if (typeof value === 'function') fate(String(key));
          return value;
        },
      });
    },
  };
}
