/**
 * The address of a route. Parameters of the path are encoded whole, so that a project's path is one segment; one that is `*` keeps its
 * slashes. Lists are repeated, a record is `name[field]=value`; what is undefined is not asked for.
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
  for (const [name, value] of Object.entries(query)) append(asked, name, value);
  return asked.size === 0 ? filled : `${filled}?${asked}`;
}

function append(asked: URLSearchParams, name: string, value: unknown): void {
  if (value === undefined) return;
  if (Array.isArray(value)) for (const one of value) append(asked, name, one);
  else if (typeof value === 'object' && value !== null) {
    for (const [field, one] of Object.entries(value)) append(asked, `${name}[${field}]`, one);
  } else asked.append(name, String(value));
}

/** For a path in an address: `a b/c` is `a%20b/c`. */
export function encodeKeepingSlashes(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
