import { expect, it } from 'vitest';
import { AutoClock } from '../../../../test/support/auto-clock.ts';
import { Failure } from '../../../base/index.ts';
import { provideImage } from './provide-image.ts';

it('tries no other policy with an engine that does not answer', async () => {
  const asked: string[] = [];
  const away = (_method: string, path: string): Promise<never> => {
    asked.push(path);
    return Promise.reject(new Failure('engine_unreachable', 'the Docker Engine does not answer'));
  };
  const wanted = {
    engine: { name: 'engine', ask: away, open: away },
    clock: new AutoClock(0),
    name: 'ruby:3',
    policies: ['if-not-present', 'always', 'never'],
    credentials: { authConfig: undefined, env: { HOME: '/nonexistent' }, payload: [] },
    platform: null,
    say: () => undefined,
    signal: new AbortController().signal,
  } as const;
  await expect(provideImage(wanted)).rejects.toMatchObject({
    code: 'executor_unavailable',
    message: 'the Docker Engine does not answer',
  });
  expect(asked).toEqual(['/images/docker.io/library/ruby:3/json']);
});
