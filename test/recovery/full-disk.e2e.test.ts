import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Checkout } from '../support/checkout.ts';
import { describeAsRoot } from '../support/privilege.ts';
import { markedProcesses } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';

/** What a script does with a disk, for as long as it lives, and how it sees that nothing is left. */
const HOGS = {
  bytes: { take: 'cat /dev/zero >> $DISK/rest', column: 'avail' },
  inodes: { take: 'n=$((n + 1)); true > $DISK/file-$n', column: 'iavail' },
} as const;

function pipeline({ take, column }: (typeof HOGS)[keyof typeof HOGS]): string {
  return `
work:
  variables: { EPILOGUE_GRACE_PERIOD: 500ms }
  script:
    - trap '' TERM
    - (n=0; while :; do { ${take}; } || sleep 0.001; done) 2>/dev/null &
    - until [ "$(df --output=${column} $DISK | tail -n 1)" -eq 0 ]; do sleep 0.02; done
    - touch $OUTSIDE/full
    - sleep 300
  after_script:
    - echo $EPILOGUE_TEARDOWN_CAUSE >> $OUTSIDE/cleanups
`;
}

let checkout: Checkout;
let disk: string;

beforeEach(() => {
  checkout = new Checkout({ README: '' });
  disk = join(checkout.root, 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m,nr_inodes=2000', 'tmpfs', disk]);
});

afterEach(() => {
  for (const { pid } of markedProcesses(checkout.mark)) process.kill(pid, 'SIGKILL');
  execFileSync('umount', ['--lazy', disk]);
  checkout.dispose();
});

describeAsRoot('kill -9 on a disk that the script keeps full', () => {
  const hogs = Object.keys(HOGS) as (keyof typeof HOGS)[];
  const places = () => ({ DISK: disk, XDG_STATE_HOME: join(disk, 'state'), XDG_CACHE_HOME: join(disk, 'cache') });

  async function killFull(hog: keyof typeof HOGS, withGuard: boolean): Promise<void> {
    checkout.write({ '.gitlab-ci.yml': pipeline(HOGS[hog]) });
    const run = checkout.start(['run', '--json'], places());
    await waitUntil('the disk is full', () => checkout.has('full'));
    const guards = markedProcesses(checkout.mark).filter(({ command }) => command.includes('epilogue-guard'));
    if (withGuard) for (const { pid } of guards) process.kill(pid, 'SIGKILL');
    run.kill('SIGKILL');
    await run.ended();
  }

  function expectEnded(): void {
    expect(checkout.read('cleanups')).toBe('runner_lost\n');
    const runs = join(disk, 'state', 'epilogue', 'runs');
    expect(existsSync(join(runs, readdirSync(runs)[0] ?? '', 'ended.json'))).toBe(true);
  }

  it.each(hogs)('is made good by the guard: %s', async (hog) => {
    await killFull(hog, false);
    await checkout.untilQuiet(30_000);
    expectEnded();
  });

  it.each(hogs)('is made good by `recover`: %s', async (hog) => {
    await killFull(hog, true);
    expect((await checkout.run(['recover', '--json'], places())).code).toBe(0);
    await checkout.untilQuiet();
    expectEnded();
  });
});
