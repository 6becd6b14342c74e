import { Compile } from 'typebox/schema';
import { describe, expect, it } from 'vitest';
import { fixtureNames, readFixture } from '../fixtures/read-fixture.ts';
import { compile, jsonSchema } from '../index.ts';
import { plainValue } from '../yaml/dump-merged.ts';

const schema = jsonSchema();
const validator = Compile(JSON.parse(JSON.stringify(schema)));

/** A file as an editor sees it, that is before anything but YAML has been read. */
function editorView(name: string): unknown {
  const { source, context } = readFixture(name);
  const merged = compile(source, context).merged;
  if (merged === null) return null;
  return Object.fromEntries([...merged].map(([key, value]) => [key, plainValue(value)]));
}

describe('the published JSON schema', () => {
  it.each(fixtureNames().filter((name) => !name.startsWith('bad-')))('accepts the good file %s', (name) => {
    expect(validator.Check(editorView(name))).toBe(true);
  });

  it.each([
    'bad-unknown-keys',
    'bad-hooks',
    'bad-values',
    'bad-rules',
    'bad-default',
    'bad-parallel',
    'bad-script-types',
    'bad-job-not-mapping',
  ])('refuses %s', (name) => {
    expect(validator.Check(editorView(name))).toBe(false);
  });

  it.each([
    [{ exec: 'a' }, true],
    [{ tcp_socket: { port: 80 } }, true],
    [{ http_get: { port: '$PORT', scheme: 'HTTPS' } }, true],
    [{ exec: 'a', http_get: { port: 80 } }, false],
    [{}, false],
    [{ tcp_socket: { port: 0 } }, false],
    [[], true],
    [null, true],
  ])('knows the pre-stop handler %j: %s', (handler, fits) => {
    const file = { default: { hooks: { pre_stop_k8s_container_handler: handler } } };
    expect(validator.Check(file)).toBe(fits);
  });

  it('knows interruptible: graceful, and hooks in the list of inherit:default', () => {
    const job = (keys: object) => ({ job: { script: 'x', ...keys } });
    expect(validator.Check(job({ interruptible: 'graceful', inherit: { default: ['hooks'] } }))).toBe(true);
    expect(validator.Check(job({ interruptible: 'gently' }))).toBe(false);
    expect(validator.Check(job({ inherit: { default: ['script'] } }))).toBe(false);
  });

  it.each([
    [{ needs: ['a', null, ['b', [{ job: 'c' }]]] }, true],
    [{ needs: { job: 'a' } }, true],
    [{ needs: 'a' }, false],
    [{ services: ['a', [['b']]], cache: [[{ key: 'a' }]] }, true],
    [{ tags: [['a']] }, false],
    [{ dependencies: [['a']] }, false],
    [{ rules: [[], { exists: 'a' }] }, true],
    [{ rules: [] }, false],
    [{ parallel: { matrix: [{ A: [] }] } }, true],
    [{ parallel: { matrix: [{ A: 1.5 }] } }, false],
    [{ parallel: { matrix: [{ A: [true] }] } }, false],
    [{ retry: { max: '1', when: 'pipeline_loop_detected' } }, true],
    [{ retry: '1' }, false],
    [{ allow_failure: {}, coverage: '/x/i' }, true],
    [{ coverage: '/x/g' }, false],
    [{ artifacts: { reports: { sarif: 'a' } } }, true],
  ])('says of the job %j: %s', (keys, fits) => {
    expect(validator.Check({ job: { script: 'x', ...keys } })).toBe(fits);
  });

  it('wants nested stages to be texts, and templates to hold something', () => {
    expect(validator.Check({ stages: ['a', ['b', ['c']]], '.x': { anything: 1 }, '.y': 'text' })).toBe(true);
    expect(validator.Check({ stages: ['a', [1]] })).toBe(false);
    for (const blank of [null, {}, [], '', false]) expect(validator.Check({ '.x': blank })).toBe(false);
  });

  it('is draft-07 and refers to nothing outside itself', () => {
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
    const text = JSON.stringify(schema);
    for (const [, name = ''] of text.matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)) {
      expect(Object.keys(schema.definitions as object)).toContain(name);
    }
    expect(text).not.toMatch(/"(\$defs|\$id|x-[a-z-]+|~[a-z]+)"/);
  });
});
