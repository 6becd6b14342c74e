/** Files that a wildcard in `include:local` names, by path. `*` stops at `/`, `**` does not. */
export function matchInclude(pattern: string, files: readonly string[]): readonly string[] {
  const parts = pattern.split(/(\*+)/).map((part) => {
    if (part === '*') return '[^/]*';
    return /^\*+$/.test(part) ? '.*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  const regex = new RegExp(`^${parts.join('')}$`);
  return files.filter((file) => regex.test(file)).toSorted();
}
