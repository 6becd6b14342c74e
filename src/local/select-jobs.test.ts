import { describe, expect, it } from 'vitest';
import { compile } from '../compile/index.ts';
import type { Plan } from '../protocol/index.ts';
import { withDefaultImage } from './default-image.ts';
import { selectJobs } from './select-jobs.ts';

const FILE = `
stages: [build, test, deploy]
compile: { stage: build, script: make, artifacts: { paths: [out] } }
notes: { stage: build, script: make notes }
unit: { stage: test, script: make test, parallel: 2 }
style: { stage: test, script: make style, needs: [notes] }
deploy: { stage: deploy, script: make deploy, needs: [unit, style] }
`;

function planOf(text: string): Plan {
  const { plan, problems } = compile(
    { file: '.gitlab-ci.yml', text },
    {
      read: () => null,
      files: () => [],
      changes: null,
      predefined: {},
      variables: {},
      ref: { name: 'main', kind: 'branch', source: 'push', projectPath: 'local/shop' },
    },
  );
  expect(problems).toEqual([]);
  if (plan === null) throw new Error('nothing to run');
  return plan;
}

describe('named jobs', () => {
  it.each([
    [['notes'], ['notes']],
    [['style'], ['notes', 'style']],
    [['unit'], ['compile', 'unit 1/2', 'unit 2/2']],
    [['unit 2/2'], ['compile', 'unit 2/2']],
    [['deploy'], ['compile', 'notes', 'unit 1/2', 'unit 2/2', 'style', 'deploy']],
    [[], ['compile', 'notes', 'unit 1/2', 'unit 2/2', 'style', 'deploy']],
  ])('%j bring what they need and the makers of the artifacts they fetch', (names, kept) => {
    const { plan, unknown } = selectJobs(planOf(FILE), names);
    expect(plan.jobs.map((job) => job.name)).toEqual(kept);
    expect(unknown).toEqual([]);
  });

  it('that do not exist are named', () => {
    expect(selectJobs(planOf(FILE), ['notes', 'nothing', 'unit 3/2']).unknown).toEqual(['nothing', 'unit 3/2']);
  });
});

it('gives the default image to the jobs that name none', () => {
  const plan = planOf('own: { script: make, image: alpine }\nnone: { script: make }');
  const images = (name: string | null) => withDefaultImage(plan, name).jobs.map((job) => job.image?.name ?? null);
  expect(images('debian')).toEqual(['alpine', 'debian']);
  expect(images(null)).toEqual(['alpine', null]);
});
