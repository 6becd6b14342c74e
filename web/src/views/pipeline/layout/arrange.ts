import type { Status } from '../../../../../src/protocol/index.ts';
import type { BriefJob, Graph } from '../pipeline-job.ts';

/** One card: a job, or parallel jobs of one name. */
export interface Card {
  readonly name: string;
  readonly jobs: readonly BriefJob[];
}

export interface Column {
  readonly title: string;
  readonly cards: readonly Card[];
  /** Cards of jobs that succeeded, where there are too many to see the others. */
  readonly folded: readonly Card[];
}

/** Beyond this what succeeded is folded away. */
const MOST_CARDS = 30;

type Jobs = ReadonlyMap<number, BriefJob>;

/** Stages as columns. */
export function arrangeByStage(graph: Graph, jobs: Jobs): readonly Column[] {
  return graph.stages.map((title, stage) => {
    const here = positionsOf(graph).filter((position) => graph.jobs[position]?.stage === stage);
    return columnOf(title, cardsOf(here, graph, jobs));
  });
}

/** What can begin at once in the first column, what waits for that in the next, and so on. */
export function arrangeByNeeds(graph: Graph, jobs: Jobs): readonly Column[] {
  const depths = depthsOf(graph);
  const last = Math.max(-1, ...depths);
  return Array.from({ length: last + 1 }, (_, depth) => {
    const here = positionsOf(graph).filter((position) => depths[position] === depth);
    return columnOf(depth === 0 ? 'first' : `step ${depth + 1}`, cardsOf(here, graph, jobs));
  });
}

/** The positions that a job waits for: what it needs, or the stages before its own. */
export function waitsFor(graph: Graph, position: number): readonly number[] {
  const job = graph.jobs[position];
  if (job === undefined) return [];
  return job.needs ?? positionsOf(graph).filter((other) => (graph.jobs[other]?.stage ?? 0) < job.stage);
}

function positionsOf({ jobs }: Graph): number[] {
  return jobs.map((_, position) => position);
}

/** Stage by stage: needs lead to earlier ones, or within one, where a few rounds settle it. */
function depthsOf(graph: Graph): readonly number[] {
  const depths = graph.jobs.map(() => 0);
  /** Depth of the deepest job of all stages before this one. */
  let before = -1;
  graph.stages.forEach((_, stage) => {
    const here = positionsOf(graph).filter((position) => graph.jobs[position]?.stage === stage);
    for (let round = 0, isSettled = false; !isSettled && round <= here.length; round += 1) {
      isSettled = true;
      for (const position of here) {
        const needs = graph.jobs[position]?.needs ?? null;
        const depth = needs === null ? before + 1 : Math.max(-1, ...needs.map((need) => depths[need] ?? 0)) + 1;
        if (depth !== depths[position]) isSettled = false;
        depths[position] = depth;
      }
    }
    before = Math.max(before, ...here.map((position) => depths[position] ?? 0));
  });
  return depths;
}

function cardsOf(positions: readonly number[], graph: Graph, jobs: Jobs): readonly Card[] {
  const cards = new Map<string, BriefJob[]>();
  for (const position of positions) {
    const [planned, job] = [graph.jobs[position], jobs.get(position)];
    if (planned === undefined || job === undefined) continue;
    const name = planned.node === null ? planned.name : planned.group;
    const key = `${planned.node === null} ${name}`;
    const there = cards.get(key);
    if (there === undefined) cards.set(key, [job]);
    else there.push(job);
  }
  return [...cards.values()].map((each) => {
    const position = each[0]?.position ?? 0;
    return { name: (each.length === 1 ? each[0]?.name : graph.jobs[position]?.group) ?? '', jobs: each };
  });
}

function columnOf(title: string, cards: readonly Card[]): Column {
  const isDone = ({ jobs }: Card): boolean => jobs.every((job) => job.status === 'success' && !isMarked(job));
  if (cards.length <= MOST_CARDS) return { title, cards, folded: [] };
  return { title, cards: cards.filter((card) => !isDone(card)), folded: cards.filter(isDone) };
}

/** Its cleanup did not end well, which is not folded away. */
function isMarked({ cleanup }: BriefJob): boolean {
  const outcome = cleanup?.outcome ?? null;
  return outcome !== null && outcome !== 'succeeded' && outcome !== 'not_owed';
}

const WORST: readonly Status[] = [
  'failed',
  'canceling',
  'running',
  'pending',
  'waiting_for_resource',
  'scheduled',
  'manual',
];

/** What a card of several jobs shows: what is worth looking at most. */
export function statusOf({ jobs }: Card): Status {
  const statuses = new Set(jobs.map(({ status }) => status));
  const worst = WORST.find((status) => statuses.has(status));
  return worst ?? (statuses.has('canceled') ? 'canceled' : (jobs[0]?.status ?? 'created'));
}
