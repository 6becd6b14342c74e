import { createHash } from 'node:crypto';
import { join } from 'node:path';

/**
 * Where a cache lies: `<cache dir>/<project>/<key>/cache.zip`. null: the key names nothing.
 * Keys are made safe as GitLab's runner does: `%2f` and `\` separate, `%2e` is a dot, `.` and `..` are resolved without leaving the root,
 * blanks at the end go.
 */
export function cachePath(cacheDir: string, project: string, key: string): string | null {
  const safeKey = safeCacheKey(key, false);
  return safeKey === null ? null : join(cacheDir, insideRoot(project), safeKey, 'cache.zip');
}

/** The key as a path, in a store of caches too; null: it names nothing. `isHashed`: any key does, and each has a path of its own. */
export function safeCacheKey(key: string, isHashed: boolean): string | null {
  if (!isHashed) return insideRoot(key) || null;
  const hash = createHash('sha256').update(key).digest('hex');
  return `${hash.slice(0, 2)}/${hash}`;
}

function insideRoot(text: string): string {
  const parts: string[] = [];
  for (const part of text
    .replaceAll('\0', '')
    .replace(/%2e/gi, '.')
    .replace(/%2f|\\/gi, '/')
    .split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  for (let last = parts.pop(); last !== undefined; last = parts.pop()) {
    const trimmed = last.trimEnd();
    if (trimmed !== '') return [...parts, trimmed].join('/');
  }
  return '';
}
