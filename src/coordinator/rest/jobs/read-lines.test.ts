import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../../test/support/engines.ts';
import { type AttemptRecord, findAttempt, findLog, insertAttempt } from '../../../store/index.ts';
import { appendLog, sealingSweep } from '../../logs/index.ts';
import { makeProject } from '../../testing/make-project.ts';
import { jobsOf, startPipeline } from '../../testing/start-pipeline.ts';
import { restRoutes } from '../rest-routes.ts';
import { type OpenedRest, openRest } from '../testing/open-rest.ts';

const CLEAR = '\r\u001b[0K';

describeOnEachEngine((engine) => {
  let rest: OpenedRest;
  let jobId = 0;
  let attempt: AttemptRecord;
  let written = 0;

  beforeEach(async () => {
    rest = await openRest(restRoutes, engine);
    const project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': 'a: {script: "true"}\n' } });
    const [job] = await jobsOf(rest.parts, await startPipeline(rest.parts, project));
    jobId = job?.id ?? 0;
    written = 0;
    attempt = await rest.parts.store.write(async (tx) => {
      await insertAttempt(tx, {
        jobId,
        pipelineId: 1,
        projectId: 1,
        attempt: 1,
        kind: 'job',
        tokenHash: 'hash',
        runnerId: 1,
        managerId: null,
        features: { cancelGracefully: true, phases: true, cleanupOnly: true },
        leaseUntil: 0,
      });
      return (await findAttempt(tx, jobId, 1)) as AttemptRecord;
    });
  });

  afterEach(() => rest.close());

  async function append(words: string): Promise<void> {
    const bytes = Buffer.from(words);
    for (let at = 0; at < bytes.length; at += 100_000) {
      const piece = bytes.subarray(at, at + 100_000);
      const options = { offset: written, bytes: piece, leaseMs: 60_000, maxBytes: 1e9 };
      expect(await appendLog(rest.parts, attempt, options)).toMatchObject({ kind: 'appended' });
      written += piece.length;
    }
  }

  const ask = (rest_: string) => rest.ask('GET', `/projects/1/jobs/${jobId}/trace/${rest_}`);
  const lines = async (query: string) => (await ask(`lines?${query}`)).json;

  async function seal(status: string | null = null): Promise<void> {
    await rest.parts.store.write(async (tx) => {
      const { state } = await tx.query
        .selectFrom('jobs')
        .select('state')
        .where('id', '=', jobId)
        .executeTakeFirstOrThrow();
      const now = tx.now();
      const failed = { ...JSON.parse(state), status, failureReason: 'script_failure', finishedAt: now };
      const said = status === null ? {} : { state: JSON.stringify(failed) };
      await tx.query
        .updateTable('jobs')
        .set({ finished_at: now, ...said })
        .where('id', '=', jobId)
        .execute();
    });
    await sealingSweep.run(rest.parts, new AbortController().signal);
    expect((await rest.parts.store.read((db) => findLog(db, jobId)))?.state).toBe('sealed');
  }

  it('answers the same lines of a log that grows and of one that is sealed', async () => {
    const numbered = Array.from({ length: 30_000 }, (_, n) => `line ${n}`);
    await append(`${numbered.join('\n')}\nlast`);
    const look = async () => {
      const near = await lines('from=20000&count=3');
      const end = await lines('from=-2');
      const past = await lines('from=99999');
      return { near, end, past };
    };
    const growing = await look();
    expect(growing.near).toMatchObject({
      from: 20_000,
      lines: ['line 20000', 'line 20001', 'line 20002'],
      next_line: 20_003,
      total: 30_001,
      size: written,
      growing: true,
      sections: null,
    });
    expect(growing.end).toMatchObject({ from: 29_999, lines: ['line 29999', 'last'], next_line: 30_001 });
    expect(growing.past).toMatchObject({ from: 30_001, lines: [], next_line: 30_001 });
    await seal();
    for (const [key, part] of Object.entries(await look())) {
      const { from, lines, total } = growing[key as keyof typeof growing];
      expect(part).toMatchObject({ from, lines, total });
    }
  });

  it('shows a progress bar of megabytes as one line, and colours that were left on', async () => {
    const bar = Array.from({ length: 200_000 }, (_, n) => `\r${n} of 200000`).join('');
    await append(`\u001b[32mgreen\n${bar}\nafter\n`);
    for (const sealed of [false, true]) {
      if (sealed) await seal();
      expect(await lines('from=1')).toMatchObject({
        lines: ['199999 of 200000', 'after'],
        style: sealed ? expect.any(String) : '\u001b[32m',
        cut: [],
        total: 3,
      });
    }
  });

  it('stops after a megabyte, and says where to go on', async () => {
    await append(`${'y'.repeat(30_000)}\n`.repeat(100));
    const part = await lines('count=1000');
    expect(part.lines.length).toBe(52);
    expect(part).toMatchObject({
      next_line: 52,
      total: 100,
      cut: expect.arrayContaining([{ line: 51, bytes: 10_000 }]),
    });
  });

  it('has sections while the log grows and afterwards, and says where the job failed', async () => {
    await append(`section_start:100:step_script${CLEAR}Executing\n$ false\nboom\nsection_en`);
    expect((await lines('sections=true')).sections).toMatchObject([
      { name: 'step_script', start_line: 0, end_line: null },
    ]);
    await append(`d:105:step_script${CLEAR}section_start:105:after_script${CLEAR}Cleaning\n${'x\n'.repeat(90_000)}`);
    await append(`section_end:110:after_script${CLEAR}ERROR: Job failed: exit code 1\n`);
    const sections = [
      { name: 'step_script', is_collapsed: false, start_line: 0, end_line: 3, started_at: '1970-01-01T00:01:40.000Z' },
      { name: 'after_script', start_line: 3, end_line: 90_004, ended_at: '1970-01-01T00:01:50.000Z' },
    ];
    expect(await lines('sections=true&count=4')).toMatchObject({
      sections,
      failed_line: null,
      lines: ['Executing', '$ false', 'boom', 'Cleaning'],
    });
    await seal('failed');
    expect(await lines('sections=true')).toMatchObject({ sections, failed_line: 2, growing: false, more_sections: 0 });
  });

  it('finds text as it is shown, without case, part by part', async () => {
    await append(`An \u001b[31mErr\u001b[0mor\nerror drawn over\rfine\nnothing\n${'x'.repeat(99)}\n`.repeat(3_000));
    const first = (await ask('search?text=eRRor')).json;
    expect(first.lines.slice(0, 3)).toEqual([0, 4, 8]);
    const all = [...first.lines];
    for (let next = first.next_offset, turn = 0; next !== null && turn < 50; turn += 1) {
      const part = (await ask(`search?text=error&from=${next}`)).json;
      all.push(...part.lines);
      next = part.next_offset;
    }
    expect(all).toEqual(Array.from({ length: 3_000 }, (_, n) => n * 4));
    expect((await ask('search?text=error&from=999999999')).json).toMatchObject({ lines: [], next_offset: null });
  });

  it('has no lines of a job without a log, and refuses what it cannot answer', async () => {
    expect(await lines('sections=true')).toMatchObject({ lines: [], total: 0, sections: [], growing: true });
    expect((await ask('search?text=a')).json).toMatchObject({ lines: [], next_offset: null });
    for (const query of [
      'lines?count=0',
      'lines?count=1001',
      'lines?from=-1001',
      'search?text=',
      'search',
      'search?text=%00',
    ])
      expect((await ask(query)).status).toBe(400);
  });

  it('counts anew a log that grew before lines were counted', async () => {
    await append('a\nb\nc');
    await rest.parts.store.write(async ({ query }) => {
      await query.updateTable('logs').set({ newlines: null }).execute();
      await query.deleteFrom('log_marks').execute();
    });
    await append('\nd\n');
    expect(await lines('from=2')).toMatchObject({ lines: ['c', 'd'], total: 4 });
  });
});
