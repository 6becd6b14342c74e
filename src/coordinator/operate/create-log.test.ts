import { expect, it } from 'vitest';
import { createLog, type LogFormat } from './create-log.ts';

function logged(format: LogFormat): readonly string[] {
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line), { level: 'info', format });
  log.info({ request_id: 'a-1', status: 200, url: '/api/v4/jobs?x=1', agent: 'two words' }, 'request');
  log.warn({ err: new Error('gone\u001b[31m\nnow') }, 'it\rstumbled');
  log.debug({}, 'not this');
  return lines;
}

function textOf(err: unknown): string {
  let text = '';
  const log = createLog((line) => (text += line), { level: 'info', format: 'text' });
  log.warn({ err }, 'it stumbled');
  return text.replace(/^\S+ WARN {2}/, '');
}

it.each([
  ['gone', 'it stumbled error=gone\n'],
  [null, 'it stumbled error=null\n'],
  [{ code: 3 }, 'it stumbled error={"code":3}\n'],
])('tells people of what was thrown that is no error: %j', (thrown, text) => {
  expect(textOf(thrown)).toBe(text);
});

it.each([
  new Error('first\nsecond\n    at third'),
  new Error('first\nsecond, at third', { cause: new Error('fourth') }),
])('says a message of many lines once: %s', (error) => {
  const text = textOf(error);
  expect(text).toMatch(/^it stumbled error="first\\nsecond.*at third.*"\n {4}at .*create-log\.test\.ts/);
  expect(text.match(/second|third/g)).toHaveLength(2);
});

it('writes an object a line', () => {
  const [first = '', second = '', ...more] = logged('json');
  expect(more).toEqual([]);
  expect(first.split('\n')).toHaveLength(2);
  const facts = { level: 'info', msg: 'request', request_id: 'a-1', status: 200, agent: 'two words' };
  expect(JSON.parse(first)).toMatchObject({ ...facts, time: expect.stringMatching(/^\d{4}-.*Z$/) });
  expect(JSON.parse(second)).toMatchObject({ level: 'warn', err: { type: 'Error', message: 'gone\u001b[31m\nnow' } });
});

it('writes the same for people, and nothing that steers their terminal', () => {
  const [first = '', second = '', ...more] = logged('text');
  expect(more).toEqual([]);
  expect(first).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} INFO {2}request request_id=a-1 status=200 url=\/api\/v4\/jobs\?x=1 agent="two words"\n$/,
  );
  expect(second).toMatch(
    /^\S+ WARN {2}it\\u000dstumbled error="gone\\u001b\[31m\\nnow"\n {4}.*at .*create-log\.test\.ts/s,
  );
  expect(second).not.toMatch(/(?!\n)\p{Cc}/u);
});
