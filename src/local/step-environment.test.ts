import { expect, it } from 'vitest';
import { stepEnvironment } from './step-environment.ts';

const USERS = {
  PATH: '/bin',
  HOME: '/home/ada',
  LC_ALL: 'C',
  AWS_PROFILE: 'prod',
  KUBECONFIG: '/k',
  NOTHING: undefined,
};

it('steps inherit the environment, but nothing that git tells a hook of its repository', () => {
  const hook = { GIT_DIR: '/repo/.git', GIT_INDEX_FILE: '/repo/.git/index', GIT_CONFIG_PARAMETERS: "'a=b'" };
  expect(stepEnvironment({ ...USERS, ...hook, GIT_AUTHOR_NAME: 'Ada' }, { isClean: false })).toEqual({
    PATH: '/bin',
    HOME: '/home/ada',
    LC_ALL: 'C',
    AWS_PROFILE: 'prod',
    KUBECONFIG: '/k',
    GIT_AUTHOR_NAME: 'Ada',
  });
});

it('steps inherit nothing that a shell would run or obey before the script, and nothing of another Epilogue', () => {
  const odd = { BASH_ENV: '/rc', ENV: '/rc', SHELLOPTS: 'xtrace', EPILOGUE_JOB_COOKIE: 'c', EPILOGUE_KEEP: '1' };
  expect(stepEnvironment({ PATH: '/bin', ...odd }, { isClean: false })).toEqual({ PATH: '/bin' });
});

it('steps inherit nothing that gives the words of a script another meaning', () => {
  const odd = {
    CDPATH: '/home/ada',
    GLOBIGNORE: '*.o',
    'BASH_FUNC_make%%': '() { echo mine; }',
    'BASH_FUNC_cc()': '() { :; }',
  };
  expect(stepEnvironment({ PATH: '/bin', ...odd }, { isClean: false })).toEqual({ PATH: '/bin' });
});

it('a clean environment names the user, the directories and the language', () => {
  expect(stepEnvironment({ ...USERS, GIT_DIR: '/repo/.git' }, { isClean: true })).toEqual({
    PATH: '/bin',
    HOME: '/home/ada',
    LC_ALL: 'C',
  });
});
