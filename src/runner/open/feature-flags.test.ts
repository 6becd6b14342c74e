import { expect, it } from 'vitest';
import type { Variable } from '../../protocol/index.ts';
import { featureFlags } from './feature-flags.ts';
import { DEFAULT_RUNNER_SETTINGS } from './runner-settings.ts';

function variable(key: string, value: string): Variable {
  return { key, value, public: true, masked: false, file: false, raw: false };
}

const NAME = 'FF_SCRIPT_SECTIONS';

interface Said {
  readonly flag?: boolean;
  readonly owners?: readonly string[];
  readonly jobs?: readonly string[];
}

it.each([
  ['nobody says anything', {}, false],
  ['the job does', { jobs: ['true'] }, true],
  ['the job says it twice', { jobs: ['true', '0'] }, false],
  ['the job says no boolean', { owners: ['1'], jobs: ['perhaps'] }, false],
  ['the owner does by a variable', { owners: ['T'] }, true],
  ['the owner does by a variable, and the job', { owners: ['T'], jobs: ['F'] }, false],
  ['the owner does by a flag, whatever else', { flag: false, owners: ['true'], jobs: ['true'] }, false],
] as const)('is what it should be where %s', (_, said: Said, expected) => {
  const environment = (said.owners ?? []).map((value) => ({ key: NAME, value }));
  const flags = said.flag === undefined ? {} : { [NAME]: said.flag };
  const settings = { ...DEFAULT_RUNNER_SETTINGS, featureFlags: flags, environment };
  const variables = (said.jobs ?? []).map((value) => variable(NAME, value));
  expect(featureFlags(settings, variables)[NAME]).toBe(expected);
});

it('dates the lines of a log where the runner knows that nobody has to see it', () => {
  expect(featureFlags(DEFAULT_RUNNER_SETTINGS, []).FF_TIMESTAMPS).toBe(false);
  const forGitlab = { ...DEFAULT_RUNNER_SETTINGS, timestamps: true };
  expect(featureFlags(forGitlab, []).FF_TIMESTAMPS).toBe(true);
  expect(featureFlags(forGitlab, [variable('FF_TIMESTAMPS', 'false')]).FF_TIMESTAMPS).toBe(false);
});
