import { type BareRepository, readFile } from '../../../git/index.ts';
import { cacheKey } from '../../../payload/index.ts';
import type { Plan } from '../../../protocol/index.ts';

/** A file that makes a key is read whole; a larger one counts as not there. */
const MAX_KEY_FILE_BYTES = 16 * 1024 * 1024;

/** The plan with `cache:key:files` resolved, as the files are at the commit. */
export async function resolveCacheKeys(repository: BareRepository, sha: string, plan: Plan): Promise<Plan> {
  const paths = new Set(plan.jobs.flatMap(({ cache }) => cache.flatMap(({ keyFiles }) => keyFiles)));
  if (paths.size === 0) return plan;
  const contents = new Map<string, Uint8Array | null>();
  for (const path of paths) contents.set(path, await contentOf(repository, sha, path));
  const read = (path: string): Uint8Array | null => contents.get(path) ?? null;
  return {
    ...plan,
    jobs: plan.jobs.map((job) => ({
      ...job,
      cache: job.cache.map((cache) => ({ ...cache, key: cacheKey(cache, read), keyFiles: [] })),
    })),
  };
}

async function contentOf(repository: BareRepository, sha: string, path: string): Promise<Uint8Array | null> {
  try {
    return (await readFile(repository, sha, path, { maxBytes: MAX_KEY_FILE_BYTES }))?.content ?? null;
  } catch {
    return null;
  }
}
