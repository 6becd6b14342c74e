import { text } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../../test/support/engines.ts';
import { readJobLog } from '../../logs/index.ts';
import { makeProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { DEFAULT_LIMITS, runnerProtocolRoutes } from '../index.ts';
import { type RunnerServer, serveRunners } from '../testing/serve-runners.ts';
import { addRunner, FOREIGN, type TakenJob, type TestRunner } from '../testing/test-runner.ts';

const FILES = { '.gitlab-ci.yml': 'a: {script: x}\n' };

let parts: OpenedParts;
let server: RunnerServer;
let runner: TestRunner;
let job: TakenJob;

describeOnEachEngine((engine) => {
  beforeEach(async () => {
    parts = await openParts(engine);
    server = await serveRunners(parts, () => runnerProtocolRoutes(parts, { ...DEFAULT_LIMITS, maxLogBytes: 100 }));
    runner = await addRunner(parts, server);
    await startPipeline(parts, await makeProject(parts, { files: FILES }));
    job = (await runner.poll()).json;
  });

  afterEach(async () => {
    await server.close();
    await parts.close();
  });

  const send = async (start: number, words: string): Promise<string> => {
    const { status, headers } = await runner.trace(job, start, words);
    return `${status} ${headers.get('range')}`;
  };
  const end = async (log: string, by = runner): Promise<string> => {
    const checksum = `crc32:${crc32(log).toString(16).padStart(8, '0')}`;
    const output = { checksum, bytesize: Buffer.byteLength(log) };
    const { status, headers } = await by.put(job, { state: 'success', checksum, output });
    return `${status} ${headers.get('job-status')}`;
  };
  const kept = async (): Promise<string> => {
    const log = await readJobLog(parts, job.id);
    return log === null ? '' : await text(log.body);
  };

  it('takes a log that is what its runner has sent, in whatever pieces', async () => {
    await send(0, 'one\n');
    await send(4, 'tw');
    await send(6, 'o \u00fc\n');
    expect(await end('one\ntwo \u00fc\n')).toBe('200 success');
  });

  it('asks once for all of a log that differs, keeps what there is until it comes, and then takes it anew', async () => {
    await send(0, 'one\n');
    await send(4, 'twx\n');
    expect(await end('one\ntwo\n')).toBe('412 running');
    expect(await kept()).toBe('one\ntwx\n');
    expect(await send(0, 'one\n')).toBe('202 0-4');
    expect(await kept(), 'what is here already takes nothing away').toBe('one\ntwx\n');
    expect(await send(4, 'two\n')).toBe('202 0-8');
    expect(await send(4, 'two\n')).toBe('416 0-8');
    expect(await kept()).toBe('one\ntwo\n');
    expect(await end('one\ntwo\n')).toBe('200 success');
  });

  it('takes nothing away for a request of the first sending that comes late', async () => {
    await send(0, 'one\n');
    await send(4, 'twx\n');
    await end('one\ntwo\n');
    for (const [start, words] of [
      [0, 'one\n'],
      [4, 'twx\n'],
    ] as const) {
      expect(await send(start, words)).toBe(`202 0-${start + 4}`);
    }
    expect(await kept()).toBe('one\ntwx\n');
    expect(await end('one\ntwo\n')).toBe('200 success');
  });

  it('takes a log anew from where it differs, in whatever pieces it comes again', async () => {
    await send(0, 'one\ntw');
    await send(6, 'x\nthree\n');
    expect(await end('one\ntwo\nthree\n')).toBe('412 running');
    expect(await send(0, 'on')).toBe('202 0-2');
    expect(await send(2, 'e\ntwo')).toBe('202 0-7');
    expect(await kept()).toBe('one\ntwo');
    expect(await send(7, '\nthree\n')).toBe('202 0-14');
    expect(await kept()).toBe('one\ntwo\nthree\n');
    expect(await end('one\ntwo\nthree\n')).toBe('200 success');
  });

  it('believes a runner whose log differs again, and one that does not send it again', async () => {
    await send(0, 'one\n');
    expect(await end('two\n')).toBe('412 running');
    expect(await send(4, 'more')).toBe('202 0-8');
    expect(await end('two\n')).toBe('200 success');
    expect([await kept(), parts.complaints.length]).toEqual(['one\nmore', 2]);
  });

  it('asks for what is missing as often as it takes', async () => {
    await send(0, 'one\n');
    expect(await end('one\ntwo\n')).toBe('412 running');
    expect(await end('one\ntwo\n')).toBe('412 running');
    expect(await send(0, 'one\ntwo\n')).toBe('416 0-4');
    expect(await send(4, 'two\n')).toBe('202 0-8');
    expect(await end('one\ntwo\n')).toBe('200 success');
  });

  it('lets a log be that is past its limit, and a runner that cannot send it again', async () => {
    await send(0, 'x'.repeat(150));
    expect(await end('y'.repeat(150))).toBe('200 success');
  });

  it('takes the checksum alone of a runner that has sent nothing', async () => {
    const checksum = 'crc32:00000000';
    const { status } = await runner.put(job, { state: 'success', checksum, output: { checksum } });
    expect(status).toBe(200);
  });

  it('believes a runner that does not know how to send it again', async () => {
    const { trace_reset: _, ...features } = FOREIGN;
    const old = await addRunner(parts, server, features, 'glrt-old');
    await send(0, 'one\n');
    expect(await end('two\n', old)).toBe('200 success');
  });
});
