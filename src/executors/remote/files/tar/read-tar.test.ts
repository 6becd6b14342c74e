import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWithEach } from '../testing/each-tools.ts';
import { readAll } from '../testing/read-all.ts';
import { createTarReader } from './read-tar.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'epilogue-read-tar-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describeWithEach('reading what the tar of $name writes', ({ name: whose, path: PATH }) => {
  const pack = (words: readonly string[]): Buffer =>
    execFileSync('tar', ['-c', '-C', root, '-f', '-', ...words], { env: { PATH }, maxBuffer: 64 * 1024 * 1024 });
  const time = 1_600_000_000;

  function fill(): void {
    mkdirSync(join(root, 'dir/empty'), { recursive: true });
    writeFileSync(join(root, 'dir/file'), 'content');
    writeFileSync(join(root, 'dir/none'), '');
    writeFileSync(join(root, 'dir/-x y\nüñ'), 'x'.repeat(1000));
    chmodSync(join(root, 'dir/file'), 0o751);
    symlinkSync('../somewhere', join(root, 'dir/link'));
    utimesSync(join(root, 'dir/file'), time, time);
  }

  it('finds files, directories and links, in pieces of any size', async () => {
    fill();
    const archive = pack(['dir']);
    for (const pieceBytes of [1, 511, 513, 65_536]) {
      const entries = await readAll(archive, pieceBytes);
      const seen = entries.map(({ name, kind, target, content }) => [name, kind, target, content.toString()].join('|'));
      expect(seen.sort()).toEqual(
        [
          `dir/${Buffer.from('-x y\nüñ').toString('latin1')}|file||${'x'.repeat(1000)}`,
          'dir/empty|directory||',
          'dir/file|file||content',
          'dir/link|symlink|../somewhere|',
          'dir/none|file||',
          'dir|directory||',
        ].sort(),
      );
      expect(entries.find(({ name }) => name === 'dir/file')).toMatchObject({
        mode: 0o751,
        modified: time,
        sizeBytes: 7,
      });
    }
  });

  it('finds names and targets of any length', async () => {
    const deep = Array.from({ length: 12 }, (_, index) => `${index}`.padEnd(100, 'ä')).join('/');
    mkdirSync(join(root, deep), { recursive: true });
    symlinkSync(deep, join(root, deep, 'link'));
    const entries = await readAll(pack([join(deep, 'link')]));
    const bytes = Buffer.from(deep).toString('latin1');
    expect(entries).toMatchObject([{ name: `${bytes}/link`, kind: 'symlink', target: bytes }]);
  });

  it('tells a second name of a file', async () => {
    fill();
    linkSync(join(root, 'dir/file'), join(root, 'dir/zz'));
    const kinds = (await readAll(pack(['dir/file', 'dir/zz']))).map(({ kind, target }) => [kind, target]);
    expect(kinds).toEqual([
      ['file', ''],
      ['hardlink', 'dir/file'],
    ]);
  });

  it('knows the size of a file above 8 GiB', async () => {
    const sizeBytes = 9 * 1024 ** 3;
    writeFileSync(join(root, 'large'), '');
    truncateSync(join(root, 'large'), sizeBytes);
    const head = execFileSync('sh', [
      '-c',
      `"$1" -c -C "$2" -f - large 2>/dev/null | head -c 10240`,
      'sh',
      tarOf(PATH),
      root,
    ]);
    const reader = createTarReader(async () => head);
    expect(await reader.next()).toMatchObject({ name: 'large', sizeBytes });
  });

  it.runIf(whose === 'GNU')('reads pax, too', async () => {
    fill();
    const long = 'ü'.repeat(120);
    writeFileSync(join(root, long), 'long');
    const entries = await readAll(pack(['--format=pax', '--pax-option=globexthdr.name=x,comment=c', 'dir/file', long]));
    const file = { kind: 'file', modified: time, mode: 0o751, name: 'dir/file' };
    expect(entries).toMatchObject([file, { name: Buffer.from(long).toString('latin1'), sizeBytes: 4 }]);
  });
});

function tarOf(path: string): string {
  return execFileSync('/bin/sh', ['-c', 'command -v tar'], { env: { PATH: path }, encoding: 'utf8' }).trim();
}
