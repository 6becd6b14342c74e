import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../test/support/engines.ts';
import type { Route } from '../http/index.ts';
import { openTarget, type Target } from './testing/open-target.ts';
import { type Came, type Sent, send } from './testing/send.ts';
import { fieldsOf, fitting, WILD_JSON, WILD_TEXT } from './testing/wild.ts';

/** `FUZZ=seed:times` and the same command asks the same again, or more of it. */
const [SEED = 7, TIMES = 8] = (process.env.FUZZ ?? '').split(':').filter(Boolean).map(Number);

interface Drawn {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly form: 'json' | 'urlencoded' | 'multipart' | 'text' | 'broken' | 'repeated';
  readonly headers: Readonly<Record<string, string>>;
}

const HEADERS = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Record<string, string>>(
      { range: 'bytes=5-2' },
      { range: 'bytes=-0,9-' },
      { 'last-event-id': '-1' },
      { 'content-range': 'bytes 99999999999999999999-/*' },
      { 'content-range': '5-1' },
      { 'x-request-id': 'a b' },
      { 'git-protocol': 'version=2:x=$(id)' },
      { 'content-encoding': 'gzip' },
      { 'if-none-match': '*' },
      { cookie: 'epilogue_session=; a=b; =' },
      { authorization: 'Basic !!!' },
      { 'x-forwarded-for': '1.2.3.4, unknown' },
      { accept: 'text/html', 'accept-encoding': 'br;q=x' },
      { expect: '200-maybe' },
    ),
  },
);

function drawn({ params, query, body }: Route, target: Target): fc.Arbitrary<Drawn> {
  const names = Object.keys((params as { properties?: object } | undefined)?.properties ?? {});
  return fc.record({
    params: fc.record(Object.fromEntries(names.map((name) => [name, paramOf(name, target)]))),
    query: fieldsOf(query, WILD_TEXT),
    body: fc.oneof(
      { weight: 5, arbitrary: fieldsOf(body === 'stream' ? undefined : body, WILD_JSON) },
      { weight: 1, arbitrary: WILD_JSON },
    ),
    form: fc.constantFrom('json', 'json', 'json', 'urlencoded', 'multipart', 'text', 'broken', 'repeated'),
    headers: HEADERS,
  });
}

/** Mostly something that is there. */
function paramOf(name: string, { project, jobs, pipeline, trigger }: Target): fc.Arbitrary<unknown> {
  const there: Readonly<Record<string, readonly unknown[]>> = {
    id: [project.id, project.id, project.id, 'group/target'],
    job_id: [jobs.running.id, jobs.waiting.id, jobs.ended.id],
    pipeline_id: [pipeline],
    trigger_id: [trigger.id],
    user_id: [2, 3],
    key: ['KEY', 'production'],
    branch: ['main'],
    ref: ['main'],
    sha: ['main', project.sha],
    file_path: ['a/b.txt'],
    '*': ['out/page.html'],
    namespace: ['group'],
    repository: ['target.git'],
  };
  const good = there[name];
  return good === undefined
    ? fitting({ type: 'integer' }, WILD_TEXT)
    : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: WILD_TEXT });
}

function sentOf({ method, path }: Route, { params, query, body, form, headers }: Drawn, token: string): Sent {
  const filled = path.replaceAll(/:(\w+)|\*/g, (all, name: string | undefined) => coded(params[name ?? all] ?? 1));
  const address = `${filled}?${pairsOf(query)}`;
  const shown = { 'private-token': token, ...headers };
  if (method === 'GET') return { method, path: address, headers: shown };
  const [type, content] = bodyOf(body, form);
  return { method, path: address, headers: { ...shown, 'content-type': type }, body: content };
}

const coded = (value: unknown): string => encodeURIComponent(String(value).toWellFormed());

function pairsOf(fields: unknown): string {
  return Object.entries((fields ?? {}) as object)
    .flatMap(([name, value]) => (Array.isArray(value) ? value.map((each) => [`${name}[]`, each]) : [[name, value]]))
    .map(([name, value]) => `${coded(name)}=${coded(typeof value === 'object' ? JSON.stringify(value) : value)}`)
    .join('&');
}

function bodyOf(body: unknown, form: Drawn['form']): readonly [string, string] {
  const json = JSON.stringify(body) ?? '';
  switch (form) {
    case 'json':
      return ['application/json', json];
    case 'urlencoded':
      return ['application/x-www-form-urlencoded', pairsOf(body)];
    case 'multipart':
      return ['multipart/form-data; boundary=x', partsOf(body)];
    case 'text':
      return ['text/html; charset=koi8-r', json];
    case 'broken':
      return ['application/json; charset=utf-8', json.slice(0, -1)];
    case 'repeated':
      return ['application/json', json.replace(/^\{/, '{"__proto__":{"isAdmin":true},"ref":1,"ref":"main",')];
  }
}

function partsOf(body: unknown): string {
  const parts = Object.entries((body ?? {}) as object).map(
    ([name, value]) =>
      `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${String(JSON.stringify(value))}\r\n`,
  );
  return `${parts.join('')}--x--\r\n`;
}

/** What leaves nothing for others to be asked about comes last; what ends the project itself is asked of another one. */
function inOrder(routes: readonly Route[]): readonly Route[] {
  const isLast = ({ method, path }: Route): boolean => method === 'DELETE' || path.endsWith('archive');
  return [...routes.filter((one) => !isLast(one)), ...routes.filter((one) => isLast(one))];
}

function check(asked: string, { status, text, json }: Came): void {
  const told = `FUZZ=${SEED}:${TIMES} ${asked}\n${status} ${text.slice(0, 300)}`;
  expect(status, told).toBeGreaterThanOrEqual(200);
  expect(status, told).toBeLessThan(500);
  if (status === 400 && json !== null) {
    const words = json.error ?? json.message;
    expect(typeof words === 'object' ? Object.keys(words).join() : words, told).toMatch(/\w/);
  }
}

describeOnEachEngine((engine) => {
  let target: Target;
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => {
    unhandled.push(error);
  };
  beforeAll(async () => {
    target = await openTarget({ engine });
    process.on('unhandledRejection', note);
  }, 60_000);
  afterAll(async () => {
    process.off('unhandledRejection', note);
    await target.close();
  });

  it(
    'answers whatever any route is asked, and never with a bug',
    async () => {
      for (const route of inOrder(target.routes)) {
        // Who sends many wrong tokens is not listened to for a while.
        target.parts.clock.pass(61_000);
        const tokens = ['owner', 'administrator'].map((who) => target.tokens.get(who as 'owner') ?? '');
        for (const [index, draw] of fc.sample(drawn(route, target), { numRuns: TIMES, seed: SEED }).entries()) {
          const sent = sentOf(route, draw, tokens[index % 2] ?? '');
          const asked = `${sent.method} ${sent.path} ${JSON.stringify(sent.headers)} ${sent.body ?? ''}`.slice(0, 1500);
          check(asked, await send(target.port, sent));
        }
      }
      expect(target.parts.complaints).toEqual([]);
      expect(unhandled).toEqual([]);
    },
    120_000 + TIMES * 15_000,
  );
});
