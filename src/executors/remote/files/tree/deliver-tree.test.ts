import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { itAsRoot, itAsUser } from '../../../../../test/support/privilege.ts';
import { NEVER } from '../../../testing/executor-contract.ts';
import { describeWithEach } from '../testing/each-tools.ts';
import type { Tools } from '../testing/local-programs.ts';
import { localArchives, openRemoteJob, type RemoteJob } from '../testing/remote-job.ts';

let source = '';
beforeEach(() => {
  source = mkdtempSync(join(tmpdir(), 'epilogue-sources-'));
  mkdirSync(join(source, 'dir/empty'), { recursive: true });
  mkdirSync(join(source, 'dir/-d\n'));
  writeFileSync(join(source, 'dir/run'), '#!', { mode: 0o755 });
  writeFileSync(join(source, 'dir/-d\n/ü'), 'odd');
  writeFileSync(join(source, '.hidden'), 'h');
  writeFileSync(join(source, '..odd'), 'o');
  writeFileSync(join(source, 'large'), 'large'.repeat(200_000));
  writeFileSync(Buffer.concat([Buffer.from(`${source}/caf`), Buffer.from([0xe9])]), 'latin');
  utimesSync(join(source, 'dir/run'), 1_600_000_000, 1_600_000_000);
  symlinkSync('/etc/passwd', join(source, 'out'));
  symlinkSync('run', join(source, 'dir/in'));
});
afterEach(() => rmSync(source, { recursive: true, force: true }));

/** What lies below a directory, as `find` and its contents tell it. */
function tree(directory: string): string {
  const program = `cd "$1" && find . ! -name . -printf '%y %m %l %P\\n' | LC_ALL=C sort; find . -type f -exec cat {} + | cksum`;
  return execFileSync('sh', ['-c', program, 'sh', directory], { encoding: 'latin1' });
}

const ways: readonly ['by exec' | 'by the back end', (tools: Tools) => RemoteJob][] = [
  ['by exec', (tools) => openRemoteJob({ tools })],
  ['by the back end', (tools) => openRemoteJob({ tools, archives: localArchives })],
];

for (const [way, openWith] of ways) {
  describeWithEach(`delivering a tree ${way}, with the programs of $name`, (tools) => {
    const open = (): RemoteJob => openWith(tools);

    it('makes a directory the content of the project directory, which stays', async () => {
      using job = open();
      const inode = lstatSync(job.projectDir).ino;
      for (const name of ['old', '.old', '..old', '-old']) writeFileSync(join(job.projectDir, name), '');
      mkdirSync(join(job.projectDir, 'dir/closed'), { recursive: true });
      symlinkSync(job.root, join(job.projectDir, 'dir/closed/out'));
      chmodSync(join(job.projectDir, 'dir/closed'), 0o500);
      await job.files.deliverTree(source, NEVER);
      expect(tree(job.projectDir)).toBe(tree(source));
      expect(lstatSync(join(job.projectDir, 'dir/run')).mtimeMs).toBe(1_600_000_000_000);
      expect(readlinkSync(join(job.projectDir, 'out'))).toBe('/etc/passwd');
      expect(lstatSync(job.projectDir).ino).toBe(inode);
      expect(existsSync(job.root)).toBe(true);
    });

    it('keeps directories that are read-only', async () => {
      using job = open();
      for (const name of ['dir/empty', 'dir', '.']) chmodSync(join(source, name), 0o500);
      try {
        await job.files.deliverTree(source, NEVER);
        expect(tree(job.projectDir)).toBe(tree(source));
        await job.files.deliverTree(source, NEVER);
        expect(tree(job.projectDir)).toBe(tree(source));
      } finally {
        for (const name of ['.', 'dir', 'dir/empty']) chmodSync(join(source, name), 0o700);
      }
    });

    it('makes a directory of what a job has put in its place, and touches nothing where that leads', async () => {
      using job = open();
      mkdirSync(join(job.root, 'theirs'));
      writeFileSync(join(job.root, 'theirs/file'), '');
      rmSync(job.projectDir, { recursive: true });
      symlinkSync('theirs', job.projectDir);
      await job.files.deliverTree(source, NEVER);
      expect(readdirSync(join(job.root, 'theirs'))).toEqual(['file']);
      expect(tree(job.projectDir)).toBe(tree(source));
    });

    it('delivers more at the top than a program takes words', async () => {
      using job = open();
      for (let index = 0; index < 300; index += 1) writeFileSync(join(source, `file ${index}`), '');
      await job.files.deliverTree(source, NEVER);
      expect(tree(job.projectDir)).toBe(tree(source));
    });

    it('leaves nothing when it is called off', async () => {
      using job = open();
      writeFileSync(join(source, 'huge'), Buffer.alloc(64 * 1024 * 1024, 1));
      const off = new AbortController();
      const { open: run, ask } = job.programs;
      job.programs.open = async (request) => {
        const streams = await run(request);
        if (request.what === 'deliver-tree') streams.stdin.once('drain', () => off.abort());
        return streams;
      };
      job.programs.ask = async (request) => {
        if (request.what === 'deliver-tree') setImmediate(() => off.abort());
        return await ask(request);
      };
      await expect(job.files.deliverTree(source, off.signal)).rejects.toMatchObject({ code: 'canceled' });
      expect(readdirSync(job.projectDir)).toEqual([]);
    });

    it('leaves nothing of what cannot be read', async () => {
      using job = open();
      writeFileSync(join(job.projectDir, 'old'), '');
      const missing = job.files.deliverTree(join(source, 'none'), NEVER);
      await expect(missing).rejects.toMatchObject({ code: 'source_unreadable' });
      expect(readdirSync(job.projectDir)).toEqual([]);
    });

    itAsUser('says which file may not be read', async () => {
      using job = open();
      chmodSync(join(source, 'large'), 0o000);
      await expect(job.files.deliverTree(source, NEVER)).rejects.toMatchObject({
        code: 'source_unreadable',
        message: `cannot read ${source}/large: permission denied`,
      });
      expect(readdirSync(job.projectDir)).toEqual([]);
    });

    itAsRoot('says that there is no space, once', async () => {
      using job = open();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', job.projectDir]);
      try {
        await expect(job.files.deliverTree(source, NEVER)).rejects.toMatchObject({ code: 'no_space' });
        expect(job.programs.ran.filter((what) => what === 'empty')).toHaveLength(2);
        expect(readdirSync(job.projectDir)).toEqual([]);
      } finally {
        execFileSync('umount', [job.projectDir]);
      }
    });

    itAsRoot('says what cannot be removed', async () => {
      using job = open();
      mkdirSync(join(job.projectDir, 'mounted'));
      execFileSync('mount', ['-t', 'tmpfs', 'none', join(job.projectDir, 'mounted')]);
      try {
        await expect(job.files.deliverTree(source, NEVER)).rejects.toMatchObject({
          code: 'target_unwritable',
          message: `cannot empty ${job.projectDir}; left: mounted`,
        });
      } finally {
        execFileSync('umount', [join(job.projectDir, 'mounted')]);
      }
    });
  });
}

describeWithEach('a tree that is cut on its way, with the programs of $name', (tools) => {
  it('is sent anew, and what was cut leaves nothing', async () => {
    using job = openRemoteJob({ tools });
    job.programs.faults.push(
      { what: 'deliver-tree', afterInput: 0 },
      { what: 'deliver-tree', afterInput: 600_000 },
      { what: 'deliver-tree', answer: 'lost' },
    );
    await job.files.deliverTree(source, NEVER);
    expect(tree(job.projectDir)).toBe(tree(source));
    expect(readFileSync(join(job.projectDir, 'large'), 'utf8')).toBe('large'.repeat(200_000));
  });

  it('is not touched by what arrives late', async () => {
    using job = openRemoteJob({ tools });
    for (const what of ['empty', 'deliver-tree', 'empty', 'deliver-tree'])
      job.programs.faults.push({ what, isLate: true });
    await job.files.deliverTree(source, NEVER);
    writeFileSync(join(job.projectDir, 'large'), 'changed');
    writeFileSync(join(job.projectDir, 'built'), '');
    const before = tree(job.projectDir);
    expect(await job.programs.arrive()).toEqual([98, 98, 98, 98]);
    expect(tree(job.projectDir)).toBe(before);
    await job.files.deliverTree(source, NEVER);
    expect(tree(job.projectDir)).toBe(tree(source));
  });

  it('is delivered whatever a job has made of the number of its turn', async () => {
    using job = openRemoteJob({ tools });
    const mark = join(job.stateDir, 'turn-of-trees');
    for (const forged of ['999999999999999999999\n', 'x\n', '', '7 1 1\n', '999999999999 0 0\n', '5 -1 -1\n']) {
      writeFileSync(mark, forged);
      await job.files.deliverTree(source, NEVER);
      expect(tree(job.projectDir), forged).toBe(tree(source));
    }
    for (const name of ['turn-of-trees', 'tracked', 'tracked.new']) {
      rmSync(join(job.stateDir, name), { force: true });
      execFileSync(name === 'tracked' ? 'mkdir' : 'mkfifo', [join(job.stateDir, name)]);
    }
    await job.files.deliverTree(source, NEVER);
    expect(tree(job.projectDir)).toBe(tree(source));
  });
});
