import { expect, it } from 'vitest';
import { realClock } from '../../base/index.ts';
import { createRunnerLog, type RunnerLog, type RunnerLogOptions } from './runner-log.ts';

const NOW = Date.UTC(2026, 10, 29, 12);
const FACTS = { job: 12, project: 'group/my app', runner: 'one' };

function logging(options: Partial<RunnerLogOptions>): { readonly log: RunnerLog; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const clock = { ...realClock, now: () => NOW };
  const log = createRunnerLog((line) => lines.push(line), { format: 'runner', level: 'info', clock, ...options });
  return { log, lines };
}

it('writes for people, a line for each thing that happens', () => {
  const { log, lines } = logging({});
  log('info', 'job 12: success', FACTS);
  log('warn', 'two\nlines \u001b[31m');
  expect(lines).toEqual([
    'epilogue runner: job 12: success\n',
    'epilogue runner: warning: two\\u000alines \\u001b[31m\n',
  ]);
});

it('writes an object or fields with what it is about, and says that once', () => {
  const [json, text] = [logging({ format: 'json' }), logging({ format: 'text' })];
  for (const { log } of [json, text]) log('warn', 'job 12: its "log" waits', FACTS);
  expect(JSON.parse(json.lines[0] ?? '')).toEqual({
    time: '2026-11-29T12:00:00.000Z',
    level: 'warning',
    msg: 'its "log" waits',
    ...FACTS,
  });
  expect(text.lines).toEqual([
    'time="2026-11-29T12:00:00.000Z" level=warning msg="its \\"log\\" waits" job=12 project="group/my app" runner=one\n',
  ]);
});

it('leaves out what is below its level', () => {
  const { log, lines } = logging({ level: 'error' });
  for (const level of ['debug', 'info', 'warn', 'error'] as const) log(level, level);
  expect(lines).toEqual(['epilogue runner: error: error\n']);
});

it.each(['runner', 'text', 'json'] as const)('has no secret in a line of %s', (format) => {
  const { log, lines } = logging({ format, secrets: ['an old token', ''] });
  log(
    'info',
    'clone of https://gitlab-ci-token:pass@example.com/a.git with glcbt-64_abc-DEF.x and an old token failed',
  );
  const masked = 'clone of https://[MASKED]@example.com/a.git with glcbt-[MASKED] and [MASKED] failed';
  expect(lines.join('')).toContain(masked);
});
