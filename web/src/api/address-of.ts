/**
 * The address of a route. Parameters of the path are encoded whole, so that a project's path is one segment; one that is `*` keeps its
 * slashes. Lists are repeated; what is undefined is not asked for.
 */
export function addressOf(
  path: string,
  params: Readonly<Record<string, unknown>>,
  query: Readonly<Record<string, unknown>>,
): string {
  const filled = path
    .replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name] ?? '')))
    .replace('*', () => encodeKeepingSlashes(String(params['*'] ?? '')));
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) asked.append(name, String(one));
  }
  return asked.size === 0 ? filled : `${filled}?${asked}`;
}

/** For a path in an address: `a b/c` is `a%20b/c`. */
export function encodeKeepingSlashes(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
