import { describe, expect, it } from 'vitest';
import { DEFAULT_RUNNER_SETTINGS } from '../../runner/index.ts';
import { job, later, NONE, openLoopBench, REFUSED, settle } from './testing/loop-bench.ts';

describe('a plain server', () => {
  it('is asked every check_interval, counted from the request before, however long that was held', async () => {
    const { server, clock, start } = openLoopBench();
    start();
    await clock.advance(0);
    await server.answer(NONE);
    await clock.advance(2_999);
    expect(server.times).toEqual([0]);
    await clock.advance(1);
    await clock.advance(4_000);
    await server.answer(NONE);
    await clock.advance(5_000);
    expect(server.times).toEqual([0, 3_000, 9_000]);
    expect(server.all.map(({ lastUpdate }) => lastUpdate)).toEqual([null, null, null]);
  });

  it('is asked again at once after a job, unless check_interval is strict', async () => {
    const { server, start, begun } = openLoopBench();
    start();
    await settle();
    await server.answer(job(1));
    expect([server.times, begun]).toEqual([[0, 0], [1]]);
    const strict = openLoopBench({ entry: { strictCheckInterval: true } });
    strict.start();
    await settle();
    await strict.server.answer(job(1));
    await strict.clock.advance(2_999);
    await strict.end(1);
    expect(strict.server.times).toEqual([0]);
    await strict.clock.advance(1);
    expect(strict.server.times).toEqual([0, 3_000]);
  });

  it('is asked at once when a job has ended: the next of its pipeline may be there', async () => {
    const { server, clock, start, end } = openLoopBench();
    start();
    await settle();
    await server.answer(job(1));
    await server.answer(NONE);
    await clock.advance(1_000);
    await end(1);
    expect(server.times).toEqual([0, 0, 1_000]);
  });
});

describe('requests of an entry', () => {
  it('are under way request_concurrency at a time where that is fixed, no more than limit and concurrent leave', async () => {
    const settings = { ...DEFAULT_RUNNER_SETTINGS, featureFlags: { FF_USE_ADAPTIVE_REQUEST_CONCURRENCY: false } };
    const three = openLoopBench({ entry: { requestConcurrency: 3, settings } });
    const limited = openLoopBench({ entry: { requestConcurrency: 3, limit: 2, settings } });
    const crowded = openLoopBench({ entry: { requestConcurrency: 3, settings }, concurrent: 1 });
    for (const { start } of [three, limited, crowded]) start();
    await settle();
    expect([three, limited, crowded].map(({ server }) => server.open.length)).toEqual([3, 2, 1]);
    await limited.server.answer(job(1));
    // Two jobs may run, and the other request may bring the second.
    expect([limited.server.all.length, limited.begun]).toEqual([2, [1]]);
    await limited.server.answer(NONE);
    await limited.clock.advance(3_000);
    expect(limited.server.open.length).toBe(1);
  });

  it('grow in number while jobs come, and shrink while none do', async () => {
    const { server, start, begun, clock, end } = openLoopBench({ entry: { requestConcurrency: 2 }, concurrent: 40 });
    start();
    await settle();
    for (let id = 1; server.open.length === 1 && id < 30; id += 1) await server.answer(job(id));
    // 1.1 to the eighth is the first above two.
    expect([server.open.length, begun.length]).toEqual([2, 8]);
    for (const id of begun) await end(id);
    for (let turn = 0; turn < 4; turn += 1) {
      while (server.open.length > 0) await server.answer(NONE);
      await clock.advance(3_000);
    }
    expect(server.open.length).toBe(1);
  });

  it('stop while as many jobs run as limit says, and go on as soon as one has ended', async () => {
    const { server, clock, start, end, loop, change } = openLoopBench({ entry: { limit: 1 } });
    start();
    await settle();
    await server.answer(job(1));
    await clock.advance(60_000);
    expect([server.all.length, loop.running]).toEqual([1, 1]);
    await end(1);
    expect([server.times, loop.running]).toEqual([[0, 60_000], 0]);
    await server.answer(job(2));
    // Its limit is raised in the file.
    change({ limit: 2 });
    await settle();
    expect(server.open.length).toBe(1);
  });

  it('take no place of a process that has none, and take turns when there is one', async () => {
    const { server, clock, places, start } = openLoopBench({ concurrent: 1 });
    const endOther = places.claim();
    start();
    await clock.advance(10_000);
    expect(server.all).toEqual([]);
    endOther();
    await settle();
    expect(server.times).toEqual([10_000]);
  });
});

describe('a server in trouble', () => {
  it('is asked after a pause that grows to half a minute, of which is told once, until it answers', async () => {
    const { server, clock, start, warnings, end } = openLoopBench();
    start();
    await settle();
    await server.answer(job(1));
    for (const pause of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      const before = server.all.length;
      await server.answer(later(null));
      await end(1);
      await clock.advance(pause - 1);
      expect(server.all.length).toBe(before);
      await clock.advance(1);
      expect(server.all.length).toBe(before + 1);
    }
    const told = () => warnings.filter((text) => text.includes('busy')).length;
    expect(told()).toBe(1);
    await server.answer(NONE);
    await clock.advance(3_000);
    await server.answer(later(null));
    await clock.advance(500);
    expect([server.open.length, told()]).toEqual([1, 2]);
  });

  it('is left alone as long as it wants, whatever ends or is said meanwhile, and not longer than an hour', async () => {
    const { server, clock, start, ring, end } = openLoopBench();
    start();
    await settle();
    await server.answer(job(1));
    await server.answer(later(7_000));
    ring();
    await end(1);
    await clock.advance(6_999);
    expect(server.times).toEqual([0, 0]);
    await clock.advance(1);
    expect(server.times).toEqual([0, 0, 7_000]);
    await server.answer(later(86_400_000));
    await clock.advance(3_600_000);
    expect(server.times).toEqual([0, 0, 7_000, 3_607_000]);
    await server.answer(later(0));
    await clock.advance(499);
    expect(server.open.length).toBe(0);
  });

  it('is left alone for unhealthy_interval once it has refused the token often enough in a row', async () => {
    const entry = { unhealthyRequestsLimit: 2, unhealthyIntervalMs: 60_000 };
    const { server, clock, start, warnings, change } = openLoopBench({ entry });
    start();
    await settle();
    // Another answer between two of them begins the count anew.
    for (const work of [REFUSED, NONE, REFUSED, REFUSED]) {
      await server.answer(work);
      await clock.advance(3_000);
    }
    expect(server.times).toEqual([0, 3_000, 6_000, 9_000]);
    expect(warnings.filter((text) => /has refused its token 2 times/.test(text)).length).toBe(1);
    await clock.advance(57_000);
    expect(server.times.at(-1)).toBe(69_000);
    await server.answer(REFUSED);
    await clock.advance(3_000);
    await server.answer(REFUSED);
    expect(server.open.length).toBe(0);
    // A token was written into the file.
    change({ token: 'other' });
    await clock.advance(3_000);
    expect(server.open.length).toBe(1);
  });

  it('ends the process where nobody else will hear of it, but only before it has ever answered', async () => {
    const first = openLoopBench({ refusalEnds: true });
    first.start();
    await settle();
    await first.server.answer(REFUSED);
    await expect(first.asking).rejects.toMatchObject({ code: 'runner_refused' });
    const known = openLoopBench({ refusalEnds: true });
    known.start();
    await settle();
    await known.server.answer(NONE);
    await known.clock.advance(3_000);
    await known.server.answer(REFUSED);
    await known.clock.advance(3_000);
    expect(known.server.open.length).toBe(1);
  });
});
