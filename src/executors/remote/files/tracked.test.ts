import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { collectFiles } from '../../files/collect-files.ts';
import { NEVER } from '../../testing/executor-contract.ts';
import { describeWithEach } from './testing/each-tools.ts';
import { allOf, collect, openRemoteJob, type RemoteJob } from './testing/remote-job.ts';

interface Checkout extends Disposable {
  readonly dir: string;
}

/** As a runner has fetched it: two files and a submodule's place are tracked. */
function openCheckout(): Checkout {
  const dir = mkdtempSync(join(tmpdir(), 'epilogue-checkout-'));
  mkdirSync(join(dir, 'dir'));
  for (const name of ['tracked', '.gitignore', 'dir/tracked', 'dir/ü']) {
    writeFileSync(join(dir, name), name === '.gitignore' ? 'ignored' : '');
  }
  git(dir, 'init');
  git(dir, 'add', '.');
  git(dir, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`);
  mkdirSync(join(dir, 'module'));
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}

function git(cwd: string, ...words: readonly string[]): void {
  execFileSync('git', words, { cwd, stdio: 'ignore' });
}

async function untracked(job: RemoteJob, more: { paths?: string[]; exclude?: string[] } = {}): Promise<string[]> {
  return (await collect(job, { untracked: true, ...more })).files.map(({ path }) => path);
}

describeWithEach('untracked files of a place with the programs of $name', (tools) => {
  it('are what git would call so, ignored ones included, besides the given paths', async () => {
    using checkout = openCheckout();
    using job = openRemoteJob({ tools });
    const at = (name: string): string => join(job.projectDir, name);
    await job.files.deliverTree(checkout.dir, NEVER);
    mkdirSync(at('dir/empty'));
    mkdirSync(at('deep/other/below'), { recursive: true });
    for (const name of ['dir/ignored', 'new file', 'deep/new', 'module/own']) writeFileSync(at(name), '');
    symlinkSync('x', at('link'));
    git(at('deep/other'), 'init');
    git(at('module'), 'init');
    writeFileSync(at('deep/other/below/file'), '');
    for (const selection of [{}, { paths: ['tracked'] }, { exclude: ['dir/*'] }, { paths: ['deep/other'] }]) {
      const local = { paths: [], exclude: [], untracked: true, ...selection };
      const expected = (await allOf(collectFiles(job.projectDir, local, NEVER))).map(({ path }) => path);
      expect(expected).toContain('new file');
      expect(await untracked(job, selection)).toEqual(expected);
    }
  });

  it('are those that were not delivered, whatever a job adds to its index', async () => {
    using checkout = openCheckout();
    using job = openRemoteJob({ tools });
    await job.files.deliverTree(checkout.dir, NEVER);
    writeFileSync(join(job.projectDir, 'added'), '');
    git(job.projectDir, 'add', 'added');
    expect(await untracked(job)).toEqual(['added']);
  });

  it('are none where no repository was delivered, also after one', async () => {
    using checkout = openCheckout();
    using job = openRemoteJob({ tools });
    writeFileSync(join(job.projectDir, 'file'), '');
    expect(await untracked(job)).toEqual([]);
    await job.files.deliverTree(checkout.dir, NEVER);
    expect(readFileSync(join(job.stateDir, 'tracked'), 'utf8').split('\0')).toContain('dir/ü');
    rmSync(join(checkout.dir, '.git'), { recursive: true });
    await job.files.deliverTree(checkout.dir, NEVER);
    writeFileSync(join(job.projectDir, 'file'), '');
    expect(await untracked(job)).toEqual([]);
  });

  it('are not known when git cannot read the index of what is delivered', async () => {
    using checkout = openCheckout();
    using job = openRemoteJob({ tools });
    writeFileSync(join(checkout.dir, '.git/index'), 'damaged');
    await expect(job.files.deliverTree(checkout.dir, NEVER)).rejects.toMatchObject({ code: 'git_failed' });
  });
});
