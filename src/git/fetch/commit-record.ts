import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode, readRegularFile, writeDurably } from '../../base/index.ts';
import type { CommitRequest } from './commit-request.ts';

/** What is known of a repository that jobs leave behind: kept where their scripts do not write by mistake. */
export interface CommitRecord {
  readonly version: 1;
  readonly address: string;
  readonly objectFormat: string;
  /** The last fetch that ended well; null: none since. */
  readonly fetched: {
    readonly sha: string;
    readonly depth: number;
    readonly refspecs: readonly string[];
    /** Of what git says of missing history: whoever fetched in between has changed that. */
    readonly shallow: string;
  } | null;
  /** Since the repository was packed. */
  readonly fetches: number;
}

/** Null: nothing, or nothing that can be used. */
export function readRecord(path: string): CommitRecord | null {
  try {
    const record = JSON.parse(readRegularFile(path).toString()) as CommitRecord | null;
    return record?.version === 1 ? record : null;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) !== undefined) return null;
    throw error;
  }
}

export function writeRecord(path: string, record: CommitRecord): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // After a power cut the repository may be anything: git finds out, and it is fetched anew.
  writeDurably(path, JSON.stringify(record), false);
}

export function forgetRecord(path: string): void {
  rmSync(path, { force: true });
}

export function fingerprintOfShallow(directory: string): string {
  let content = Buffer.alloc(0);
  try {
    content = readFileSync(join(directory, '.git', 'shallow'));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  return createHash('sha256').update(content).digest('hex');
}

/** Whether the commit is there already, as deep as asked, so that there is nothing to fetch. Branches and tags by pattern may always have more to say. */
export function isHere({ fetched }: CommitRecord, request: CommitRequest): boolean {
  if (fetched === null || fetched.sha !== request.sha || fetched.depth !== request.depth) return false;
  const isKnown = (refspec: string): boolean => {
    if (refspec.includes('*')) return false;
    return refspec.includes('refs/tags/') ? fetched.refspecs.includes(refspec) : /^\+?[^:]+:refs\//.test(refspec);
  };
  return request.refspecs.every(isKnown) && fetched.shallow === fingerprintOfShallow(request.directory);
}
