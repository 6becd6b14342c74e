import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { AutoClock } from '../../../../test/support/auto-clock.ts';
import { Failure } from '../../../base/index.ts';
import { type Engine, EngineRefusal } from '../engine/engine.ts';
import type { Asking } from '../engine/exchange.ts';
import { type Pull, pullImage } from './pull-image.ts';
import { parseReference } from './references.ts';
import { sharePull } from './share-pull.ts';

/** One answer for each pull: what it streams, or how it fails. */
type Answer = (more: Asking) => Readable | Error;

interface Bench {
  readonly asked: Asking[];
  readonly said: string[];
  readonly clock: AutoClock;
  readonly pull: Pull;
}

function prepare(...answers: Answer[]): Bench {
  const asked: Asking[] = [];
  const said: string[] = [];
  const clock = new AutoClock(0);
  const engine: Engine = {
    name: 'engine',
    ask: () => Promise.reject(new Error('nothing is asked')),
    async open(_method, _path, more = {}) {
      asked.push(more);
      const answer = (answers.length > 1 ? answers.shift() : answers[0])?.(more) ?? new Error('no answer is left');
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const say = (text: string) => said.push(text);
  const reference = parseReference('r.example.com/app:1');
  const { signal } = new AbortController();
  return { asked, said, clock, pull: { engine, clock, reference, platform: null, auth: null, say, signal } };
}

const lines =
  (...events: readonly object[]): Answer =>
  () =>
    // Cut in the midst of lines, as a socket does.
    Readable.from(
      events
        .map((event) => `${JSON.stringify(event)}\r\n`)
        .join('')
        .match(/.{1,7}/gs) ?? [],
      {
        objectMode: false,
      },
    );
const refusal =
  (status: number, words: string): Answer =>
  () =>
    new EngineRefusal('POST /images/create', status, words);
/** Begins, and tells nothing more until its request ends. */
const silent: Answer = ({ signal }) => {
  const stream = new Readable({ read: () => undefined });
  signal?.addEventListener('abort', () => stream.destroy(new Error('aborted')), { once: true });
  stream.push('{"status":"Pulling"}\n');
  return stream;
};
const done = lines({ status: 'Pulling from app' }, { status: 'Download complete', progressDetail: {} });

it('asks for tag or digest, with platform and login', async () => {
  const { pull, asked } = prepare(done);
  await pullImage({ ...pull, platform: 'linux/arm64', auth: 'c2VjcmV0' });
  expect(asked[0]).toMatchObject({
    query: { fromImage: 'r.example.com/app', tag: '1', platform: 'linux/arm64' },
    headers: { 'x-registry-auth': 'c2VjcmV0' },
  });
  const digest = `sha256:${'a'.repeat(64)}`;
  await pullImage({ ...pull, reference: parseReference(`ruby:3@${digest}`) });
  expect(asked[1]?.query).toEqual({ fromImage: 'docker.io/library/ruby', tag: digest, platform: undefined });
  expect(asked[1]?.headers).toEqual({});
});

it.each([
  ['refused at once', refusal(404, 'manifest for r.example.com/app:1 not found: manifest unknown')],
  ['refused as 500', refusal(500, 'Get "https://r.example.com/v2/app": unauthorized: access to it is denied')],
  ['refused in the stream', lines({ status: 'Pulling' }, { error: 'no matching manifest for linux/amd64' })],
  [
    'no registry',
    refusal(500, "error parsing HTTP 404 response body: invalid character '<' looking for beginning of value"),
  ],
  ['a certificate', refusal(500, 'x509: certificate signed by unknown authority')],
  ['a full disk', lines({ error: 'write /var/lib/docker/x: no space left on device' })],
])('tries nothing twice that no second try changes: %s', async (_, answer) => {
  const { pull, asked, said } = prepare(answer);
  await expect(pullImage(pull)).rejects.toMatchObject({ code: 'image_not_pulled' });
  expect([asked.length, said]).toEqual([1, []]);
});

it.each([
  ['a registry that is not there', refusal(500, 'dial tcp: connect: connection refused')],
  [
    'a gateway in trouble',
    refusal(500, "error parsing HTTP 502 response body: invalid character '<' looking for beginning of value"),
  ],
  ['a registry in trouble', lines({ error: 'received unexpected HTTP status: 502 Bad Gateway' })],
  ['a stream that is cut', () => Readable.from(cut())],
])('tries again after %s', async (_, answer) => {
  const { pull, asked, said, clock } = prepare(answer, answer, done);
  await pullImage(pull);
  expect(asked.length).toBe(3);
  expect(said).toEqual([expect.stringMatching(/^WARNING: .*2 s$/), expect.stringMatching(/^WARNING: .*10 s$/)]);
  expect(clock.monotonic()).toBe(12_000);
});

function* cut(): Generator<string> {
  yield '{"status":"Pulling"}\n{"sta';
  throw new Error('read ECONNRESET');
}

it('gives up after the third try, with the words of the engine', async () => {
  const { pull, asked } = prepare(refusal(500, 'connection refused'));
  await expect(pullImage(pull)).rejects.toMatchObject({ code: 'image_not_pulled', message: 'connection refused' });
  expect(asked.length).toBe(3);
});

it('does not ask again an engine that has not answered for all its patience', async () => {
  const { pull, asked } = prepare(() => new Failure('engine_unreachable', 'away'));
  await expect(pullImage(pull)).rejects.toMatchObject({ code: 'engine_unreachable' });
  expect(asked.length).toBe(1);
});

it('ends after five minutes of silence, not after five minutes of work', async () => {
  const { pull, asked, clock } = prepare(silent);
  await expect(pullImage(pull)).rejects.toThrow('has told nothing of it for 5 minutes');
  expect(asked.length).toBe(1);
  expect(clock.monotonic()).toBe(300_000);
  const slow = prepare(() => Readable.from(slowly(clock)));
  await pullImage({ ...slow.pull, clock });
  expect(clock.monotonic()).toBe(300_000 + 3 * 250_000);
});

async function* slowly(clock: AutoClock): AsyncGenerator<string> {
  for (let step = 0; step < 3; step += 1) {
    await clock.sleep(250_000);
    yield '{"status":"Downloading"}\n';
  }
}

it.each([
  ['in the stream', silent],
  ['between two tries', refusal(500, 'connection refused')],
])('ends when it is canceled %s', async (_, answer) => {
  const { pull, asked, clock } = prepare(answer);
  const controller = new AbortController();
  void clock.sleep(1_000).then(() => controller.abort());
  await expect(pullImage({ ...pull, signal: controller.signal })).rejects.toMatchObject({ code: 'canceled' });
  expect(asked.length).toBe(1);
  expect(clock.monotonic()).toBe(1_000);
});

describe('shared', () => {
  /** A pull that ends when it is told to. */
  function prepareHeld(): Bench & { readonly streams: readonly Readable[]; readonly finish: () => void } {
    const streams: Readable[] = [];
    const bench = prepare((more) => {
      const stream = silent(more) as Readable;
      streams.push(stream);
      return stream;
    });
    // Nobody sleeps too long in here.
    const clock = { monotonic: () => 0, sleep: () => new Promise<void>(() => undefined) };
    return { ...bench, pull: { ...bench.pull, clock }, streams, finish: () => streams.at(-1)?.push(null) };
  }

  it('pulls once what several jobs want at once, and again what is wanted later', async () => {
    const { pull, asked, finish, streams } = prepareHeld();
    const both = Promise.all([sharePull(pull), sharePull(pull)]);
    await vi.waitFor(() => expect(streams.length).toBe(1));
    finish();
    await both;
    expect(asked.length).toBe(1);
    const later = sharePull(pull);
    await vi.waitFor(() => expect(streams.length).toBe(2));
    finish();
    await later;
  });

  it("shares nothing that was got by another's login, for another platform or with another engine", async () => {
    const { pull, asked, streams, finish } = prepareHeld();
    const other = { ...pull.engine };
    const pulls = [{}, { auth: 'bXk' }, { platform: 'linux/arm64' }, { engine: other }];
    const all = Promise.all(pulls.map((more) => sharePull({ ...pull, ...more })));
    await vi.waitFor(() => expect(streams.length).toBe(4));
    for (const stream of streams) stream.push(null);
    finish();
    await all;
    expect(asked.length).toBe(4);
  });

  it('goes on for the others when one is canceled, and ends with the last', async () => {
    const { pull, streams } = prepareHeld();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = sharePull({ ...pull, signal: first.signal });
    const two = sharePull({ ...pull, signal: second.signal });
    await vi.waitFor(() => expect(streams.length).toBe(1));
    first.abort();
    await expect(one).rejects.toMatchObject({ code: 'canceled' });
    expect(streams[0]?.destroyed).toBe(false);
    second.abort();
    await expect(two).rejects.toMatchObject({ code: 'canceled' });
    // Who comes right now has nothing to do with what is ending.
    const three = sharePull(pull);
    await vi.waitFor(() => expect([streams.length, streams[0]?.destroyed]).toEqual([2, true]));
    streams[1]?.push(null);
    await three;
  });

  it('tells everybody of trouble, and fails for all of them', async () => {
    const { pull, said, asked } = prepare(refusal(500, 'connection refused'));
    const outcomes = await Promise.allSettled([sharePull(pull), sharePull(pull)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect([asked.length, said.length]).toEqual([3, 4]);
  });

  it('begins nothing for who has been canceled before', async () => {
    const { pull, asked } = prepare(done);
    const canceled = sharePull({ ...pull, signal: AbortSignal.abort() });
    await expect(canceled).rejects.toMatchObject({ code: 'canceled' });
    expect(asked).toEqual([]);
  });
});
