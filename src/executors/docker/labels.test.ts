import { expect, test } from 'vitest';
import { labelsOf, nameOf } from './labels.ts';

test('a thing of a job is labelled as ours, with its journal and what its variables say', () => {
  const variables = {
    CI_SERVER_URL: 'https://ci.example',
    CI_PROJECT_PATH: 'root/shop',
    CI_PROJECT_ID: '7',
    CI_JOB_ID: '42',
    CI_RUNNER_ID: '',
  };
  expect(labelsOf({ stepsDir: '/j/42/steps', variables }, 'service')).toEqual({
    'io.epilogue.managed': 'true',
    'io.epilogue.home': '/j/42/steps',
    'io.epilogue.type': 'service',
    'io.epilogue.coordinator': 'https://ci.example',
    'io.epilogue.project': 'root/shop',
    'io.epilogue.job': '42',
  });
});

test('a name is made of the cookie and does not tell it', () => {
  expect(nameOf('abc')).toBe('epilogue-ba7816bf8f01cfea');
});
