import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { quoteWord } from '../../../../base/index.ts';
import { NEVER } from '../../../testing/executor-contract.ts';
import type { OutgoingEntry } from '../tar/write-tar.ts';
import { allOf, contentOf, openRemoteJob, type RemoteJob } from '../testing/remote-job.ts';
import { outgoing, writeAll } from '../testing/write-all.ts';

const everything = { paths: ['**'], exclude: [], untracked: false };

/** Instead of its list, or of its archive, the place says this. */
function answer(job: RemoteJob, list: string, archive: Buffer = Buffer.alloc(0)): void {
  const file = join(job.root, 'answer');
  writeFileSync(file, archive);
  writeFileSync(`${file}.list`, list);
  job.programs.replace = ({ what }) => `cat ${quoteWord(what === 'collect' ? file : `${file}.list`)}`;
}

const paths = async (job: RemoteJob): Promise<string[]> =>
  (await allOf(job.files.collect(everything, NEVER))).map(({ path }) => path);

async function contents(job: RemoteJob): Promise<string[]> {
  const seen: string[] = [];
  for await (const file of job.files.collect(everything, NEVER))
    seen.push(await text(file.open()).catch((error: Error & { code?: string }) => `${error.code}`));
  return seen;
}

const record = (name: string, size = 1, mode = '81a4'): string => `${mode} ${size} 1600000000 ./${name}//\n`;

describe('a list that lies', () => {
  it.each(['../x', '/x', 'a/../../x', 'a//x', './x', 'x/', '..', 'a\0b', 'a/./b'])(
    'cannot lead to %j',
    async (name) => {
      using job = openRemoteJob();
      answer(job, `${record(name)}end//\n`);
      await expect(paths(job)).rejects.toMatchObject({ code: expect.stringMatching(/^(path|list)_refused$/) });
    },
  );

  it.each([
    ['another form', 'file//\n'],
    ['a size that is no number', '81a4 x 1 ./a//\n'],
    ['a negative size', '81a4 -1 1 ./a//\n'],
    ['a size of too many digits', `81a4 ${'9'.repeat(17)} 1 ./a//\n`],
    ['a path that is absolute', '81a4 1 1 /etc/passwd//\n'],
    ['a name without end', 'x'.repeat(100_000)],
    ['a note of another kind', '!z ./a//\n'],
  ])('is refused: %s', async (_, list) => {
    using job = openRemoteJob();
    answer(job, `${list}end//\n`);
    await expect(paths(job)).rejects.toMatchObject({ code: 'list_refused' });
  });

  it('names each file once, none that was not asked for, and no device', async () => {
    using job = openRemoteJob();
    answer(job, `${record('a')}${record('a')}${record('null', 0, '21b6')}${record('b')}end//\n`);
    expect(await paths(job)).toEqual(['a', 'b']);
    const only = { ...everything, paths: ['b'] };
    expect((await allOf(job.files.collect(only, NEVER))).map(({ path }) => path)).toEqual(['b']);
  });

  it('is asked for again when it ends in the middle, and not for ever', async () => {
    using job = openRemoteJob();
    answer(job, record('a'));
    await expect(paths(job)).rejects.toMatchObject({ code: 'reach_cut' });
    expect(job.programs.ran).toHaveLength(5);
  });

  it('is not read beyond its bounds', async () => {
    using job = openRemoteJob();
    job.programs.replace = () => `yes '81a4 1 1 ./${'n'.repeat(4000)}//'`;
    await expect(paths(job)).rejects.toMatchObject({ code: 'answer_too_long' });
  });
});

describe('an archive that lies', () => {
  const list = `${record('a', 3)}${record('b', 3)}${record('c', 3)}end//\n`;
  const given = async (...entries: readonly OutgoingEntry[]): Promise<string[]> => {
    using job = openRemoteJob();
    answer(job, list, await writeAll(entries));
    return await contents(job);
  };

  it('gives nothing that was not asked for', async () => {
    const refused = ['archive_refused', 'archive_refused', 'archive_refused'];
    expect(await given(outgoing('../../etc/passwd', 'bad'))).toEqual(refused);
    expect(await given(outgoing('./x', 'bad'))).toEqual(refused);
    expect(await given(outgoing('/a', 'bad'))).toEqual(refused);
  });

  it('gives a file no other name than it was asked for by, whatever the order', async () => {
    const swapped = await given(outgoing('./b', 'bbb'), outgoing('./a', 'aaa'), outgoing('./c', 'ccc'));
    expect(swapped).toEqual(['file_changed', 'bbb', 'archive_refused']);
  });

  it('gives no more than was announced, and passes over little', async () => {
    const large = outgoing('./a', 'a'.repeat(20 * 1024 * 1024));
    expect(await given(large, outgoing('./b', 'bbb'), outgoing('./c', 'c'))).toEqual([
      'aaa',
      'archive_refused',
      'archive_refused',
    ]);
  });

  it('gives no link or directory for a file', async () => {
    const link = outgoing('./a', '', { kind: 'symlink', target: '/etc/passwd' });
    const directory = outgoing('./a', '', { kind: 'directory' });
    for (const entry of [link, directory]) expect((await given(entry))[0]).toBe('file_changed');
  });

  it('is not taken for more than one that ends with its first name', async () => {
    expect(await given(outgoing('./a', 'aaa'))).toEqual(['aaa', 'file_changed', 'archive_refused']);
  });

  it('is not waited for when it says nothing', async () => {
    using job = openRemoteJob({ silenceMs: 50 });
    answer(job, list);
    const { replace } = job.programs;
    job.programs.replace = (request) => (request.what === 'collect' ? 'sleep 5' : (replace?.(request) ?? null));
    const file = (await allOf(job.files.collect({ ...everything, paths: ['a'] }, NEVER)))[0];
    await expect(contentOf(file)).rejects.toMatchObject({ code: 'reach_cut' });
  });
});
