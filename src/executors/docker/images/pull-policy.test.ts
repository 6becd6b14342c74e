import { expect, it } from 'vitest';
import { choosePullPolicies } from './pull-policy.ts';

const name = 'ruby:3';

it("takes the runner's policies where the job says nothing", () => {
  const settings = { pullPolicy: ['always', 'if-not-present'], allowedPullPolicies: null } as const;
  expect(choosePullPolicies({ name, pullPolicy: [], settings })).toEqual(['always', 'if-not-present']);
});

it('takes what a job asks for in its order, as far as it is allowed', () => {
  const settings = { pullPolicy: ['always'], allowedPullPolicies: ['always', 'never'] } as const;
  const pullPolicy = ['never', 'if-not-present', 'always'];
  expect(choosePullPolicies({ name, pullPolicy, settings })).toEqual(['never', 'always']);
});

it('tries the same policy again where it is listed twice', () => {
  const settings = { pullPolicy: ['always', 'always'], allowedPullPolicies: ['always'] } as const;
  expect(choosePullPolicies({ name, pullPolicy: [], settings })).toEqual(['always', 'always']);
});

it('refuses what is not allowed, and names both', () => {
  const settings = { pullPolicy: ['always'], allowedPullPolicies: null } as const;
  expect(() => choosePullPolicies({ name, pullPolicy: ['never'], settings })).toThrow(
    expect.objectContaining({
      code: 'executor_unavailable',
      message:
        'invalid pull policy for image "ruby:3": pull_policy ([never]) of the job is not one of the allowed_pull_policies ([always])',
    }),
  );
});

it("refuses the runner's own policies where it allows others alone", () => {
  const settings = { pullPolicy: ['always'], allowedPullPolicies: ['never'] } as const;
  expect(() => choosePullPolicies({ name, pullPolicy: [], settings })).toThrow(
    "pull_policy ([always]) of the runner's settings is not one of the allowed_pull_policies ([never])",
  );
});
