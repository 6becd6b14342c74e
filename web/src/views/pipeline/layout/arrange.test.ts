import { expect, it } from 'vitest';
import type { Status } from '../../../../../src/protocol/index.ts';
import type { BriefJob, Graph } from '../pipeline-job.ts';
import { arrangeByNeeds, arrangeByStage, type Column, statusOf, waitsFor } from './arrange.ts';

type Planned = Graph['jobs'][number];

function planned(name: string, stage: number, needs: number[] | null, group: string | null = null): Planned {
  const node = group === null ? null : { index: 1, total: 2 };
  const rest = { kind: 'job', when: 'on_success', manual_confirmation: null, reason: null } as const;
  return { ...rest, name, stage, needs, node, group: group ?? name };
}

const GRAPH: Graph = {
  stages: ['build', 'test', 'deploy'],
  jobs: [
    planned('compile', 0, null),
    planned('lint', 0, []),
    planned('unit 1/2', 1, [0], 'unit'),
    planned('unit 2/2', 1, [0], 'unit'),
    planned('report', 1, [2, 3]),
    planned('docs', 2, []),
    planned('ship', 2, null),
  ],
  left_out: null,
};

function jobsOf(graph: Graph, status: (position: number) => Status = () => 'success'): ReadonlyMap<number, BriefJob> {
  const rest = {
    allow_failure: false,
    retried: false,
    downstream_pipeline_id: null,
    started_at: null,
    duration: null,
    scheduled_at: null,
    finished_at: null,
  };
  const entries = graph.jobs.map(({ name, stage, kind }, position) => {
    const at = { id: position + 1, name, stage: graph.stages[stage] ?? '', kind, position, status: status(position) };
    return [position, { ...rest, ...at, phase: null, teardown: null, cleanup: null }] as const;
  });
  return new Map(entries);
}

const namesOf = (columns: readonly Column[]): unknown => columns.map(({ cards }) => cards.map(({ name }) => name));

it('puts stages into columns, parallel jobs into one card', () => {
  expect(namesOf(arrangeByStage(GRAPH, jobsOf(GRAPH)))).toEqual([
    ['compile', 'lint'],
    ['unit', 'report'],
    ['docs', 'ship'],
  ]);
});

it('puts what waits for nothing first, and each job right after what it waits for', () => {
  expect(namesOf(arrangeByNeeds(GRAPH, jobsOf(GRAPH)))).toEqual([
    ['compile', 'lint', 'docs'],
    ['unit'],
    ['report'],
    ['ship'],
  ]);
  expect([waitsFor(GRAPH, 4), waitsFor(GRAPH, 6)]).toEqual([
    [2, 3],
    [0, 1, 2, 3, 4],
  ]);
});

it('settles needs within a stage that stand before what they need', () => {
  const jobs = [planned('c', 0, [1]), planned('b', 0, [2]), planned('a', 0, [])];
  const graph = { stages: ['all'], jobs, left_out: null };
  expect(namesOf(arrangeByNeeds(graph, jobsOf(graph)))).toEqual([['a'], ['b'], ['c']]);
});

it('folds what succeeded where there is too much, and nothing else', () => {
  const jobs = Array.from({ length: 200 }, (_, at) => planned(`job ${at}`, 0, null));
  const graph = { stages: ['all'], jobs, left_out: null };
  const state = jobsOf(graph, (position) => (position === 7 ? 'failed' : 'success'));
  const [column] = arrangeByStage(graph, state);
  expect([column?.cards.map(({ name }) => name), column?.folded.length]).toEqual([['job 7'], 199]);
});

it('shows of several jobs the worst', () => {
  const status = (position: number): Status => (position === 3 ? 'failed' : 'success');
  const card = arrangeByStage(GRAPH, jobsOf(GRAPH, status))[1]?.cards[0];
  expect(card && statusOf(card)).toBe('failed');
});
