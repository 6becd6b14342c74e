import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { GIT_LOCAL_VARIABLES } from './git-environment.ts';

it('the variables that git ties to one repository are those that this git lists', () => {
  const listed = execFileSync('git', ['rev-parse', '--local-env-vars'], { encoding: 'utf8' }).trim().split('\n');
  expect(GIT_LOCAL_VARIABLES).toEqual(expect.arrayContaining(listed));
});
