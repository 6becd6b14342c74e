import { afterEach, expect, it } from 'vitest';
import { Checkout, finished } from '../support/checkout.ts';

let checkout: Checkout;

afterEach(() => checkout.dispose());

it('--env-file is for jobs: node neither looks for the file nor obeys a NODE_OPTIONS in it', async () => {
  checkout = new Checkout({ '.gitlab-ci.yml': 'use: {script: test "$NODE_OPTIONS" = --no-such-option}\n' });
  const missing = await checkout.run(['run', '--env-file', 'missing.env']);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toMatch(/^epilogue: .*missing\.env/);
  checkout.write({ 'node.env': 'NODE_OPTIONS=--no-such-option\n' });
  const ended = await checkout.run(['run', '--json', '--env-file', 'node.env']);
  expect(finished(ended, 'use').status).toBe('success');
});

it('a pipeline without jobs says where the reasons are', async () => {
  checkout = new Checkout({ '.gitlab-ci.yml': 'use: {rules: [{if: $NEVER}], script: "true"}\n' });
  const ended = await checkout.run(['run']);
  expect(ended.code).toBe(0);
  expect(ended.stderr).toContain('`epilogue list --all`');
});
