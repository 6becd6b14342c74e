import { describe, expect, it } from 'vitest';
import type { Clock } from '../../base/index.ts';
import type { JobSpec, Place } from '../executor.ts';
import { createScriptedMachine, type Performance, type ScriptedMachine } from './scripted-machine.ts';

const JOB: JobSpec = {
  stepsDir: '/jobs/1/steps',
  projectDir: '/jobs/1/project',
  cookie: 'c',
  environment: {},
  image: null,
  services: [],
  variables: {},
  preStopHandler: null,
};

/** Time that passes only when told to. */
function stoppedClock(): Clock & { advance(ms: number): Promise<void> } {
  let now = 0;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    now: () => now,
    monotonic: () => now,
    sinceBoot: () => now,
    sleep(ms, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const sleeper = { at: now + ms, wake: resolve };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', () => resolve(), { once: true });
      return promise.finally(() => sleepers.delete(sleeper));
    },
    async advance(ms) {
      now += ms;
      for (const sleeper of sleepers) if (sleeper.at <= now) sleeper.wake();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

async function open(machine: ScriptedMachine, job = JOB): Promise<Place> {
  return machine.executor().prepare(job, new AbortController().signal);
}

function machineThatPlays(performance: Performance) {
  const clock = stoppedClock();
  return { clock, machine: createScriptedMachine({ clock, perform: () => performance }) };
}

describe('a scripted machine', () => {
  it('plays on the clock that it was given', async () => {
    const { clock, machine } = machineThatPlays([
      { do: 'wait', ms: 3_600_000 },
      { do: 'exit', code: 4 },
    ]);
    const place = await open(machine);
    await place.start({ id: 'step', script: '' });
    await clock.advance(3_599_999);
    expect(await place.look('step')).toEqual({ kind: 'running' });
    await clock.advance(1);
    expect(await place.look('step')).toEqual({ kind: 'ended', code: 4 });
  });

  it('plays on while no executor looks, and shows the result to the next one', async () => {
    const { clock, machine } = machineThatPlays([
      { do: 'wait', ms: 10 },
      { do: 'print', text: 'done' },
    ]);
    await (await open(machine)).start({ id: 'step', script: '' });
    await clock.advance(10);
    const place = await open(machine);
    const into = Buffer.alloc(10);
    expect(await place.readLog('step', 1, into)).toBe(3);
    expect(into.toString('utf8', 0, 3)).toBe('one');
  });

  it('refuses to start a step, or to prepare a job, when told so', async () => {
    const { machine } = machineThatPlays({ refuse: 'no space left' });
    const start = (await open(machine)).start({ id: 'step', script: '' });
    await expect(start).rejects.toMatchObject({ code: 'step_not_started', message: /no space left/ });
    const closed = createScriptedMachine({
      clock: stoppedClock(),
      perform: () => [],
      refusePrepare: () => 'no daemon',
    });
    await expect(open(closed)).rejects.toMatchObject({ code: 'executor_unavailable', message: 'no daemon' });
  });

  it('loses everything that runs when its host is lost, and keeps what had ended', async () => {
    const clock = stoppedClock();
    const machine = createScriptedMachine({ clock, perform: ({ id }) => (id === 'long' ? [{ do: 'hang' }] : []) });
    const place = await open(machine);
    await place.start({ id: 'short', script: '' });
    await place.start({ id: 'long', script: '' });
    await clock.advance(0);
    machine.lose();
    expect(await place.look('short')).toEqual({ kind: 'ended', code: 0 });
    expect(await place.look('long')).toEqual({ kind: 'vanished' });
    expect(await place.signal('none')).toEqual([]);
  });

  it.each([
    { kind: 'lost', reason: 'node drained' },
    { kind: 'evicted', reason: 'node drained', isGone: true },
  ] as const)('tells that a step was $kind, and why, and can start another one', async (end) => {
    const { clock, machine } = machineThatPlays([{ do: 'hang' }]);
    const place = await open(machine);
    await place.start({ id: 'script', script: '' });
    await clock.advance(0);
    machine.lose(end);
    expect(await place.look('script')).toEqual(end);
    await place.start({ id: 'after_script', script: '' });
    expect(await place.look('after_script')).toEqual({ kind: 'running' });
  });

  it('lets steps run on, and others start, in a place that was told to go', async () => {
    const { clock, machine } = machineThatPlays([{ do: 'wait', ms: 10 }]);
    const leaving = { kind: 'evicted', reason: 'node drained', isGone: false } as const;
    const place = await open(machine);
    await place.start({ id: 'script', script: '' });
    machine.lose(leaving);
    await place.start({ id: 'after_script', script: '' });
    expect([await place.look('script'), await place.look('after_script')]).toEqual([leaving, leaving]);
    expect(await place.signal('none')).toHaveLength(2);
    await clock.advance(10);
    expect(await place.look('after_script')).toEqual({ kind: 'ended', code: 0 });
  });

  it('starts nothing while it is away, and waits two minutes', async () => {
    const { clock, machine } = machineThatPlays([{ do: 'hang' }]);
    const place = await open(machine);
    machine.setAway(true);
    const refused = expect(place.start({ id: 'early', script: '' })).rejects.toMatchObject({
      code: 'step_not_started',
    });
    await clock.advance(120_000);
    await refused;
    const started = place.start({ id: 'late', script: '' });
    machine.setAway(false);
    await started;
    expect(machine.started.map(({ step }) => step.id)).toEqual(['late']);
  });

  it('gives up preparing a job when it is called off', async () => {
    const machine = createScriptedMachine({
      clock: stoppedClock(),
      perform: () => [],
      refusePrepare: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(null))),
    });
    const cancel = new AbortController();
    const preparing = machine.executor().prepare(JOB, cancel.signal);
    cancel.abort();
    await expect(preparing).rejects.toMatchObject({ code: 'canceled' });
  });

  it('notes what was started and signalled, and when', async () => {
    const { clock, machine } = machineThatPlays([{ do: 'hang' }]);
    const place = await open(machine);
    const step = { id: 'step', script: 'make' };
    await place.start(step);
    await clock.advance(5);
    await place.signal('TERM');
    expect(machine.started).toEqual([{ job: JOB, step, at: 0 }]);
    expect(machine.signals).toEqual([{ job: JOB, signal: 'TERM', at: 5 }]);
  });

  it('keeps jobs apart', async () => {
    const { machine } = machineThatPlays([{ do: 'write', path: 'file', content: 'x' }, { do: 'hang' }]);
    const other = { ...JOB, stepsDir: '/jobs/2/steps' };
    const place = await open(machine);
    await place.start({ id: 'step', script: '' });
    expect(await (await open(machine, other)).signal('KILL')).toEqual([]);
    expect(await place.signal('none')).toHaveLength(1);
    expect(machine.files(JOB).read('file')?.toString()).toBe('x');
    expect(machine.files(other).paths()).toEqual([]);
  });
});
