import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Checkout } from '../support/checkout.ts';
import { describeAsRoot } from '../support/privilege.ts';
import { markedProcesses } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Takes every byte that comes free, without end. */
const FILE = `
work:
  variables: { EPILOGUE_GRACE_PERIOD: 500ms }
  script:
    - trap '' TERM
    - (while :; do cat /dev/zero >> $DISK/rest; sleep 0.001; done) 2>/dev/null &
    - until [ "$(df --output=avail $DISK | tail -n 1)" -eq 0 ]; do sleep 0.02; done
    - touch $OUTSIDE/full
    - sleep 300
  after_script:
    - echo $EPILOGUE_TEARDOWN_CAUSE >> $OUTSIDE/cleanups
`;

let checkout: Checkout;
let disk: string;

beforeEach(() => {
  checkout = new Checkout({ '.gitlab-ci.yml': FILE });
  disk = join(checkout.root, 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk]);
});

afterEach(() => {
  for (const { pid } of markedProcesses(checkout.mark)) process.kill(pid, 'SIGKILL');
  execFileSync('umount', ['--lazy', disk]);
  checkout.dispose();
});

describeAsRoot('kill -9 on a disk that the script keeps full', () => {
  const places = () => ({ DISK: disk, XDG_STATE_HOME: join(disk, 'state'), XDG_CACHE_HOME: join(disk, 'cache') });

  async function killFull(withGuard: boolean): Promise<void> {
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

  it('is made good by the guard', async () => {
    await killFull(false);
    await checkout.untilQuiet(30_000);
    expectEnded();
  });

  it('is made good by `recover`', async () => {
    await killFull(true);
    expect((await checkout.run(['recover', '--json'], places())).code).toBe(0);
    await checkout.untilQuiet();
    expectEnded();
  });
});
