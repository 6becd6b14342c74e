import { join } from 'node:path';
import { errorCode, readRegularFile, writeDurably } from '../../base/index.ts';

/** `run.json`: what a run was before anything of it started. */
export interface RunRecord {
  /** Also the pipeline id, and the name of the run's directory. */
  readonly id: number;
  readonly checkout: string;
  readonly startedAt: number;
  readonly ref: string;
  readonly sha: string;
  readonly keep: boolean;
  /** The directory in which the run put itself down with the job that it was started in; null: it was started in none. */
  readonly outerJob: string | null;
}

const FILE = 'run.json';

export function writeRunRecord(path: string, record: RunRecord): void {
  writeDurably(join(path, FILE), JSON.stringify(record), true);
}

/** `none`: the run died before it was there, and nothing of it had started. */
export function readRunRecord(path: string): RunRecord | 'none' | 'damaged' {
  const content = readJson(join(path, FILE));
  if (content === undefined) return 'none';
  return isRunRecord(content) ? content : 'damaged';
}

function isRunRecord(content: unknown): content is RunRecord {
  if (typeof content !== 'object' || content === null) return false;
  const { id, checkout, startedAt, keep } = content as Partial<Record<keyof RunRecord, unknown>>;
  const isWhole = Number.isSafeInteger(id) && typeof checkout === 'string';
  return isWhole && typeof startedAt === 'number' && typeof keep === 'boolean';
}

/** undefined: there is no such file; null also for one that is not JSON. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readRegularFile(path).toString()) ?? null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    if (error instanceof SyntaxError || errorCode(error) !== undefined) return null;
    throw error;
  }
}
