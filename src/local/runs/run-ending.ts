import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../../base/index.ts';
import type { Cleanup, Status } from '../../protocol/index.ts';
import type { RunDirectory } from './run-directory.ts';
import { readJson } from './run-record.ts';

/** `ended.json`: how a run ended, and who saw it to its end. */
export interface RunEnding {
  readonly by: 'run' | 'guard' | 'recover';
  readonly at: number;
  readonly jobs: readonly EndedJob[];
}

export interface EndedJob {
  readonly id: number;
  readonly name: string;
  readonly status: Status;
  readonly cleanup: Cleanup;
  readonly logFile: string;
}

const FILE = 'ended.json';

export function writeEnding(run: RunDirectory, ending: RunEnding): void {
  writeDurably(join(run.path, FILE), JSON.stringify(ending), true);
}

/** null: it has not ended, or nobody can tell; then its journals are asked again, which is always safe. */
export function readEnding(run: RunDirectory): RunEnding | null {
  const content = readJson(join(run.path, FILE));
  const isWhole = typeof content === 'object' && content !== null && 'jobs' in content && Array.isArray(content.jobs);
  return isWhole ? (content as RunEnding) : null;
}

/** Whether somebody was told how the run ended; `markTold` says that now they were. */
export function wasTold(run: RunDirectory): boolean {
  return existsSync(join(run.path, 'told'));
}

export function markTold(run: RunDirectory): void {
  writeDurably(join(run.path, 'told'), '', false);
}
