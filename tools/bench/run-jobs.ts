import type { Comparison, Group } from './compare.ts';
import { cores, createFixture } from './fixture.ts';

interface Shape {
  readonly name: string;
  readonly jobs: number;
  readonly target: number | null;
  readonly rounds: number;
  /** How many can run at once. */
  readonly width?: number;
  ciFile(): string;
}

const shapes: readonly Shape[] = [
  { name: '1 job', jobs: 1, target: 3, rounds: 11, ciFile: () => independent(1) },
  { name: '10 jobs', jobs: 10, target: null, rounds: 9, ciFile: () => independent(10) },
  { name: '100 jobs', jobs: 100, target: 1.5, rounds: 5, ciFile: () => independent(100) },
  { name: '50 jobs in a needs chain', jobs: 50, target: null, rounds: 5, width: 1, ciFile: () => layers(50, 1) },
  { name: '10 × 10 jobs, layered needs', jobs: 100, target: null, rounds: 5, ciFile: () => layers(10, 10) },
];

export const running: Group = {
  name: 'run',
  about: `no-op jobs, against \`bash -c true\` in as many fresh git worktrees, ${cores} at a time (a chain: one)`,
  comparisons: () => shapes.map(compareShape).concat(filesOnly()),
};

function compareShape({ name, jobs, target, rounds, width = cores, ciFile }: Shape): Comparison {
  const { run, runPlain } = createFixture(ciFile());
  return { name, target, rounds, ours: run, theirs: () => runPlain(jobs, width) };
}

/** The hardest yardstick: jobs that get files and no repository. */
function filesOnly(): Comparison {
  const { run, runPlain } = createFixture(independent(100));
  const name = '100 jobs, against files without git';
  return { name, target: null, rounds: 5, ours: run, theirs: () => runPlain(100, cores, 'files') };
}

function independent(jobs: number): string {
  return Array.from({ length: jobs }, (_, index) => `job-${index}: { script: 'true' }\n`).join('');
}

function layers(depth: number, width: number): string {
  const names = (layer: number): readonly string[] =>
    Array.from({ length: width }, (_, index) => `job-${layer}-${index}`);
  return Array.from({ length: depth }, (_, layer) => {
    const needs = layer === 0 ? '' : `, needs: [${names(layer - 1).join(', ')}]`;
    return names(layer)
      .map((name) => `${name}: { script: 'true'${needs} }\n`)
      .join('');
  }).join('');
}
