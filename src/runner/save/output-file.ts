import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describeError, Failure } from '../../base/index.ts';

/** A file that is being written from its start to its end; small writes are gathered. */
export interface OutputFile {
  /** Bytes written so far. */
  readonly size: number;
  write(bytes: Uint8Array): Promise<void>;
  /** Replaces bytes that were written before. */
  patch(bytes: Uint8Array, position: number): Promise<void>;
}

const GATHERED_BYTES = 256 * 1024;

/**
 * Writes the file at `path`, which appears whole and durable or not at all; an older one is replaced. Makes its directory.
 * @throws Failure `file_not_written`; failures of `fill` and abort reasons as they are.
 */
export async function writeFileWhole<T>(
  path: string,
  signal: AbortSignal,
  fill: (file: OutputFile) => Promise<T>,
): Promise<T> {
  const unfinished = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const result = await writeDurably(unfinished, signal, fill);
    await rename(unfinished, path);
    await syncDirectory(dirname(path));
    return result;
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    signal.throwIfAborted();
    if (error instanceof Failure) throw error;
    throw new Failure('file_not_written', `cannot write ${path}: ${describeError(error)}`, { cause: error });
  }
}

async function writeDurably<T>(path: string, signal: AbortSignal, fill: (file: OutputFile) => Promise<T>): Promise<T> {
  const handle = await open(path, 'wx', 0o600);
  try {
    let gathered: Uint8Array[] = [];
    let gatheredBytes = 0;
    let size = 0;
    const flush = async (): Promise<void> => {
      const bytes = gathered.length === 1 && gathered[0] ? gathered[0] : Buffer.concat(gathered);
      gathered = [];
      gatheredBytes = 0;
      await handle.writeFile(bytes);
    };
    const result = await fill({
      get size() {
        return size;
      },
      async write(bytes) {
        gathered.push(bytes);
        gatheredBytes += bytes.length;
        size += bytes.length;
        signal.throwIfAborted();
        if (gatheredBytes >= GATHERED_BYTES) await flush();
      },
      async patch(bytes, position) {
        await flush();
        await handle.write(bytes, 0, bytes.length, position);
      },
    });
    await flush();
    await handle.sync();
    return result;
  } finally {
    await handle.close();
  }
}

const DAY_MS = 24 * 3_600_000;

/** Removes what writers of the file at `path` left beside it when they were killed, once it is a day older than the file. */
export async function removeStrays(path: string): Promise<void> {
  const { mtimeMs } = await stat(path);
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith('.tmp')) continue;
    const stray = join(dirname(path), name);
    // Another job may have finished or removed it meanwhile.
    const age = await stat(stray).then(
      (stats) => mtimeMs - stats.mtimeMs,
      () => 0,
    );
    if (age > DAY_MS) await rm(stray, { force: true });
  }
}

/** Without it a rename may be lost when the machine stops. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
