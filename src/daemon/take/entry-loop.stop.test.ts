import { describe, expect, it } from 'vitest';
import { job, NONE, openLoopBench, ours, settle } from './testing/loop-bench.ts';

describe('a request under way', () => {
  it('is let go when the entry is to take no more jobs, and the place is free again', async () => {
    const { server, start, stop, asking, places } = await started();
    expect(server.open.length).toBe(1);
    await stop();
    expect(server.open.length).toBe(0);
    await asking;
    expect(await places.take(AbortSignal.timeout(10_000))).not.toBeNull();
    start();
    await settle();
    expect(server.all.length).toBe(1);
  });

  it('may bring a job in that very moment, which is left to others', async () => {
    const { server, stop, asking, begun, warnings, loop } = await started();
    const [asked] = server.open;
    asked?.answer(job(1));
    await stop();
    await asking;
    expect([begun, loop.running]).toEqual([[], 0]);
    expect(warnings).toEqual([expect.stringMatching(/^job 1 came when this runner was told to stop/)]);
  });

  it('goes on when the settings change, and what comes of it begins', async () => {
    const { server, change, begun, clock } = await started();
    change({ limit: 1 });
    await settle();
    expect(server.open.length).toBe(1);
    await server.answer(job(1));
    await clock.advance(10_000);
    expect([begun, server.all.length]).toEqual([[1], 1]);
  });

  it('is followed by another at once when the settings changed meanwhile', async () => {
    const { server, change } = await started();
    change({ token: 'other' });
    await server.answer(NONE);
    expect(server.times).toEqual([0, 0]);
  });

  it('leaves jobs running when no more are taken, until the last has ended', async () => {
    const { server, stop, end, loop } = await started();
    await server.answer(job(1));
    await stop();
    let hasEnded = false;
    const ended = loop.ended().then(() => {
      hasEnded = true;
    });
    await settle();
    expect(hasEnded).toBe(false);
    await end(1);
    await ended;
  });
});

describe('a server with our additions', () => {
  it('holds one request after the other, and is asked at once at word of work', async () => {
    const { server, clock, ring } = await started();
    // The first answer says from where on changes are wanted.
    await server.answer(ours('lu-1'));
    expect(server.all.map(({ lastUpdate }) => lastUpdate)).toEqual([null, 'lu-1']);
    await clock.advance(50_000);
    await server.answer(ours('lu-2'));
    ring();
    await settle();
    expect(server.times).toEqual([0, 0, 50_000]);
    // What was said before a request is heard after it.
    ring();
    await server.answer(ours('lu-3'));
    expect(server.times).toEqual([0, 0, 50_000, 50_000]);
  });

  it('is not held by a request where another entry waits for the only place', async () => {
    const { server, places, clock } = await started({ concurrent: 1 });
    await server.answer(ours('lu-1'));
    const leave = places.join(() => true);
    const place = await places.take(AbortSignal.timeout(10_000));
    expect([place !== null, server.open.length]).toEqual([true, 0]);
    place?.giveBack();
    await clock.advance(3_000);
    expect(server.all.at(-1)?.lastUpdate).toBeNull();
    leave();
  });
});

it('asks for nothing while its gate is shut, and takes no place from others', async () => {
  const bench = openLoopBench();
  bench.shut(true);
  bench.start();
  await bench.clock.advance(600_000);
  expect(bench.server.all).toEqual([]);
  bench.shut(false);
  await settle();
  expect(bench.server.times).toEqual([600_000]);
});

async function started(options: Parameters<typeof openLoopBench>[0] = {}) {
  const bench = openLoopBench(options);
  bench.start();
  await settle();
  return { ...bench, asking: bench.asking };
}
