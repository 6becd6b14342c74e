import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { itAsUser } from '../../../../../test/support/privilege.ts';
import { collectFiles } from '../../../files/collect-files.ts';
import { NEVER } from '../../../testing/executor-contract.ts';
import { describeWithEach } from '../testing/each-tools.ts';
import { allOf, collect, contentOf, openRemoteJob } from '../testing/remote-job.ts';

const everything = { paths: ['**'], exclude: [], untracked: false };

const NAMES = [
  ' a',
  'a ',
  '-x',
  '--',
  'ü\u{1F600}',
  '\\n',
  "'",
  '"',
  '$HOME',
  '*',
  'a.b',
  '#',
  '!r .',
  '\t',
  '%s',
  '`id`',
];
const SELECTIONS = [
  ['**'],
  ['*'],
  ['.'],
  ['dir'],
  ['dir/', 'dir/-d/*'],
  ['**/a*', 'link/deep'],
  ['link/*'],
  ['link'],
  ['link', 'link/deep/a.b'],
  ['**', 'link/deep/a.b', 'etc/*', 'etc/passwd'],
  ['link/up/link/deep/a.b'],
  ['dangling/x', 'to-file/x', 'dir/a.b/x', 'none/*'],
  ['dir/\\*', 'dir/[!a]', '-x', '--'],
  ['../*', '/etc/passwd'],
];

describeWithEach('collecting files by the programs of $name', (tools) => {
  const open = () => openRemoteJob({ tools });

  it('gives the same as on a disk, whatever the names, links and patterns are', async () => {
    using job = open();
    const at = (name: string): string => join(job.projectDir, name);
    for (const directory of ['dir', 'dir/-d', 'dir/.hidden', 'dir/empty', 'real', 'real/deep'])
      mkdirSync(at(directory), { mode: 0o755 });
    for (const directory of ['.', 'dir', 'dir/-d', 'real/deep'])
      for (const name of NAMES) writeFileSync(join(at(directory), name), `${directory} ${name}`, { mode: 0o640 });
    symlinkSync('real', at('link'));
    symlinkSync('..', at('real/up'));
    symlinkSync('/etc', at('etc'));
    symlinkSync('nowhere', at('dangling'));
    symlinkSync('a.b', at('to-file'));
    for (const paths of [...SELECTIONS, [`${job.projectDir}/dir/*`]]) {
      for (const exclude of [[], ['**/deep/**', '**/-x'], ['dir/**']]) {
        const expected: Record<string, unknown>[] = [];
        const told: Record<string, string> = {};
        const local = collectFiles(job.projectDir, { paths, exclude, untracked: false }, NEVER, (path, reason) => {
          told[path] = reason;
        });
        for await (const { path, kind, mode, modifiedMs, open: read } of local) {
          const whole = Math.floor(modifiedMs / 1000) * 1000;
          expected.push({ path, kind, mode, modifiedMs: whole, content: await text(read()) });
        }
        const seen = await collect(job, { paths, exclude });
        expect(seen, `${paths} without ${exclude}`).toEqual({ files: expected, leftOut: told });
      }
    }
  });

  it('leaves out and tells what it cannot ask for: no UTF-8, a line feed', async () => {
    using job = open();
    mkdirSync(join(job.projectDir, 'a\nb'));
    writeFileSync(join(job.projectDir, 'a\nb/c'), '');
    mkdirSync(join(job.projectDir, 'x\n81a4 1 1 .'));
    writeFileSync(join(job.projectDir, 'x\n81a4 1 1 ./forged'), '');
    writeFileSync(Buffer.concat([Buffer.from(`${job.projectDir}/caf`), Buffer.from([0xe9])]), '');
    writeFileSync(join(job.projectDir, 'kept'), '');
    const { files, leftOut } = await collect(job);
    expect(files.map(({ path }) => path)).toEqual(['kept']);
    expect(leftOut).toEqual({
      'a\nb': 'its name has a line feed',
      'x\n81a4 1 1 .': 'its name has a line feed',
      'caf\ufffd': 'its name is not UTF-8',
    });
  });

  it('passes over pipes, and what vanishes before it is listed', async () => {
    using job = open();
    execFileSync('mkfifo', [join(job.projectDir, 'pipe')]);
    writeFileSync(join(job.projectDir, 'file'), 'x');
    expect((await collect(job)).files.map(({ path }) => path)).toEqual(['file']);
    rmSync(job.projectDir, { recursive: true });
    expect(await collect(job)).toEqual({ files: [], leftOut: {} });
  });

  it('asks for no content before a file is opened, and then once for all', async () => {
    using job = open();
    for (const name of ['a', 'b', 'c']) writeFileSync(join(job.projectDir, name), name.repeat(10));
    const sizes: number[] = [];
    for await (const { sizeBytes } of job.files.collect(everything, NEVER)) sizes.push(sizeBytes);
    expect(sizes).toEqual([10, 10, 10]);
    expect(job.programs.ran).toEqual(['collect-list']);
    expect((await collect(job)).files.map(({ content }) => content)).toEqual(
      ['a', 'b', 'c'].map((name) => name.repeat(10)),
    );
    expect(job.programs.ran).toEqual(['collect-list', 'collect-list', 'collect']);
  });

  it('opens files in any order, again, and two at once', async () => {
    using job = open();
    const contents = ['a', 'b', 'c'].map((name) => name.repeat(300_000));
    for (const content of contents) writeFileSync(join(job.projectDir, content.slice(0, 1)), content);
    const files = await allOf(job.files.collect(everything, NEVER));
    const [a, b, c] = files;
    expect(await contentOf(c)).toBe(contents[2]);
    expect(await contentOf(a)).toBe(contents[0]);
    expect(await contentOf(a)).toBe(contents[0]);
    expect(await Promise.all([a, b, c].map((file) => contentOf(file)))).toEqual(contents);
  });

  it('gives a second name of a file its content, too', async () => {
    using job = open();
    writeFileSync(join(job.projectDir, 'a'), 'shared');
    for (const name of ['b', 'c']) linkSync(join(job.projectDir, 'a'), join(job.projectDir, name));
    writeFileSync(join(job.projectDir, 'd'), 'own');
    const { files } = await collect(job);
    expect(files.map(({ kind, content }) => `${kind} ${content}`)).toEqual([
      'file shared',
      'file shared',
      'file shared',
      'file own',
    ]);
  });

  it('gives a file that grew at the size that it announced, and says which one went or became a link', async () => {
    using job = open();
    const at = (name: string): string => join(job.projectDir, name);
    for (const name of ['grows', 'goes', 'turns', 'stays']) writeFileSync(at(name), name);
    const seen: string[] = [];
    for await (const { path, open: read } of job.files.collect(everything, NEVER)) {
      if (path === 'goes') {
        rmSync(at('goes'));
        truncateSync(at('grows'), 100 * 1024 * 1024);
        rmSync(at('turns'));
        symlinkSync('/etc/passwd', at('turns'));
      }
      seen.push(await text(read()).catch((error: Error & { code?: string }) => `${error.code}: ${error.message}`));
    }
    expect(seen).toEqual([
      'file_changed: goes is not there any more, or may not be read',
      'grows',
      'stays',
      'file_changed: turns has become a symlink',
    ]);
  });

  itAsUser('names a directory or a file that may not be read, and keeps the rest', async () => {
    using job = open();
    const at = (name: string): string => join(job.projectDir, name);
    for (const name of ['closed', 'listed', 'open']) mkdirSync(at(name));
    for (const name of ['closed/file', 'listed/file', 'open/file', 'open/secret'])
      writeFileSync(at(name), 'x', { mode: name === 'open/secret' ? 0o200 : 0o600 });
    chmodSync(at('closed'), 0o000);
    chmodSync(at('listed'), 0o600);
    try {
      const { files, leftOut } = await collect(job);
      expect(files.map(({ path }) => path)).toEqual(['closed', 'listed', 'open', 'open/file']);
      const denied = 'permission denied';
      expect(leftOut).toEqual({ closed: denied, 'listed/file': denied, 'open/secret': denied });
    } finally {
      for (const name of ['closed', 'listed']) chmodSync(at(name), 0o700);
    }
  });
});
