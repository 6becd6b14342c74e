import type { JobChanged, JobFinished, RunStarted } from '../../local/index.ts';
import type { ShownEvent } from '../present/shown-event.ts';
import type { Output, TerminalSize } from '../terminal/output.ts';

// Events as a run emits them, and an output that remembers: what the tests of the presenters share.

export const START = Date.UTC(2026, 0, 1);

export const started: RunStarted = {
  type: 'run_started',
  at: START,
  run: '42',
  dir: '/home/ada/shop',
  ref: 'main',
  sha: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
  stages: ['build', 'deploy'],
  jobs: [
    { id: 1, name: 'build', stage: 'build', status: 'created' },
    { id: 2, name: 'test: unit', stage: 'build', status: 'created' },
    { id: 3, name: 'deploy', stage: 'deploy', status: 'created' },
  ],
  logs: '/home/ada/.local/state/epilogue/runs/42',
};

const NAMES: Readonly<Record<number, string>> = { 1: 'build', 2: 'test: unit', 3: 'deploy' };

/** Seconds since the start of the run. */
export function changed(job: number, seconds: number, change: Partial<JobChanged> = {}): JobChanged {
  return {
    type: 'job_changed',
    at: START + seconds * 1000,
    job,
    name: NAMES[job] ?? `job ${job}`,
    status: 'running',
    phase: 'script',
    cause: null,
    canceledBy: null,
    deadline: null,
    ...change,
  };
}

export function logged(job: number, text: string, offset = 0): ShownEvent {
  return { type: 'job_log', at: START, job, name: NAMES[job] ?? `job ${job}`, offset, bytes: Buffer.from(text) };
}

export function finished(job: number, seconds: number, end: Partial<JobFinished> = {}): JobFinished {
  return {
    type: 'job_finished',
    at: START + seconds * 1000,
    job,
    name: NAMES[job] ?? `job ${job}`,
    status: 'success',
    cause: 'succeeded',
    canceledBy: null,
    failureReason: null,
    exitCode: 0,
    allowFailure: false,
    durationMs: 4200,
    cleanup: { outcome: 'not_owed', attempt: 0 },
    logFile: `/home/ada/.local/state/epilogue/runs/42/jobs/${job}/log`,
    artifacts: [],
    retriedAs: null,
    ...end,
  };
}

/** `deploy` was canceled by Ctrl-C and its cleanup ran; `test: unit` failed before that. */
export const canceledRun: readonly ShownEvent[] = [
  started,
  changed(1, 0),
  changed(2, 0),
  logged(1, 'compiling\nlinking\n'),
  finished(1, 4, { artifacts: ['/home/ada/.local/state/epilogue/runs/42/jobs/1/artifacts.zip'] }),
  logged(2, 'not ok 1 - adds\nexpected 3, got 4\n'),
  finished(2, 6, { status: 'failed', cause: 'failed', failureReason: 'script_failure', exitCode: 1, durationMs: 6000 }),
  changed(3, 6),
  logged(3, 'creating machines\n'),
  { type: 'run_interrupted', at: START + 9000, signal: 'SIGINT', force: false },
  changed(3, 9, { status: 'canceling', phase: 'teardown', cause: 'canceled', deadline: START + 309_000 }),
  logged(3, 'removing machines\n', 18),
  finished(3, 11, {
    status: 'canceled',
    cause: 'canceled',
    exitCode: null,
    durationMs: 5000,
    cleanup: { outcome: 'succeeded', exitCode: 0, durationMs: 1800, attempt: 1 },
  }),
  { type: 'run_finished', at: START + 11_000, run: '42', status: 'canceled', exitCode: 130, durationMs: 11_000 },
];

/** The same, but forced two seconds into the cleanup. */
export const forcedRun: readonly ShownEvent[] = [
  ...canceledRun.slice(0, -2),
  { type: 'run_interrupted', at: START + 11_000, signal: 'SIGINT', force: true },
  finished(3, 11, {
    status: 'canceled',
    cause: 'canceled',
    exitCode: null,
    durationMs: 5000,
    cleanup: { outcome: 'skipped', attempt: 1, skippedBy: 'ada', reason: 'force cancel (SIGINT twice)' },
  }),
  { type: 'run_finished', at: START + 11_100, run: '42', status: 'canceled', exitCode: 137, durationMs: 11_100 },
];

export interface MemoryOutput extends Output {
  text(): string;
  resize(size: TerminalSize): void;
}

export function memoryOutput(terminal: TerminalSize | null = null): MemoryOutput {
  const chunks: Buffer[] = [];
  let size = terminal ?? { columns: 80, rows: 24 };
  let listener = () => {};
  return {
    isTerminal: terminal !== null,
    write: (chunk) => void chunks.push(Buffer.from(chunk as Uint8Array)),
    room: () => undefined,
    isUnseen: () => false,
    failure: () => null,
    takenBytes: () => 0,
    giveUp() {},
    flush: () => Promise.resolve(),
    size: () => size,
    onResize(wanted) {
      listener = wanted;
      return () => {
        listener = () => {};
      };
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
    resize(next) {
      size = next;
      listener();
    },
  };
}
