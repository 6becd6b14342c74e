import type { Host } from '../../host.ts';

/** What jobs see of the environment that the runner was started in: no more than a program needs to find its way. */
const HANDED_ON: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'TZ',
  'TMPDIR',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
]);

export function jobEnvironment({ env }: Host): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && (HANDED_ON.has(name) || name.startsWith('LC_') || /^(https?|no|all)_proxy$/i.test(name))
        ? [[name, value]]
        : [],
    ),
  );
}
