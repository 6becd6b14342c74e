import { parseEvents } from 'js-yaml';
import { hasErrors } from '../../src/base/index.ts';
import { type CompileContext, compile } from '../../src/compile/index.ts';
import { generateCiFile } from '../generate-ci-file.ts';
import type { Group } from './compare.ts';

/** Repeated within one sample, so that small files are not lost in the clock's grain. */
const sizes = [
  { jobs: 10, repeat: 50, rounds: 15, target: null },
  { jobs: 100, repeat: 10, rounds: 15, target: null },
  { jobs: 1000, repeat: 1, rounds: 15, target: null },
  { jobs: 5000, repeat: 1, rounds: 9, target: 2 },
  { jobs: 50_000, repeat: 1, rounds: 3, target: null },
] as const;

const file = '.gitlab-ci.yml';
const context: CompileContext = {
  read: () => null,
  files: () => [],
  changes: ['src/part-7/main.c'],
  predefined: { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'main', CI_DEFAULT_BRANCH: 'main' },
  variables: {},
  ref: { name: 'main', kind: 'branch', source: 'push', projectPath: 'bench/bench' },
};

function timed(repeat: number, work: () => void): number {
  const startedAt = performance.now();
  for (let round = 0; round < repeat; round++) work();
  return (performance.now() - startedAt) / repeat;
}

export const compiling: Group = {
  name: 'compile',
  about: "of generated jobs (extends, rules, needs), against js-yaml's bare parseEvents of the same text",
  comparisons: () =>
    sizes.map(({ jobs, repeat, rounds, target }) => {
      const text = generateCiFile(jobs);
      return {
        name: `${jobs.toLocaleString('en')} jobs, ${(text.length / 1e6).toFixed(2)} MB`,
        target,
        rounds,
        ours: () => timed(repeat, () => compileAll(text, jobs)),
        theirs: () => timed(repeat, () => parseEvents(text, { filename: file })),
      };
    }),
};

function compileAll(text: string, jobs: number): void {
  const { plan, problems } = compile({ file, text }, context);
  if (plan === null || hasErrors(problems))
    throw new Error(`${jobs} generated jobs do not compile: ${problems[0]?.message}`);
}
