import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { TestSpecification, Vitest } from 'vitest/node';
import { root } from '../check-steps.ts';
import { LONGEST, LongestFirst } from './longest-first.ts';

const known = { cache: { getTestSpecificationResult: () => ({ failed: false, duration: 1 }) } } as unknown as Vitest;

function fileOf(name: string, path: string): TestSpecification {
  const project = { name, config: { sequence: { groupOrder: 0 }, isolate: true } };
  return { project, moduleId: join(root, path) } as unknown as TestSpecification;
}

it('what takes longest is begun first, one project after the other, and the rest as vitest has it', async () => {
  const [e2e, second] = LONGEST.filter((path) => path.endsWith('.e2e.test.ts'));
  const short = ['test/b.e2e.test.ts', 'test/a.e2e.test.ts'].map((path) => fileOf('e2e', path));
  const [longest, long] = [fileOf('e2e', e2e ?? ''), fileOf('e2e', second ?? '')];
  const unit = fileOf('unit', LONGEST.find((path) => path.startsWith('src/')) ?? '');
  const sorted = await new LongestFirst(known).sort([unit, ...short, long, longest]);
  expect(sorted).toEqual([longest, long, ...short, unit]);
});

it('every test that is begun first is there', () => {
  expect(LONGEST.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
