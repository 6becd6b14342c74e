import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root, type Step } from './check-steps.ts';

/** Somebody without privileges, for whom the tests run a second time: much that goes wrong is hidden from root. */
export interface OrdinaryUser {
  readonly name: string;
  /** A copy of this checkout, built, that the user can read and not write. */
  readonly checkout: string;
  /** Where the user may write: vitest's report goes there too. */
  readonly home: string;
  /** The same step, taken in the user's name and copy. */
  instead(step: Step): Step;
  /** Copies a component to where the user can read it, unless everybody can; its environment for the tests there. */
  bring(component: CopyableComponent): Readonly<Record<string, string>>;
  /** What the tests have left in the user's temporary directory. */
  leftFiles(): readonly string[];
  remove(): void;
}

/** What tests need besides the checkout, all of it in one directory that `env` names; null: it is where everybody can read it. */
export interface CopyableComponent {
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string | null;
}

/** Every machine has it, it owns nothing, and nothing has to be added to the machine's list of users and removed again. */
const userName = 'nobody';
const lastResort = '65534';
/** The one directory that everybody can reach: TMPDIR may be root's own, and so may the checkout. */
const shared = '/tmp';
const uncopied: ReadonlySet<string> = new Set(['.git', '.tools', 'coverage']);

/** Null when we are an ordinary user ourselves. */
export function makeOrdinaryUser(): OrdinaryUser | null {
  if (process.getuid?.() !== 0) return null;
  const { uid, gid } = findUser(readFileSync('/etc/passwd', 'utf8'));
  const base = mkdtempSync(join(shared, 'epilogue-user-'));
  chmodSync(base, 0o755);
  const checkout = join(base, 'checkout');
  const remove = (): void => rmSync(base, { recursive: true, force: true });
  try {
    copyCheckout(checkout);
  } catch (error) {
    remove();
    throw error;
  }
  const home = join(base, 'home');
  const tmp = join(base, 'tmp');
  for (const path of [home, tmp]) {
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, uid, gid);
  }
  const disks = lendDisks(base, { uid, gid });
  const env = { ...environmentOf(home, tmp), ...disks.env };
  return {
    name: userName,
    checkout,
    home,
    instead: (step) => ({
      ...step,
      argv: [ownNode(checkout), ...step.argv.slice(1).map((word) => moved(word, checkout))],
      env: { ...step.env, ...env },
      as: { uid, gid, cwd: checkout },
    }),
    bring: (component) => bring(component, base),
    leftFiles: () => readdirSync(tmp),
    remove() {
      disks.unmount();
      remove();
    },
  };
}

function bring({ env, directory }: CopyableComponent, base: string): Readonly<Record<string, string>> {
  if (directory === null) return env;
  const target = join(base, basename(directory));
  copyReadable([directory], base);
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replaceAll(directory, target)]));
}

function environmentOf(home: string, tmp: string): Readonly<Record<string, string>> {
  return {
    HOME: home,
    USER: userName,
    LOGNAME: userName,
    SHELL: '/bin/sh',
    TMPDIR: tmp,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_STATE_HOME: join(home, 'state'),
    XDG_RUNTIME_DIR: join(home, 'run'),
    NODE_COMPILE_CACHE: join(home, 'compiled'),
  };
}

function ownNode(checkout: string): string {
  return join(checkout, '.tools/bin/node');
}

/** A path below our checkout, in the user's. A slash at its end stays: vitest takes `test/` for a folder and `test` for a part of any name. */
function moved(word: string, checkout: string): string {
  return word.startsWith(`${root}/`) ? `${checkout}${word.slice(root.length)}` : word;
}

export function findUser(passwd: string): { readonly uid: number; readonly gid: number } {
  const row = passwd.split('\n').find((line) => line.startsWith(`${userName}:`)) ?? '';
  const [, , uid = lastResort, gid = lastResort] = row.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** A copy keeps times, so that it is as freshly built as we are, and everybody may read it, whatever our umask is. */
function copyCheckout(target: string): void {
  mkdirSync(join(target, '.tools/bin'), { recursive: true });
  // Our own Node may be a link into root's home.
  copyFileSync(process.execPath, ownNode(target));
  const parts = readdirSync(root).filter((name) => !uncopied.has(name));
  // `cp` and not Node's own copy, which takes far longer for node_modules.
  copyReadable(
    parts.map((name) => join(root, name)),
    target,
  );
}

function copyReadable(paths: readonly string[], target: string): void {
  execFileSync('cp', ['-a', '--', ...paths, target]);
  execFileSync('chmod', ['-R', 'a+rX,go-w', '--', target]);
}

interface LentDisks {
  /** Tells tests where they are. */
  readonly env: Readonly<Record<string, string>>;
  unmount(): void;
}

/** Disks that tests fill, as many as they want at once (`test/crash/small-disk.ts`). The user owns what is on them, and has no other right. */
function lendDisks(base: string, { uid, gid }: { readonly uid: number; readonly gid: number }): LentDisks {
  const paths = ['disk-1', 'disk-2'].map((name) => join(base, name));
  for (const path of paths) {
    mkdirSync(path);
    const options = ['size=24m', `uid=${uid}`, `gid=${gid}`, 'mode=700'].join(',');
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
  }
  return {
    env: { EPILOGUE_TEST_DISKS: paths.join(':') },
    unmount() {
      for (const path of paths) execFileSync('umount', ['--lazy', path]);
    },
  };
}
