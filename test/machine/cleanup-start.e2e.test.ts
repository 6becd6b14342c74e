import { afterEach, describe, expect, it } from 'vitest';
import { Checkout, finished, shownLog } from '../support/checkout.ts';
import { itAsRoot, itAsUser } from '../support/privilege.ts';

let checkout: Checkout;

afterEach(() => checkout.dispose());

const SOON_MS = 30_000;

/** A job whose script does something bad to what its cleanup needs. */
async function cleansUpAfter(script: string): Promise<string> {
  checkout = new Checkout({
    '.gitlab-ci.yml': `
bad:
  script:
    - ${JSON.stringify(script)}
  after_script:
    - echo cleaning in $PWD
    - touch $OUTSIDE/cleaned
`,
  });
  const ended = await checkout.start(['run', '--json']).ended(SOON_MS);
  expect(finished(ended, 'bad')).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
  expect(checkout.has('cleaned')).toBe(true);
  await checkout.untilQuiet();
  return shownLog(ended, 'bad');
}

describe('a cleanup starts', () => {
  it('where the script has put a file in the place of the project directory', async () => {
    const log = await cleansUpAfter('cd /; rm -rf "$CI_PROJECT_DIR"; touch "$CI_PROJECT_DIR"');
    expect(log).toMatch(/WARNING: the cleanup cannot run in \S+; it runs in \S+elsewhere/);
    expect(log).toMatch(/cleaning in \S+elsewhere/);
  });

  it('where the script has put a dangling link in that place', async () => {
    await cleansUpAfter('cd /; rm -rf "$CI_PROJECT_DIR"; ln -s /nowhere/at/all "$CI_PROJECT_DIR"');
  });

  itAsUser('in a project directory that the script has closed to itself', async () => {
    expect(await cleansUpAfter('chmod 000 .')).toContain('WARNING: the cleanup cannot run in');
    checkout.dispose();
    await cleansUpAfter('mkdir -p a/b; chmod -R 644 . || true');
  });

  itAsRoot('on a disk whose inodes the script has used up', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `
bad:
  script: [touch $(seq -f f%g 5000) || true, test ! -e f4999]
  after_script: [echo cleaning, touch $OUTSIDE/cleaned]
`,
    });
    checkout.mountDisk('32m,nr_inodes=2000');
    const ended = await checkout.start(['run', '--json']).ended(SOON_MS);
    expect(finished(ended, 'bad')).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
    expect(checkout.has('cleaned')).toBe(true);
  });

  itAsRoot('while another job takes every free byte', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `
hog:
  script:
    - until head -c 64K /dev/zero >>big 2>/dev/null && false || test -e $OUTSIDE/full; do test "$(df --output=avail . | tail -1)" -gt 0 || touch $OUTSIDE/full; done
    - for i in $(seq 2000); do test ! -e $OUTSIDE/cleaned || break; cat /dev/zero >>big 2>/dev/null || true; done
victim:
  script: [until test -e $OUTSIDE/full; do sleep 0.1; done]
  after_script: [echo cleaning, touch $OUTSIDE/cleaned]
`,
    });
    checkout.mountDisk('32m');
    const ended = await checkout.start(['run', '--json', '--concurrency', '2']).ended(SOON_MS);
    expect(finished(ended, 'victim')).toMatchObject({ cleanup: { outcome: 'succeeded' } });
    expect(checkout.has('cleaned')).toBe(true);
  });
});
