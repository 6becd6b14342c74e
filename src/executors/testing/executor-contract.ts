import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CollectedFile, Executor, JobSpec, Place, StepState } from '../executor.ts';
import { makeCookie } from '../index.ts';
import type { Act } from '../scripted/scripted-step.ts';

// What the contract suite needs to run on an executor, and what its tests share.

/** One kind of executor under test. */
export interface Candidate {
  readonly name: string;
  /** A new instance on the same machine, as after a restart of the runner. */
  executor(): Executor;
  /** The acts, in the language of this executor's steps. */
  script(acts: readonly Act[]): string;
}

export const NEVER = new AbortController().signal;
/** Generous: a loaded machine is slow, a wrong executor is late for ever. */
export const DEADLINE_MS = 8_000;

/** A job with directories of its own. Disposing of it kills what is left and removes them. */
export interface JobFixture extends AsyncDisposable {
  readonly job: JobSpec;
  readonly place: Place;
}

export async function openJob(executor: Executor, more: Partial<JobSpec> = {}): Promise<JobFixture> {
  const root = mkdtempSync(join(tmpdir(), 'epilogue-executor-'));
  const job: JobSpec = {
    stepsDir: join(root, 'steps'),
    projectDir: join(root, 'project'),
    cookie: makeCookie(),
    environment: { PATH: process.env.PATH ?? '' },
    image: null,
    services: [],
    variables: {},
    preStopHandler: null,
    ...more,
  };
  const remove = (): void => rmSync(root, { recursive: true, force: true });
  mkdirSync(job.stepsDir, { mode: 0o700, recursive: true });
  const place = await executor.prepare(job, NEVER).catch((error: unknown) => {
    remove();
    throw error;
  });
  return {
    job,
    place,
    async [Symbol.asyncDispose]() {
      await place.clean().finally(remove);
    },
  };
}

/** Polls until `probe` answers something; fails with the last state seen. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | null> | T | null,
  seen: () => unknown = () => '',
): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = await probe();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}; last seen: ${JSON.stringify(seen())}`);
    await sleep(2);
  }
}

/** Waits as a runner does: look, then wait for a change. */
export async function waitForEnd(place: Place, stepId: string): Promise<StepState> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const state = await place.look(stepId);
    if (state.kind !== 'running') return state;
    await readAll(place, stepId);
    if (Date.now() > deadline) throw new Error(`step ${stepId} is still running`);
    await place.changed(stepId, 1_000);
  }
}

/** Everything from `offset` that is there now, through a buffer of `chunkBytes`. */
export async function readAll(place: Place, stepId: string, offset = 0, chunkBytes = 65_536): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const into = Buffer.alloc(chunkBytes);
  for (let at = offset; ; ) {
    const count = await place.readLog(stepId, at, into);
    if (count === 0) return Buffer.concat(chunks);
    chunks.push(Buffer.from(into.subarray(0, count)));
    at += count;
  }
}

export function waitForOutput(place: Place, stepId: string, expected: string): Promise<string> {
  let last = '';
  const probe = async (): Promise<string | null> => {
    last = (await readAll(place, stepId)).toString();
    return last.includes(expected) ? last : null;
  };
  return until(`${stepId} printed ${expected}`, probe, () => last);
}

/** TERM or KILL until nothing is found. */
export function signalUntilDead(place: Place, signal: 'TERM' | 'KILL'): Promise<true> {
  let left = -1;
  const probe = async (): Promise<true | null> => {
    left = (await place.signal(signal)).length;
    return left === 0 ? true : null;
  };
  return until('the tree is dead', probe, () => left);
}

export interface FileText {
  readonly path: string;
  readonly kind: CollectedFile['kind'];
  readonly mode: number;
  readonly modifiedMs: number;
  readonly content: string;
}

export async function collectAll(
  place: Place,
  selection: Partial<Parameters<Place['collect']>[0]>,
): Promise<FileText[]> {
  const found: FileText[] = [];
  for await (const file of place.collect({ paths: [], exclude: [], untracked: false, ...selection }, NEVER)) {
    const { path, kind, mode, modifiedMs } = file;
    found.push({ path, kind, mode, modifiedMs, content: await text(file.open()) });
  }
  return found;
}

export async function collectPaths(
  place: Place,
  selection: Partial<Parameters<Place['collect']>[0]>,
): Promise<string[]> {
  return (await collectAll(place, selection)).map((file) => file.path);
}

/** An entry to deliver. */
export function fileOf(path: string, content = '', more: Partial<CollectedFile> = {}): CollectedFile {
  const bytes = Buffer.from(content);
  return {
    path,
    kind: 'file',
    mode: 0o644,
    modifiedMs: 1_600_000_000_000,
    sizeBytes: bytes.length,
    open: () => Readable.from(bytes.length > 0 ? [bytes] : []),
    ...more,
  };
}

export async function deliverAll(place: Place, files: readonly CollectedFile[]): Promise<void> {
  await place.deliver(Readable.from(files) as AsyncIterable<CollectedFile>, NEVER);
}
