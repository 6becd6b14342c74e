import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../test/support/engines.ts';
import type { Route } from '../http/index.ts';
import { makeProject, type TestProject } from '../testing/make-project.ts';
import { startPipeline } from '../testing/start-pipeline.ts';
import { takeJob } from '../testing/take-job.ts';
import { restRoutes } from './index.ts';
import { type OpenedRest, openRest } from './testing/open-rest.ts';

/** How often each route is asked. The same seed asks the same. */
const TIMES = 15;
const SEED = 7;

/** What breaks things: nothing, too much, of another kind, of another language, with a meaning somewhere. */
const WILD = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '1',
    '-1',
    '1.5',
    '9007199254740993',
    '1e400',
    'NaN',
    'null',
    'true',
    '[]',
    '{}',
    '../..',
    '%00',
  ),
  fc.constantFrom(
    "'; drop table jobs; --",
    '\u0000',
    '\ud800',
    '🙂',
    'a\r\nx-evil: 1',
    'main',
    'refs/heads/main',
    '__proto__',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const WILD_JSON = fc.oneof(
  WILD,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, [], {}, [null], { key: 'A' }, [{ key: 'A', value: 'b' }], [[[[]]]], { a: { b: { c: {} } } }),
);

/** Mostly what the schema asks for, so that the request gets past it. */
function fitting(schema: TSchema | undefined, wild: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const { type, enum: words, items, minimum } = (schema ?? {}) as Record<string, unknown>;
  const good = Array.isArray(words)
    ? fc.constantFrom(...words)
    : type === 'integer'
      ? fc.integer({ min: Number(minimum ?? 0), max: 5 })
      : type === 'boolean'
        ? fc.boolean()
        : type === 'array'
          ? fc.array(fitting(items as TSchema, wild), { maxLength: 3 })
          : fc.constantFrom('main', 'build', 'A', '2026-01-02T03:04:05Z');
  return fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: wild });
}

/** All that is required, mostly, and a few of the others. */
function fieldsOf(schema: unknown, wild: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Record<string, TSchema>;
    required?: string[];
  };
  const others = Object.keys(properties).filter((name) => !required.includes(name));
  return fc.subarray(others, { maxLength: Math.min(2, others.length) }).chain((some) => {
    const fields = [...required, ...some].map((name) => [name, fitting(properties[name], wild)] as const);
    return fc.record(Object.fromEntries(fields));
  });
}

interface Given {
  readonly params: Record<string, unknown>;
  readonly query: Record<string, unknown>;
}

function addressOf({ path }: Route, projectId: number, { params, query }: Given): string {
  const filled = path.replaceAll(/:(\w+)/g, (_all, name: string) =>
    name === 'id' ? String(projectId) : encodeURIComponent(wellFormed(params[name] ?? 1)),
  );
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((each) => [`${name}[]`, wellFormed(each)]) : [[name, wellFormed(value)]],
  );
  return `${filled}?${new URLSearchParams(pairs as [string, string][])}`;
}

const wellFormed = (value: unknown): string => String(value).toWellFormed();

describeOnEachEngine((engine) => {
  let rest: OpenedRest;
  let project: TestProject;

  beforeAll(async () => {
    rest = await openRest(restRoutes, engine);
    const file =
      'build: {script: make, after_script: clean}\nship: {script: x, when: manual}\nt: {trigger: {include: c.yml}}\n';
    project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': file, 'c.yml': 'c: {script: x}\n' } });
    await startPipeline(rest.parts, project);
    await (await takeJob(rest.parts)).report({ type: 'script_started' });
  });
  afterAll(async () => {
    await rest.close();
  });

  it('answers whatever it is asked, and never with a bug', async () => {
    for (const route of restRoutes(rest.parts)) {
      const asked = fc.sample(
        fc.record({
          params: fieldsOf(route.params, WILD),
          query: fieldsOf(route.query, WILD),
          body: fc.oneof(
            { weight: 4, arbitrary: fieldsOf(route.body, WILD_JSON) },
            { weight: 1, arbitrary: WILD_JSON },
          ),
        }),
        { numRuns: TIMES, seed: SEED },
      );
      for (const { params, query, body } of asked) {
        const address = addressOf(route, project.id, { params, query });
        const answer = await rest.askPath(route.method, address, route.method === 'GET' ? {} : { body });
        expect(answer.status, `${route.method} ${address} ${JSON.stringify(body)}: ${answer.text}`).toBeLessThan(500);
      }
    }
    expect(rest.parts.complaints).toEqual([]);
  }, 60_000);
});
