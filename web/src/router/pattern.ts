/** The names in a pattern: `'/:project/-/jobs/:job'` has `project` and `job`; a `*` at the end is `rest`. */
export type NamesOf<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? Name | NamesOf<`/${Rest}`>
  : P extends `${string}:${infer Name}`
    ? Name
    : P extends `${string}*`
      ? 'rest'
      : never;

export type Params = Readonly<Record<string, string>>;

/**
 * Matches paths. `:project` is a path of namespaces (`a/shop`, `a/b/shop`) or a number, another `:name` is one segment, a `*` at the end
 * takes all that is left. Values are decoded; a path that cannot be decoded matches nothing.
 */
export function compilePattern(pattern: string): (path: string) => Params | null {
  const source = pattern
    .replaceAll(/[.?+^$()[\]{}|\\]/g, '\\$&')
    .replace(':project', '(?<project>[^/]+(?:/[^/]+)*?)')
    .replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')
    .replace(/\/\*$/, '(?:/(?<rest>.*))?');
  const expression = new RegExp(`^${source}/?$`);
  return (path) => {
    const found = expression.exec(path);
    if (found === null) return null;
    try {
      const entries = Object.entries(found.groups ?? {});
      return Object.fromEntries(entries.map(([name, value]) => [name, decodeURIComponent(value ?? '')]));
    } catch {
      return null;
    }
  };
}
