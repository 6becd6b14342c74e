import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Checkout, finished } from '../support/checkout.ts';
import { waitUntil } from '../support/wait-until.ts';

const folder = 'examples/graceful';
const root = join(import.meta.dirname, '../..');

describe('the demo', () => {
  let checkout: Checkout;
  beforeEach(() => {
    const names = readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
    checkout = new Checkout(Object.fromEntries(names.map((name) => [name, readFileSync(join(root, name), 'utf8')])));
    chmodSync(join(checkout.dir, folder, 'cloud'), 0o755);
  });
  afterEach(() => checkout.dispose());

  const machines = (): readonly string[] =>
    checkout.list().flatMap((name) => (name.startsWith('epilogue-demo-cloud') ? readdirSync(checkout.path(name)) : []));

  it('gives its machine back when it is interrupted, and keeps the report', async () => {
    const run = checkout.start(['run', '-C', folder, '--json'], { TMPDIR: checkout.outside });
    await waitUntil('the demo has a machine', () => machines().length === 1);
    run.killGroup('SIGINT');
    const ended = await run.ended();
    expect(ended.code).toBe(130);
    expect(machines()).toEqual([]);
    expect(finished(ended, 'integration')).toMatchObject({ status: 'canceled', cleanup: { outcome: 'succeeded' } });
    expect(finished(ended, 'publish')).toMatchObject({ status: 'canceled', cleanup: { outcome: 'not_owed' } });
    await checkout.untilQuiet();
  });

  it('succeeds when it is left alone', async () => {
    const ended = await checkout.run(['run', '-C', folder, '--json'], { TMPDIR: checkout.outside });
    expect(ended.code).toBe(0);
    expect(machines()).toEqual([]);
  });
});
