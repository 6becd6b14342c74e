/** What a service is called. */
export interface ServiceNames {
  /** With its tag, for people: `postgres:16`, `redis:latest`. */
  readonly title: string;
  /** By which it is reached. */
  readonly aliases: readonly string[];
  /** For the job's log. */
  readonly warnings: readonly string[];
}

/** As hosts are named, and `_`, which GitLab's own names have. */
const ALIAS = /^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*$/;
const LONGEST_ALIAS = 253;

/**
 * `registry:5000/group/app:1` is reached as `registry__group__app`, as `registry-group-app`, and as what `aliases` adds (separated by blanks or commas). Source: GitLab's runner.
 * @param taken names of the services before it
 */
export function serviceNames(
  image: string,
  aliases: readonly (string | null)[],
  taken: ReadonlySet<string>,
): ServiceNames {
  const { path, version } = splitImage(image);
  const title = `${path.written}:${version}`;
  const own = [path.withoutPort.replaceAll('/', '__'), path.withoutPort.replaceAll('/', '-')];
  const added = aliases.flatMap((text) => (text ?? '').split(/[\s,]+/)).filter((alias) => alias !== '');
  const found = new Set<string>();
  const warnings: string[] = [];
  for (const alias of new Set([...own, ...added])) {
    if (alias.length > LONGEST_ALIAS || !ALIAS.test(alias)) {
      warnings.push(`Service ${title} cannot be reached as ${JSON.stringify(alias)}: that is no name of a host`);
    } else if (taken.has(alias)) {
      warnings.push(`Service ${title} is not reached as ${alias}: a service before it is`);
    } else found.add(alias);
  }
  return { title, aliases: [...found], warnings };
}

function splitImage(image: string): {
  readonly path: { readonly written: string; readonly withoutPort: string };
  readonly version: string;
} {
  const [name = '', digest] = image.split('@', 2);
  const [, written = name, tag] = /^(.+?)(?::([^:/]*))?$/s.exec(name) ?? [];
  const withoutPort = written.replace(/^([^/]*?):\d+(?=\/)/, '$1');
  return { path: { written, withoutPort }, version: tag || (digest ?? 'latest') };
}
