import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { describeOnDocker, dockerHost } from '../../../../test/support/docker/docker.ts';
import type { Place } from '../../executor.ts';
import {
  collectAll,
  collectPaths,
  deliverAll,
  fileOf,
  openJob,
  readAll,
  signalUntilDead,
  waitForEnd,
  waitForOutput,
} from '../../testing/executor-contract.ts';
import { executor, play } from '../testing/docker-bench.ts';
import { type Cut, openCuttingProxy } from './testing/cutting-proxy.ts';

const LONG = 120_000;
const CREATE = /^POST \S+\/containers\/[^/]+\/exec /;
const START = /^POST \S+\/exec\/\w+\/start /;

/** Where one request of an exec is cut, once. Of its own program the last bytes come right before the data. */
const WAYS: Readonly<Record<string, Cut>> = {
  'before it is made': { request: CREATE, at: 'before', times: 1 },
  'when it is made': { request: CREATE, at: 'answer', times: 1 },
  'before it is started': { request: START, at: 'before', times: 1 },
  'when it is started': { request: START, at: 'answer', times: 1 },
  'amid its program': { request: START, at: 'up', bytes: 600, times: 1 },
  'when its program is there': { request: START, at: 'down', bytes: 120, times: 1 },
  'amid its answer': { request: START, at: 'down', bytes: 140, times: 1 },
};

interface Trial {
  readonly place: Place;
  /** Of what it makes. */
  readonly id: string;
}

/** Each of a place's calls, and what there is to see of it afterwards, which has to be the same as without a cut. */
const CALLS: Readonly<Record<string, (trial: Trial) => Promise<unknown>>> = {
  async start({ place, id }) {
    await place.start({ id, script: `echo ${id} >>starts; echo up; exit 3` });
    const state = await waitForEnd(place, id);
    const [starts] = await collectAll(place, { paths: ['starts'] });
    return [state, (await readAll(place, id)).toString(), starts?.content.split(id).length];
  },
  async reserve({ place, id }) {
    const step = { id, script: 'echo reserved' };
    await place.reserve(step);
    return await play(place, id, step.script);
  },
  async clear({ place, id }) {
    await play(place, `${id}-forge`, `mkdir -p /epilogue/steps/${id}; echo x >/epilogue/steps/${id}/claim`);
    await place.clear(id);
    return await play(place, id, 'echo cleared');
  },
  async forbid({ place, id }) {
    await place.forbid(id);
    const refused = await place.start({ id, script: 'echo no' }).catch((error: { code: string }) => error.code);
    return [refused, await place.look(id)];
  },
  async readNote({ place, id }) {
    await play(place, id, `echo 7 >"$PWD.tmp/${id}"`);
    // Of one that is cut nothing is known, until it is asked for again.
    return (await place.readNote(id)) ?? (await place.readNote(id));
  },
  async cutLog({ place, id }) {
    await place.start({ id, script: 'printf 0123456789; while [ ! -e "$0.go" ]; do sleep 0.05; done; printf !' });
    await waitForOutput(place, id, '9');
    let cut = 0;
    for (let tries = 0; cut === 0 && tries < 40 && (await readAll(place, id)).length > 4; tries += 1) {
      cut = await place.cutLog(id, 4);
      await place.changed(id, 100);
    }
    await play(place, `${id}-go`, `: >/epilogue/steps/${id}/script.go`);
    await waitForEnd(place, id);
    return (await readAll(place, id)).toString();
  },
  async signal({ place, id }) {
    await place.start({ id, script: 'trap "echo bye; exit 5" TERM; echo up; sleep 1000 & wait' });
    await waitForOutput(place, id, 'up');
    await place.signal('TERM');
    const state = await waitForEnd(place, id);
    await signalUntilDead(place, 'KILL');
    return [state, (await readAll(place, id)).toString(), await place.untilDead(2_000)];
  },
  async nestedRuns({ place, id }) {
    await play(place, id, ': >"$EPILOGUE_NESTED_RUNS/77"');
    const runs = await place.nestedRuns();
    await place.disownNestedRuns();
    const left = await place.nestedRuns();
    await play(place, `${id}-away`, 'rm -rf /epilogue/nested-runs.disowned');
    return [runs, left];
  },
  async deliver({ place, id }) {
    await deliverAll(place, [fileOf(`${id}/a`, 'x'.repeat(5000)), fileOf(`${id}/b`, 'b')]);
    return (await collectAll(place, { paths: [id] })).map(({ content }) => content.length);
  },
};

describeOnDocker('a place in an engine whose connections are cut', () => {
  it.each(Object.keys(CALLS))(
    'has of `%s` the same result, and one effect',
    async (name) => {
      await using proxy = await openCuttingProxy(dockerHost);
      await using fixture = await openJob(executor({ host: proxy.host, files: 'send' }));
      const { place } = fixture;
      const call = CALLS[name] ?? (async () => null);
      const expected = await call({ place, id: 'peace' });
      for (const [index, [way, cut]] of Object.entries(WAYS).entries()) {
        const id = `step${index}`;
        proxy.cuts = [{ ...cut }];
        const seen = await call({ place, id });
        expect(JSON.stringify(seen), `${name}, cut ${way}`).toBe(JSON.stringify(expected).replaceAll('peace', id));
        expect(proxy.cuts[0]?.times, `${way}: it was cut`).toBe(0);
        proxy.cuts = [];
      }
    },
    LONG,
  );

  it(
    'has all of a long log, whose connection ends every three megabytes',
    async () => {
      await using proxy = await openCuttingProxy(dockerHost);
      await using fixture = await openJob(executor({ host: proxy.host, files: 'send' }));
      const { place } = fixture;
      proxy.cuts = [{ request: START, at: 'down', bytes: 3_000_000 }];
      const last = 13_000_000;
      await place.start({ id: 'flood', script: `seq 1 ${last}` });
      const [seen, wanted] = [createHash('sha256'), createHash('sha256')];
      const into = Buffer.alloc(1 << 20);
      for (let at = 0, state = await place.look('flood'); ; state = await place.look('flood')) {
        const isOver = state.kind !== 'running';
        for (let count = 1; count > 0; at += count) {
          count = await place.readLog('flood', at, into);
          seen.update(into.subarray(0, count));
        }
        if (isOver) break;
        await place.changed('flood', 1_000);
      }
      for (let from = 1; from <= last; from += 100_000)
        wanted.update(Array.from({ length: 100_000 }, (_, index) => `${from + index}\n`).join(''));
      expect(await place.look('flood')).toEqual({ kind: 'ended', code: 0 });
      expect(seen.digest('hex')).toBe(wanted.digest('hex'));
      expect(proxy.count()).toBeGreaterThan(30);
    },
    LONG,
  );

  it(
    'is not hit by what arrives late: a signal, a step that was given up, the clearing of a place that is taken by then',
    async () => {
      await using proxy = await openCuttingProxy(dockerHost);
      await using fixture = await openJob(executor({ host: proxy.host, files: 'send' }));
      const { place } = fixture;
      const late: Cut = { request: START, at: 'late', times: 1 };
      await place.start({ id: 'script', script: 'echo up; sleep 1000' });
      await waitForOutput(place, 'script', 'up');

      await place.changed('script', 10);
      proxy.cuts = [{ ...late }];
      expect(await place.signal('KILL')).not.toEqual([]);
      expect(await waitForEnd(place, 'script')).toEqual({ kind: 'ended', code: 137 });
      await play(place, 'forge', 'mkdir /epilogue/steps/after; echo x >/epilogue/steps/after/claim');
      proxy.cuts.push({ ...late });
      await place.clear('after');
      proxy.cuts.push({ ...late });
      const script = 'echo begun >>begun; echo up; sleep 1; echo done';
      await place.start({ id: 'after', script });
      await waitForOutput(place, 'after', 'up');
      expect(proxy.cuts.map(({ times }) => times)).toEqual([0, 0, 0]);

      await proxy.release();
      expect(await waitForEnd(place, 'after')).toEqual({ kind: 'ended', code: 0 });
      expect((await readAll(place, 'after')).toString()).toBe('up\ndone\n');
      expect((await collectAll(place, { paths: ['begun'] })).map(({ content }) => content)).toEqual(['begun\n']);
    },
    LONG,
  );

  it(
    'goes on when the engine was away, and begins nothing that was given up',
    async () => {
      await using proxy = await openCuttingProxy(dockerHost);
      await using fixture = await openJob(executor({ host: proxy.host, files: 'send' }));
      const { place } = fixture;
      await place.start({ id: 'long', script: 'echo up; while [ ! -e go ]; do sleep 0.05; done; echo done' });
      await waitForOutput(place, 'long', 'up');
      proxy.isDown = true;
      proxy.cuts = [{ request: /./, at: 'before' }];
      const signaled = place.signal('none');
      expect(await place.look('long')).toEqual({ kind: 'running' });
      await place.changed('long', 300);
      expect(await place.readNote('none')).toBeNull();
      proxy.isDown = false;
      proxy.cuts = [];
      expect(await signaled).not.toEqual([]);
      await play(place, 'go', ': >go');
      expect(await waitForEnd(place, 'long')).toEqual({ kind: 'ended', code: 0 });
      expect((await readAll(place, 'long')).toString()).toBe('up\ndone\n');
      expect(await collectPaths(place, { paths: ['go'] })).toEqual(['go']);
    },
    LONG,
  );
});
