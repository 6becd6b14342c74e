import { readdirSync } from 'node:fs';
import { copyTree } from '../../base/index.ts';
import { type SnapshotOptions, takeSnapshot } from '../snapshot/take-snapshot.ts';
import type { useTemporaryDirectory } from './repository.ts';

/** A job directory made from the checkout. */
export async function copyOf(
  dir: string,
  temporary: ReturnType<typeof useTemporaryDirectory>,
  options?: SnapshotOptions,
): Promise<string> {
  const template = temporary.fresh('template');
  const job = temporary.fresh('job');
  await takeSnapshot(dir, template, options);
  await copyTree(template, job);
  return job;
}

/** All names below a directory, `.git` left out. */
export function listNames(dir: string): string[] {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name !== '.git' && !/(?:^|\/)\.git\//.test(name)).sort();
}
