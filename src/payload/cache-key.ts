import { createHash } from 'node:crypto';
import type { CacheRule } from '../protocol/index.ts';

/** Content of a file of the project; null when there is none. */
export type CacheFileReader = (path: string) => Uint8Array | null;

/**
 * The key of a cache, with `cache:key:files` resolved. A key file that is not there does not count; with none at all the key is
 * `default`, as in GitLab. Variables stay: the runner expands them.
 */
export function cacheKey({ key, keyFiles }: Pick<CacheRule, 'key' | 'keyFiles'>, readFile: CacheFileReader): string {
  if (keyFiles.length === 0) return key;
  const contents = keyFiles.map(readFile).filter((content) => content !== null);
  const hash = createHash('sha1');
  for (const content of contents) hash.update(content);
  const digest = contents.length > 0 ? hash.digest('hex') : 'default';
  return key === '' ? digest : `${key}-${digest}`;
}
