import { expect, it } from 'vitest';
import { type VerdictOptions, verdictOf } from './job-verdict.ts';

const OURS = { 'epilogue-version': '1.0.0' };

function read(
  about: VerdictOptions['about'],
  status: number,
  headers: Record<string, string> = {},
  hasAdditions: boolean | null = false,
) {
  return verdictOf(new Response(null, { status: status === 202 ? 202 : status, headers }), { about, hasAdditions });
}
const kindOf = async (...args: Parameters<typeof read>) => (await read(...args)).kind;
const status = (word: string) => ({ 'job-status': word });

it('believes a plain server in what GitLab’s runner believes it', async () => {
  for (const about of ['running', 'trace', 'result'] as const) expect(await kindOf(about, 403)).toBe('gone');
  expect(await kindOf('running', 404)).toBe('gone');
  expect(await kindOf('result', 404)).toBe('gone');
  expect(await kindOf('trace', 404, status('running'))).toBe('later');
  for (const code of [401, 410, 400, 409, 500, 503]) expect(await kindOf('running', code)).toBe('later');
  expect(await kindOf('trace', 416, status('running'))).toBe('go_on');
  for (const word of ['canceled', 'failed']) expect(await kindOf('trace', 202, status(word))).toBe('gone');
  expect(await kindOf('trace', 202, status('canceling'))).toBe('cancel');
  expect(await kindOf('running', 200, status('running'))).toBe('go_on');
});

it('says of the answer to a result what is to be done with it', async () => {
  expect(await kindOf('result', 200, status('failed'))).toBe('go_on');
  expect(await kindOf('result', 412, status('running'))).toBe('log_again');
  expect(await read('result', 202, { ...status('running'), 'x-gitlab-trace-update-interval': '2' })).toEqual({
    kind: 'again',
    pauseMs: 2_000,
  });
  for (const headers of [{}, { 'x-gitlab-trace-update-interval': '0' }])
    expect(await read('result', 202, headers)).toEqual({ kind: 'again', pauseMs: null });
  expect(await kindOf('result', 409)).toBe('later');
  expect(await kindOf('result', 409, OURS)).toBe('gone');
});

it('takes no proxy’s word for that of our coordinator, or of a server that it does not know yet', async () => {
  for (const hasAdditions of [true, null]) {
    expect(await kindOf('running', 403, {}, hasAdditions)).toBe('later');
    expect(await kindOf('running', 404, {}, hasAdditions)).toBe('later');
    expect(await kindOf('running', 403, OURS, hasAdditions)).toBe('gone');
    expect(await kindOf('running', 403, status('canceled'), hasAdditions)).toBe('gone');
  }
});

it('takes no page of a proxy for a yes', async () => {
  for (const about of ['running', 'trace', 'result'] as const) {
    for (const code of [301, 302, 303, 307, 308]) expect(await kindOf(about, code)).toBe('later');
    expect(await kindOf(about, 200, {}, true)).toBe('later');
    expect(await kindOf(about, 200, OURS, true)).toBe('go_on');
  }
  for (const code of [201, 204, 416]) expect(await kindOf('result', code)).toBe('later');
});

it('hears a 409 of our coordinator once, and heeds what it says besides', async () => {
  expect(await kindOf('running', 409, OURS, true)).toBe('go_on');
  expect(await kindOf('running', 409, { ...OURS, ...status('canceling') }, true)).toBe('cancel');
});

it('tears down whatever our coordinator says so of, and asks again before it believes that a cleanup which was offered is not its own', async () => {
  const lost = { ...OURS, ...status('running'), 'epilogue-stop': 'cause=runner_lost' };
  expect(await read('running', 200, lost, true)).toEqual({
    kind: 'cancel',
    order: { cause: 'runner_lost', by: 'coordinator', isForced: false },
  });
  const offered = { ...OURS, 'epilogue-stop': 'cause=runner_lost&offered=1' };
  expect(await kindOf('trace', 403, offered, true)).toBe('later');
  expect(await kindOf('running', 403, offered, true)).toBe('offered');
  expect(await kindOf('result', 403, offered, true)).toBe('gone');
});

it('says why a job is over, and whether a person has forced it', async () => {
  const order = async (headers: Record<string, string>) => {
    const verdict = await read('trace', 403, headers, true);
    return verdict.kind === 'gone' ? verdict.order : verdict.kind;
  };
  expect(await order(OURS)).toEqual({ cause: 'runner_lost', by: 'coordinator', isForced: false });
  expect(await order(status('canceled'))).toEqual({ cause: 'canceled', by: 'coordinator', isForced: false });
  expect(await order({ ...status('canceled'), 'epilogue-stop': 'cause=superseded&by=ann' })).toEqual({
    cause: 'superseded',
    by: 'ann',
    isForced: false,
  });
  expect(await order({ ...status('canceled'), 'epilogue-stop': 'cause=canceled&by=ann&force=1' })).toEqual({
    cause: 'canceled',
    by: 'ann',
    isForced: true,
  });
});
