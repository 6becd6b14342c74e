import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { realClock } from '../../base/index.ts';
import { type CollectedFile, createShellExecutor, makeCookie, type Place } from '../../executors/index.ts';

/** A temporary directory with the places of a few jobs in it. */
export interface Workshop {
  readonly dir: string;
  /** A place on this machine whose project directory is `<dir>/<name>`. */
  place(name: string): Promise<Place>;
  remove(): void;
}

export function makeWorkshop(): Workshop {
  const dir = mkdtempSync(join(tmpdir(), 'runner-save-'));
  const executor = createShellExecutor({ clock: realClock });
  return {
    dir,
    async place(name) {
      const stepsDir = join(dir, `${name}.steps`);
      mkdirSync(stepsDir, { mode: 0o700 });
      const paths = { stepsDir, projectDir: join(dir, name), cookie: makeCookie(), environment: {} };
      const job = { ...paths, image: null, services: [], variables: {}, preStopHandler: null };
      return executor.prepare(job, new AbortController().signal);
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** A file as a place would hand it out. */
export function collected(path: string, content: string, changes: Partial<CollectedFile> = {}): CollectedFile {
  const bytes = Buffer.from(content);
  return {
    path,
    kind: 'file',
    mode: 0o644,
    modifiedMs: 1_700_000_000_000,
    sizeBytes: bytes.length,
    open: () => Readable.from(bytes.length === 0 ? [] : [bytes]),
    ...changes,
  };
}

export async function* listed(...files: readonly CollectedFile[]): AsyncGenerator<CollectedFile> {
  yield* files;
}

/** Everything that a test wants to know of files, content read. */
export async function contents(
  files: AsyncIterable<CollectedFile>,
): Promise<{ path: string; kind: string; mode: number; modifiedMs: number; content: string }[]> {
  const found = [];
  for await (const { path, kind, mode, modifiedMs, open } of files) {
    const content = Buffer.concat(await open().toArray()).toString();
    found.push({ path, kind, mode, modifiedMs, content });
  }
  return found;
}
