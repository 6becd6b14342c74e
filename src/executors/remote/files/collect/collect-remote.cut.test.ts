import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { NEVER } from '../../../testing/executor-contract.ts';
import { gnuWithout } from '../testing/local-programs.ts';
import { allOf, collect, openRemoteJob } from '../testing/remote-job.ts';

const everything = { paths: ['**'], exclude: [], untracked: false };
const LARGE = Array.from({ length: 100_000 }, (_, index) => `${index}\n`).join('');

describe('a connection that is cut while files are collected', () => {
  it.each([0, 1, 100, 5_000])('in the list, after %i bytes: it is listed anew', async (afterOutput) => {
    using job = openRemoteJob();
    for (let index = 0; index < 200; index += 1) writeFileSync(join(job.projectDir, `file ${index}`), '');
    job.programs.faults.push({ what: 'collect-list', afterOutput }, { what: 'collect-list', afterOutput });
    expect((await collect(job)).files).toHaveLength(200);
    expect(job.programs.ran).toHaveLength(3);
  });

  it.each([0, 511, 512, 700, 100_000, 590_000, 600_000])(
    'in the archive, after %i bytes: no byte is missing or comes twice',
    async (afterOutput) => {
      using job = openRemoteJob();
      for (const name of ['a', 'b', 'c']) writeFileSync(join(job.projectDir, name), name + LARGE);
      job.programs.faults.push({ what: 'collect', afterOutput }, { what: 'collect', afterOutput });
      expect((await collect(job)).files.map(({ content }) => content)).toEqual(
        ['a', 'b', 'c'].map((name) => name + LARGE),
      );
      expect(job.programs.ran).toHaveLength(4);
    },
  );

  it('ends a file that has changed meanwhile, and no other', async () => {
    using job = openRemoteJob();
    for (const name of ['a', 'b']) writeFileSync(join(job.projectDir, name), LARGE);
    job.programs.faults.push({ what: 'collect', afterOutput: 200_000 });
    const seen: string[] = [];
    for await (const { path, open } of job.files.collect(everything, NEVER)) {
      const content = open();
      content.once('data', () => {
        if (path === 'a') utimesSync(join(job.projectDir, 'a'), 1, 1);
      });
      seen.push(await text(content).catch((error: Error & { code?: string }) => `${error.code}`));
    }
    expect(seen).toEqual(['file_changed', LARGE]);
  });

  it('is given up after five that bring nothing', async () => {
    using job = openRemoteJob();
    writeFileSync(join(job.projectDir, 'a'), LARGE);
    for (let count = 0; count < 9; count += 1) job.programs.faults.push({ what: 'collect', afterOutput: 512 });
    await expect(collect(job)).rejects.toMatchObject({ code: 'reach_cut' });
    expect(job.programs.ran.filter((what) => what === 'collect')).toHaveLength(5);
  });
});

describe('a file that nobody reads on', () => {
  it('keeps no program in the place waiting, and goes on where it was left', async () => {
    using job = openRemoteJob({ silenceMs: 300 });
    const content = LARGE.repeat(10);
    for (const name of ['a', 'b']) writeFileSync(join(job.projectDir, name), content);
    const seen: string[] = [];
    for await (const file of job.files.collect(everything, NEVER)) {
      const pieces = file.open()[Symbol.asyncIterator]();
      const first = (await pieces.next()).value as Buffer;
      if (file.path === 'a') await new Promise<void>((resolve) => Object.assign(job.programs, { onCut: resolve }));
      const rest: Buffer[] = [];
      for (let next = await pieces.next(); !next.done; next = await pieces.next()) rest.push(next.value as Buffer);
      seen.push(Buffer.concat([first, ...rest]).toString());
    }
    expect(seen.map((whole) => whole === content)).toEqual([true, true]);
    expect(job.programs.ran).toEqual(['collect-list', 'collect', 'collect']);
  });
});

describe('collecting that is called off', () => {
  it('ends with the reason, in the list, between two files and within one', async () => {
    using job = openRemoteJob();
    for (const name of ['a', 'b']) writeFileSync(join(job.projectDir, name), LARGE);
    await expect(allOf(job.files.collect(everything, AbortSignal.abort()))).rejects.toMatchObject({
      name: 'AbortError',
    });
    const between = new AbortController();
    const listed = job.files.collect(everything, between.signal)[Symbol.asyncIterator]();
    expect((await listed.next()).value.path).toBe('a');
    between.abort();
    await expect(listed.next()).rejects.toMatchObject({ name: 'AbortError' });
    const within = new AbortController();
    for await (const { open } of job.files.collect(everything, within.signal)) {
      const content = open();
      content.once('data', () => within.abort());
      await expect(text(content)).rejects.toMatchObject({ name: 'AbortError' });
      break;
    }
  });
});

describe('an image that lacks a program', () => {
  it.each(['find', 'tar'])('is told of: %s', async (program) => {
    using other = openRemoteJob();
    using poor = openRemoteJob({ tools: gnuWithout(join(other.root, 'tools'), program) });
    mkdirSync(join(poor.projectDir, 'dir'));
    writeFileSync(join(poor.projectDir, 'dir/file'), 'x');
    await expect(collect(poor)).rejects.toMatchObject({
      code: 'tool_missing',
      message: `files cannot be collected: the image has no \`${program}\``,
    });
  });
});
