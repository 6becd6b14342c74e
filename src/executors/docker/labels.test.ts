import { expect, test } from 'vitest';
import { hasMark, labelsOf, markOf, nameOf } from './labels.ts';

test('a thing of a job is labelled as ours, with its journal and what its variables say', () => {
  const variables = {
    CI_SERVER_URL: 'https://ci.example',
    CI_PROJECT_PATH: 'root/shop',
    CI_PROJECT_ID: '7',
    CI_JOB_ID: '42',
    CI_RUNNER_ID: '',
  };
  expect(labelsOf({ stepsDir: '/j/42/steps', variables }, 'service', 'me')).toEqual({
    'io.epilogue.managed': 'true',
    'io.epilogue.home': '/j/42/steps',
    'io.epilogue.owner': 'me',
    'io.epilogue.type': 'service',
    'io.epilogue.coordinator': 'https://ci.example',
    'io.epilogue.project': 'root/shop',
    'io.epilogue.job': '42',
  });
});

test('a thing is of the job whose home and owner it bears; where nobody had a name, of the one whose home it bears', () => {
  const made = (home: string, owner: string | null) => labelsOf({ stepsDir: home, variables: {} }, 'build', owner);
  const mark = markOf(made('/j/1/steps', 'me'));
  expect(mark).toEqual({ home: '/j/1/steps', owner: 'me' });
  for (const owner of ['me', null]) expect(hasMark(made('/j/1/steps', owner), mark)).toBe(true);
  expect(hasMark(made('/j/1/steps', 'you'), { ...mark, owner: null })).toBe(true);
  for (const other of [made('/j/1/steps', 'you'), made('/j/2/steps', 'me'), {}, null])
    expect(hasMark(other, mark)).toBe(false);
});

test('a name is made of the cookie and does not tell it', () => {
  expect(nameOf('abc')).toBe('epilogue-ba7816bf8f01cfea');
});
