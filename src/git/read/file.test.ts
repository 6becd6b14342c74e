import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Failure } from '../../base/index.ts';
import { readFile, readFiles } from '../index.ts';
import { makeBare } from '../testing/bare.ts';
import { commit, useTemporaryDirectory, write } from '../testing/repository.ts';

const MIB = 1024 * 1024;
const LIMITS = { maxBytes: 10, maxTotalBytes: MIB };

const temporary = useTemporaryDirectory();

it('reads many files at once, each as one alone', async () => {
  const { repository, work, push } = await makeBare(temporary);
  const names = ['a', 'twin', 'empty', 'b/c', '*', '-x', 'a\nb', 'ä', 'x:y'];
  write(work, Object.fromEntries(names.map((name) => [name, name === 'empty' ? '' : `${name}\n`])));
  write(work, { twin: 'a\n', large: 'x'.repeat(11), bytes: '\0\n\r\n' });
  symlinkSync('a', join(work, 'link'));
  const many = Object.fromEntries(Array.from({ length: 250 }, (_, number) => [`many/${number}`, `${number}`]));
  write(work, many);
  const sha = commit(work, 'More');
  push('main');
  const paths = [...names, 'bytes', 'link', 'none', 'b', ...Object.keys(many)];
  const found = await readFiles(repository, sha, paths, LIMITS);
  expect([...found.keys()]).toEqual(paths);
  for (const path of paths.slice(0, 20)) {
    expect(found.get(path), path).toEqual(await readFile(repository, sha, path, LIMITS));
  }
  expect(found.get('many/249')).toMatchObject({ content: Buffer.from('249') });
  expect([found.get('none'), found.get('b')]).toEqual([null, null]);
});

it('reads many large files a few at a time', async () => {
  const { repository, work, push } = await makeBare(temporary);
  const sizes = { a: 5, b: 3, c: 1, d: 9, e: 0, f: 4 };
  const files = Object.entries(sizes).map(([name, size]) => [name, name.repeat(size * MIB)] as const);
  write(work, Object.fromEntries(files));
  const sha = commit(work, 'More');
  push('main');
  // A git that writes down what it is given.
  const file = join(work, 'noting-git');
  const noted = join(work, 'noted');
  writeFileSync(file, `#!/bin/sh\necho "$*" >> '${noted}'\nexec git "$@"\n`, { mode: 0o755 });
  const noting = { ...repository, start: { ...repository.start, file } };
  const found = await readFiles(noting, sha, Object.keys(sizes), { maxBytes: 10 * MIB, maxTotalBytes: 100 * MIB });
  for (const [name, text] of files) {
    const read = found.get(name);
    expect(read !== null && read !== undefined && 'content' in read && read.content.equals(Buffer.from(text))).toBe(
      true,
    );
  }
  // a and b; c; d; e and f.
  expect(readFileSync(noted, 'utf8').match(/cat-file --batch$/gm)).toHaveLength(4);
});

it('reads no more than may be held at once, and says of each that it leaves why', async () => {
  const { repository, work, push } = await makeBare(temporary);
  const names = Array.from({ length: 120 }, (_, at) => `f/${at}`);
  write(work, Object.fromEntries(names.map((name) => [name, name.padEnd(10)])));
  const sha = commit(work, 'More');
  push('main');
  const found = await readFiles(repository, sha, [...names, 'none'], { maxBytes: 10, maxTotalBytes: 1_105 });
  const read = names.filter((name) => !(found.get(name) instanceof Failure));
  expect(read).toHaveLength(110);
  const failures = names.map((name) => found.get(name)).filter((file) => file instanceof Failure);
  expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['output_too_large']));
  expect(found.get('none')).toBeNull();
});

it('says of each path alone what is wrong with it', async () => {
  const { repository, work, push } = await makeBare(temporary);
  write(work, { large: 'x'.repeat(11), small: 'x' });
  const sha = commit(work, 'More');
  push('main');
  const found = await readFiles(repository, sha, ['large', '../small', '', 'small'], LIMITS);
  expect([...found.values()]).toMatchObject([
    { code: 'output_too_large', message: '"large" has 11 bytes, at most 10' },
    { code: 'bad_name' },
    { code: 'bad_name' },
    { content: Buffer.from('x') },
  ]);
  expect(await readFiles(repository, sha, [], LIMITS)).toEqual(new Map());
  await expect(readFiles(repository, '1'.repeat(40), ['small'], LIMITS)).rejects.toMatchObject({
    code: 'not_found',
  });
});
