import { expect, it } from 'vitest';
import { deploymentTier } from './deployment-tier.ts';

it.each([
  ['production', 'production'],
  ['prd-eu', 'production'],
  ['Live', 'production'],
  ['gstg', 'staging'],
  ['pre-prod', 'staging'],
  ['QA', 'testing'],
  ['acceptance', 'testing'],
  ['review/my-branch', 'development'],
  ['dev-test', 'development'],
  ['customer-1', 'other'],
])('the tier of %s is %s', (name, tier) => {
  expect(deploymentTier(name)).toBe(tier);
});
