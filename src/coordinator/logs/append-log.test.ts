import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BlobStore, logKeys, parseLogIndex } from '../../blobs/index.ts';
import {
  type AttemptRecord,
  endAttempt,
  findAttempt,
  findLog,
  insertAttempt,
  noteLogErased,
} from '../../store/index.ts';
import { makeProject } from '../testing/make-project.ts';
import { type OpenedParts, openParts } from '../testing/open-parts.ts';
import { jobsOf, startPipeline } from '../testing/start-pipeline.ts';
import { appendLog, lacksLog, readJobLog, removeGrownLog, sealingSweep } from './index.ts';

let parts: OpenedParts;
let jobId: number;

beforeEach(async () => {
  parts = await openParts();
  const project = await makeProject(parts, { files: { '.gitlab-ci.yml': 'a: {script: "true"}\n' } });
  const [job] = await jobsOf(parts, await startPipeline(parts, project));
  jobId = job?.id ?? 0;
});

afterEach(async () => {
  await parts.close();
});

async function attempt(number: number): Promise<AttemptRecord> {
  const features = { cancelGracefully: true, phases: true, cleanupOnly: true };
  await parts.store.write((tx) =>
    insertAttempt(tx, {
      jobId,
      pipelineId: 1,
      projectId: 1,
      attempt: number,
      kind: 'job',
      tokenHash: `hash ${number}`,
      runnerId: 1,
      managerId: null,
      features,
      leaseUntil: 0,
    }),
  );
  return (await parts.store.read((db) => findAttempt(db, jobId, number))) as AttemptRecord;
}

const append = (to: AttemptRecord, offset: number, words: string, maxBytes = 1_000) =>
  appendLog(parts, to, { offset, bytes: Buffer.from(words), leaseMs: 60_000, maxBytes });

async function read(range = {}): Promise<string | null> {
  const log = await readJobLog(parts, jobId, range);
  return log === null ? null : await text(log.body);
}

async function finishJob(): Promise<void> {
  await parts.store.write(async (tx) => {
    await tx.query.updateTable('jobs').set({ finished_at: tx.now() }).where('id', '=', jobId).execute();
  });
}

it('takes pieces in their order alone, and says where to go on', async () => {
  const first = await attempt(1);
  expect(await append(first, 4, 'x')).toEqual({ kind: 'mismatch', sizeBytes: 0 });
  expect(await append(first, 0, 'one\n')).toEqual({ kind: 'appended', sizeBytes: 4 });
  expect(await append(first, 0, 'one\n')).toEqual({ kind: 'mismatch', sizeBytes: 4 });
  expect(await append(first, 4, 'two\n')).toEqual({ kind: 'appended', sizeBytes: 8 });
  expect([await read(), await read({ from: 4, to: 7 }), await read({ from: 99 })]).toEqual(['one\ntwo\n', 'two', '']);
});

it('lets one of two pieces win that come for the same place at once', async () => {
  const first = await attempt(1);
  const answers = await Promise.all([append(first, 0, 'aaaa'), append(first, 0, 'bb')]);
  expect(answers.map(({ kind }) => kind)).toEqual(['appended', 'mismatch']);
  expect(await read()).toBe('aaaa');
});

it('writes over what a crash left behind the noted end', async () => {
  const first = await attempt(1);
  await append(first, 0, 'one\n');
  const path = join(parts.dataDir, 'logs', jobId.toString(16).padStart(2, '0'), `${jobId}.log`);
  writeFileSync(path, 'one\nnever noted, and long');
  expect(await read()).toBe('one\n');
  await append(first, 4, 'two\n');
  expect(await read()).toBe('one\ntwo\n');
});

it('goes on behind the attempt before, which may write no more', async () => {
  const first = await attempt(1);
  await append(first, 0, 'one\n');
  const second = await attempt(2);
  expect(await append(second, 0, 'two\n')).toEqual({ kind: 'appended', sizeBytes: 4 });
  expect(await append(first, 4, 'late')).toEqual({ kind: 'over' });
  await parts.store.write((tx) => endAttempt(tx, jobId, 2));
  expect(await append(second, 4, 'late')).toEqual({ kind: 'over' });
  expect(await read()).toBe('one\ntwo\n');
});

it('takes nothing of the attempt before when the one behind it sends its log again', async () => {
  await append(await attempt(1), 0, 'one\n');
  const second = await attempt(2);
  await append(second, 0, 'two\n');
  await append(second, 4, 'three\n');
  expect(await lacksLog(parts, second, { sizeBytes: 10, crc: 0 })).toBe(true);
  expect(await append(second, 0, 'four\n')).toEqual({ kind: 'appended', sizeBytes: 5 });
  expect([await read(), parts.complaints.length]).toEqual(['one\nfour\n', 1]);
});

it('keeps what it has acknowledged when a runner names less', async () => {
  const first = await attempt(1);
  await append(first, 0, 'one\n');
  expect(await lacksLog(parts, first, { sizeBytes: 3, crc: 0 })).toBe(false);
  const second = await attempt(2);
  await append(second, 0, 'two\n');
  for (const sizeBytes of [0, 3]) expect(await lacksLog(parts, second, { sizeBytes, crc: null })).toBe(false);
  expect(await append(second, 0, 'tw')).toEqual({ kind: 'mismatch', sizeBytes: 4 });
  expect([await read(), parts.complaints.length]).toEqual(['one\ntwo\n', 3]);
  // As many bytes as the whole log has: of its own, too many.
  expect(await lacksLog(parts, second, { sizeBytes: 8, crc: null })).toBe(true);
});

it('acknowledges what is past the limit, drops it and says so once', async () => {
  const first = await attempt(1);
  expect(await append(first, 0, '0123456789', 8)).toEqual({ kind: 'appended', sizeBytes: 10 });
  expect(await append(first, 10, 'more', 8)).toEqual({ kind: 'appended', sizeBytes: 14 });
  const log = await read();
  expect(log).toMatch(/^01234567\n/);
  expect(log?.match(/limit of 8 bytes/g)).toHaveLength(1);
  expect(log).not.toContain('more');
});

it('seals the log of a job that has ended, while a reader goes on', async () => {
  const first = await attempt(1);
  await append(first, 0, 'one\ntwo\n');
  const reader = await readJobLog(parts, jobId);
  await sealingSweep.run(parts, new AbortController().signal);
  expect(await parts.store.read((db) => findLog(db, jobId))).toMatchObject({ state: 'growing' });
  await finishJob();
  await sealingSweep.run(parts, new AbortController().signal);
  expect(await parts.store.read((db) => findLog(db, jobId))).toMatchObject({ state: 'sealed', keptBytes: 8 });
  expect(existsSync(join(parts.dataDir, 'logs', jobId.toString(16).padStart(2, '0'), `${jobId}.log`))).toBe(false);
  expect([await text(reader?.body as Readable), await read({ from: 4 })]).toEqual(['one\ntwo\n', 'two\n']);
  const { body } = await parts.blobs.open(logKeys(jobId).index);
  expect(parseLogIndex(Buffer.from(await text(body)))).toMatchObject({ lines: 2, sizeBytes: 8 });
  expect(await append(first, 8, 'late')).toEqual({ kind: 'over' });
});

it('says nothing of a log whose sealing the stop of the server has cut short, and seals it afterwards', async () => {
  await append(await attempt(1), 0, 'one\n');
  await finishJob();
  const stop = new AbortController();
  const blobs: BlobStore = Object.assign(Object.create(parts.blobs), {
    put: async () => {
      stop.abort();
      throw new Error('the put was cancelled');
    },
  });
  await sealingSweep.run({ ...parts, blobs }, stop.signal);
  expect(parts.complaints).toEqual([]);
  await sealingSweep.run(parts, new AbortController().signal);
  expect(await parts.store.read((db) => findLog(db, jobId))).toMatchObject({ state: 'sealed' });
});

it('leaves nothing of a log that is erased while it grows', async () => {
  await append(await attempt(1), 0, 'one\n');
  const path = join(parts.dataDir, 'logs', jobId.toString(16).padStart(2, '0'), `${jobId}.log`);
  expect(existsSync(path)).toBe(true);
  await parts.store.write((tx) => noteLogErased(tx, jobId));
  await removeGrownLog(parts, jobId, 'file');
  expect([await read(), existsSync(path)]).toEqual([null, false]);
});
