import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Failure, realClock } from '../../../../base/index.ts';
import type { CollectedFile, FileSelection, Place } from '../../../executor.ts';
import { isNoSpace } from '../no-space.ts';
import { createRemoteFiles } from '../remote-files.ts';
import type { ArchiveSender } from '../remote-files-options.ts';
import { createLocalPrograms, gnu, type LocalPrograms, type Tools } from './local-programs.ts';

/** A project directory on this machine that is reached as if it were elsewhere. */
export interface RemoteJob extends Disposable {
  readonly root: string;
  readonly projectDir: string;
  readonly stateDir: string;
  readonly programs: LocalPrograms;
  readonly files: Pick<Place, 'collect' | 'deliver' | 'deliverTree'>;
}

export interface RemoteJobOptions {
  readonly tools?: Tools;
  readonly silenceMs?: number;
  /** As a back end that takes archives. */
  readonly archives?: ArchiveSender;
}

/** Pauses between tries are a hundredth. */
const quick = { ...realClock, sleep: (ms: number, signal?: AbortSignal) => realClock.sleep(ms / 100, signal) };

export function openRemoteJob({ tools = gnu, silenceMs = 20_000, archives }: RemoteJobOptions = {}): RemoteJob {
  const root = mkdtempSync(join(tmpdir(), 'epilogue-remote-files-'));
  const [projectDir, stateDir] = [join(root, 'project'), join(root, 'state')];
  mkdirSync(projectDir);
  mkdirSync(stateDir);
  const programs = createLocalPrograms(tools, root);
  const options = { programs, clock: quick, silenceMs, projectDir, stateDir, archives: archives ?? null };
  return {
    ...{ root, projectDir, stateDir, programs },
    files: createRemoteFiles(options),
    [Symbol.dispose]() {
      // Read-only directories are not root's alone.
      execFileSync('chmod', ['-R', 'u+rwX', root]);
      rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Unpacks with the tar of this machine, as a back end does: nobody there asks the image. */
export const localArchives: ArchiveSender = {
  owner: async () => ({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }),
  async send(directory, tar, signal) {
    const child = spawn('tar', ['-x', '-p', '-C', directory], { stdio: ['pipe', 'ignore', 'pipe'], signal });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const [sent, complaint, code] = await Promise.allSettled([pipeline(tar, child.stdin), text(child.stderr), ended]);
    if (code.status === 'fulfilled' && code.value === 0 && sent.status === 'fulfilled') return;
    if (complaint.status === 'fulfilled' && isNoSpace(complaint.value)) throw new Failure('no_space', complaint.value);
    throw new Failure('reach_cut', `it was not unpacked: ${JSON.stringify([sent, complaint, code])}`);
  },
};

export interface Seen extends Pick<CollectedFile, 'path' | 'kind' | 'mode' | 'modifiedMs'> {
  readonly content: string;
}

export interface Collected {
  readonly files: readonly Seen[];
  readonly leftOut: Readonly<Record<string, string>>;
}

/** All of it, read. */
export async function collect(
  { files }: Pick<RemoteJob, 'files'>,
  selection: Partial<FileSelection> = { paths: ['**'] },
): Promise<Collected> {
  const seen: Seen[] = [];
  const leftOut: Record<string, string> = {};
  const whole = { paths: [], exclude: [], untracked: false, ...selection };
  const never = new AbortController().signal;
  for await (const { path, kind, mode, modifiedMs, open } of files.collect(whole, never, (at, reason) => {
    leftOut[at] = reason;
  })) {
    seen.push({ path, kind, mode, modifiedMs, content: await text(open()) });
  }
  return { files: seen, leftOut };
}

export async function allOf<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

export async function contentOf(file: CollectedFile | undefined): Promise<string> {
  if (file === undefined) throw new Error('there is no such file');
  return await text(file.open());
}
