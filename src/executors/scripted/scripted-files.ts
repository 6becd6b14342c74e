import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type Clock, Failure } from '../../base/index.ts';
import type { CollectedFile, FileSelection } from '../executor.ts';
import { checkPath } from '../files/check-path.ts';
import { collectFiles } from '../files/collect-files.ts';
import { compileSelection } from '../files/select-paths.ts';

/** A project directory in memory. Links are kept and never followed. No file of it counts as tracked by git. */
export interface ScriptedFiles {
  write(path: string, content: string | Uint8Array, more?: Partial<Pick<CollectedFile, 'kind' | 'mode'>>): void;
  /** null when there is no such file. */
  read(path: string): Buffer | null;
  paths(): readonly string[];
  collect(selection: FileSelection, signal: AbortSignal): AsyncIterable<CollectedFile>;
  deliver(files: AsyncIterable<CollectedFile>, signal: AbortSignal): Promise<void>;
  /** As `Place.deliverTree`; reads the real directory. */
  deliverTree(directory: string, signal: AbortSignal): Promise<void>;
  clear(): void;
}

type StoredFile = Omit<CollectedFile, 'open' | 'sizeBytes' | 'path'> & { readonly content: Buffer };

const DEFAULT_MODE = { file: 0o644, directory: 0o755, symlink: 0o777 } as const;

export function createScriptedFiles(root: string, clock: Clock): ScriptedFiles {
  const stored = new Map<string, StoredFile>();

  function put(path: string, file: StoredFile): void {
    checkPath(path);
    for (const parent of parents(path)) {
      const kind = stored.get(parent)?.kind ?? 'directory';
      if (kind !== 'directory') throw new Failure('path_refused', `${path} leads through ${parent}, a ${kind}`);
      if (!stored.has(parent)) stored.set(parent, directory(clock.now()));
    }
    stored.set(path, file);
  }

  async function* collect(selection: FileSelection, signal: AbortSignal): AsyncGenerator<CollectedFile> {
    const test = compileSelection(selection, root);
    for (const [path, { content, ...file }] of [...stored].sort(([a], [b]) => (a < b ? -1 : 1))) {
      signal.throwIfAborted();
      const chosen = selection.untracked || ['', ...parents(path), path].some((part) => test.selects(part));
      if (!chosen || test.excludes(path)) continue;
      yield {
        ...file,
        path,
        sizeBytes: content.length,
        open: () => Readable.from(content.length > 0 ? [content] : []),
      };
    }
  }

  async function deliver(files: AsyncIterable<CollectedFile>, signal: AbortSignal): Promise<void> {
    for await (const { path, kind, mode, modifiedMs, open } of files) {
      signal.throwIfAborted();
      put(path, { kind, mode, modifiedMs, content: await buffer(open()) });
    }
  }

  return {
    write(path, content, { kind = 'file', mode = DEFAULT_MODE[kind] } = {}) {
      put(path, { kind, mode, modifiedMs: clock.now(), content: Buffer.from(content) });
    },
    read: (path) => stored.get(path)?.content ?? null,
    paths: () => [...stored.keys()].sort(),
    collect,
    deliver,
    async deliverTree(directory, signal) {
      stored.clear();
      if (!existsSync(directory)) throw new Failure('source_unreadable', `there is no ${directory} to copy`);
      if (signal.aborted) throw new Failure('canceled', 'copying the sources was canceled');
      await deliver(collectFiles(directory, { paths: ['**'], exclude: [], untracked: false }, signal), signal);
    },
    clear: () => stored.clear(),
  };
}

function directory(modifiedMs: number): StoredFile {
  return { kind: 'directory', mode: DEFAULT_MODE.directory, modifiedMs, content: Buffer.alloc(0) };
}

/** `a/b/c` → `a`, `a/b`. */
function parents(path: string): readonly string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
}
