/**
 * The rooms of `src`, and `web`, and who may import whom; everything else is refused, `import type` included. This is the one copy of the
 * table: `docs/architecture.md` shows it and a test compares the two.
 */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  base: [],
  protocol: ['base'],
  compile: ['protocol', 'base'],
  lifecycle: ['protocol', 'base'],
  payload: ['compile', 'protocol', 'base'],
  executors: ['protocol', 'base'],
  git: ['base'],
  blobs: ['base'],
  store: ['lifecycle', 'protocol', 'base'],
  coordinator: ['store', 'git', 'blobs', 'lifecycle', 'payload', 'compile', 'protocol', 'base'],
  runner: ['executors', 'protocol', 'base'],
  daemon: ['runner', 'executors', 'git', 'protocol', 'base'],
  local: ['runner', 'executors', 'lifecycle', 'payload', 'compile', 'git', 'protocol', 'base'],
  cli: ['coordinator', 'daemon', 'local', 'runner', 'executors', 'lifecycle', 'compile', 'protocol', 'base'],
  web: ['protocol'],
};

/** Rooms whose answer depends on nothing but their arguments: no disk, no clock, no network, no chance. */
export const pureRooms: ReadonlySet<string> = new Set(['protocol', 'compile', 'lifecycle', 'payload']);

/** Node's modules that a pure room may use: functions of their arguments, and `node:module` to load a package late. */
export const pureModules: ReadonlySet<string> = new Set([
  'node:buffer',
  'node:crypto',
  'node:module',
  'node:path/posix',
  'node:util',
]);

/** `src/main.ts`, `test` and `tools` wire rooms together and may import any of them; nothing imports them. */
export type Place =
  | { readonly kind: 'room'; readonly room: string }
  | { readonly kind: 'main' }
  | { readonly kind: 'test' }
  | { readonly kind: 'tools' };

/** Where a file stands; its path is relative to the checkout. `null` when it stands nowhere it should. */
export function placeOf(path: string): Place | null {
  const [top, second, third] = path.split('/');
  if (top === 'test' || top === 'tools') return { kind: top };
  if (top === 'web') return { kind: 'room', room: top };
  if (top !== 'src' || second === undefined) return null;
  if (third === undefined) return second === 'main.ts' ? { kind: 'main' } : null;
  return second in arrows ? { kind: 'room', room: second } : null;
}

/** Tests and what they share. */
export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || path.startsWith('test/') || isTestSupport(path);
}

/** What tests share: `testing` and `fixtures` in a room, `test/support` between rooms. */
export function isTestSupport(path: string): boolean {
  return path.includes('/testing/') || path.startsWith('test/support/') || isFixture(path);
}

export function isFixture(path: string): boolean {
  return path.includes('/fixtures/');
}

/** The table as text, as `docs/architecture.md` shows it. */
export function formatArrows(): string {
  return Object.entries(arrows)
    .map(([room, targets]) => `${room.padEnd(12)} ${targets.length === 0 ? '-' : targets.join(' ')}`)
    .join('\n');
}
