import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readFile, readFiles } from '../index.ts';
import { makeBare } from '../testing/bare.ts';
import { commit, useTemporaryDirectory, write } from '../testing/repository.ts';

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
  const found = await readFiles(repository, sha, paths, { maxBytes: 10 });
  expect([...found.keys()]).toEqual(paths);
  for (const path of paths.slice(0, 20)) {
    expect(found.get(path), path).toEqual(await readFile(repository, sha, path, { maxBytes: 10 }));
  }
  expect(found.get('many/249')).toMatchObject({ content: Buffer.from('249') });
  expect([found.get('none'), found.get('b')]).toEqual([null, null]);
});

it('says of each path alone what is wrong with it', async () => {
  const { repository, work, push } = await makeBare(temporary);
  write(work, { large: 'x'.repeat(11), small: 'x' });
  const sha = commit(work, 'More');
  push('main');
  const found = await readFiles(repository, sha, ['large', '../small', '', 'small'], { maxBytes: 10 });
  expect([...found.values()]).toMatchObject([
    { code: 'output_too_large', message: '"large" has 11 bytes, at most 10' },
    { code: 'bad_name' },
    { code: 'bad_name' },
    { content: Buffer.from('x') },
  ]);
  expect(await readFiles(repository, sha, [], { maxBytes: 10 })).toEqual(new Map());
  await expect(readFiles(repository, '1'.repeat(40), ['small'], { maxBytes: 10 })).rejects.toMatchObject({
    code: 'not_found',
  });
});
