import { expect, it } from 'vitest';
import { runnerInfo } from './runner-info.ts';

it.each([
  ['shell', ['variables', 'shared'], ['image', 'services']],
  ['docker', ['variables', 'image', 'services', 'service_variables', 'service_multiple_aliases'], ['shared']],
  ['docker', ['image_executor_opts', 'service_executor_opts'], ['session', 'terminal', 'proxy']],
])('says what the %s executor can do, as GitLab has it', (executor, can, cannot) => {
  const { features, ...info } = runnerInfo({ version: '1', executor, gpus: 'all' });
  expect(info).toMatchObject({ executor, config: { gpus: 'all' } });
  expect(can.map((name) => features[name])).toEqual(can.map(() => true));
  expect(cannot.map((name) => features[name])).toEqual(cannot.map(() => false));
  expect(Object.keys(features)).toHaveLength(31);
});
