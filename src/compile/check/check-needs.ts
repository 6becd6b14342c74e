import { didYouMean } from '../../base/index.ts';
import type { Job } from '../config/job.ts';
import type { RootConfig } from '../config/read-root.ts';
import { expandParallel } from '../plan/expand-parallel.ts';
import { isOwnPipeline, neededNames } from '../plan/resolve-needs.ts';
import type { Session } from '../session.ts';
import type { NeedItem, NeedJob } from '../shape/needs.ts';
import type { Place } from '../yaml/source-map.ts';
import { checkOnStop } from './check-on-stop.ts';
import { findCycle } from './find-cycle.ts';

interface Graph {
  readonly jobs: ReadonlyMap<string, Job>;
  readonly stageOrder: ReadonlyMap<string, number>;
  readonly session: Session;
}

/** Checks what jobs say about each other: `needs`, `dependencies`, `environment:on_stop`. Rules are not looked at. */
export function checkRelations(jobs: readonly Job[], root: RootConfig, session: Session): void {
  const graph: Graph = {
    jobs: new Map(jobs.map((job) => [job.name, job])),
    stageOrder: new Map(root.stages.map((stage, index) => [stage, index])),
    session,
  };
  let mayCircle = false;
  for (const job of jobs) {
    if (job.config.needs) mayCircle = checkNeeds(job, job.config.needs, graph) || mayCircle;
    if (job.config.dependencies) checkDependencies(job, job.config.dependencies, graph);
    if (job.config.environment) checkOnStop(job, job.config.environment, graph.jobs, session);
  }
  if (mayCircle) reportCircle(graph);
}

function reportCircle(graph: Graph): void {
  const cycle = findCycle(graph.jobs.keys(), (name) => needsOf(graph.jobs.get(name), graph));
  if (cycle === null) return;
  const job = graph.jobs.get(cycle[0] ?? '');
  const message = `needs go round in a circle: ${cycle.join(' → ')}`;
  const finding = { code: 'needs-cycle', message, path: `jobs.${job?.name}.needs` };
  graph.session.problems.add(finding, { node: job?.config, key: 'needs' });
}

/** Names without the index or matrix part, as far as such jobs exist. */
function needsOf(job: Job | undefined, graph: Graph): readonly string[] {
  return (job?.config.needs ?? []).flatMap((item) => {
    const name = nameOf(item);
    const target = name === null ? undefined : find(name, graph);
    return target === undefined ? [] : [target.name];
  });
}

function nameOf(item: NeedItem): string | null {
  if (typeof item === 'string') return item;
  return isOwnPipeline(item) ? item.job : null;
}

/** Also by the full name of one copy of a parallel job. */
function find(name: string, graph: Graph): Job | undefined {
  return graph.jobs.get(name) ?? graph.jobs.get(name.replace(/(?: \d+\/\d+|: \[.*\])$/s, ''));
}

/** true: some need points at the job itself or at one that comes after it in the file, so there might be a circle. */
function checkNeeds(job: Job, needs: readonly NeedItem[], graph: Graph): boolean {
  let pointsForward = false;
  let index = -1;
  for (const item of needs) {
    index++;
    const target = typeof item === 'string' ? graph.jobs.get(item) : undefined;
    if (target === undefined || !isEarlierOrSame(target, job, graph)) checkNeed(job, needs, index, graph);
    pointsForward ||= (target ?? find(nameOf(item) ?? '', graph) ?? job).order >= job.order;
  }
  if (needs.length > 1) checkRepeats(job, needs, graph);
  return pointsForward;
}

function isEarlierOrSame(target: Job, job: Job, { stageOrder }: Graph): boolean {
  return (stageOrder.get(target.stage) ?? 0) <= (stageOrder.get(job.stage) ?? 0);
}

function checkNeed(job: Job, needs: readonly NeedItem[], index: number, graph: Graph): void {
  const item = needs[index] ?? '';
  const name = nameOf(item);
  const path = `jobs.${job.name}.needs`;
  const place = { node: needs, key: index };
  if (name === null) {
    const message = `job "${job.name}": needs of other pipelines and projects are not supported yet`;
    graph.session.problems.add({ code: 'not-supported', message, path }, place);
    return;
  }
  const isOptional = typeof item !== 'string' && 'optional' in item && item.optional === true;
  checkTarget(job, name, { isOptional, verb: 'needs', code: 'unknown-need', path, place }, graph);
  const target = graph.jobs.get(name);
  const picksCopies = typeof item !== 'string' && isOwnPipeline(item) && item.parallel?.matrix;
  if (target !== undefined && picksCopies && !isOptional) checkCopies(job, item, { target, path, place }, graph);
}

function checkCopies(
  job: Job,
  need: NeedJob,
  { target, path, place }: { readonly target: Job; readonly path: string; readonly place: Place },
  { session }: Graph,
): void {
  const copies = expandParallel(target).map(({ name }) => name);
  for (const name of neededNames(need)) {
    // What is not replaced was reported as such.
    if (copies.includes(name) || name.includes('$[[')) continue;
    const message = `job "${job.name}" needs "${name}", but no copy of "${target.name}" has these values`;
    const known = target.config.parallel ? `its copies are ${copies.join(', ')}` : 'it is not a parallel job';
    const hint = didYouMean(name, copies).hint ?? known;
    session.problems.add({ code: 'unknown-need', message, path, hint }, place);
  }
}

function checkRepeats(job: Job, needs: readonly NeedItem[], graph: Graph): void {
  const seen = new Set<string>();
  for (const [index, item] of needs.entries()) {
    const name = nameOf(item);
    // Different parts of one matrix may be needed one by one.
    if (name === null || (typeof item !== 'string' && 'parallel' in item)) continue;
    if (seen.has(name)) {
      const finding = {
        code: 'double-need',
        message: `job "${job.name}" needs "${name}" twice`,
        path: `jobs.${job.name}.needs`,
      };
      graph.session.problems.add(finding, { node: needs, key: index });
    }
    seen.add(name);
  }
}

interface Relation {
  readonly isOptional: boolean;
  readonly verb: string;
  readonly code: string;
  readonly path: string;
  readonly place: Place;
}

function checkTarget(job: Job, name: string, relation: Relation, graph: Graph): void {
  const { problems } = graph.session;
  const { code, path, place, verb } = relation;
  const target = find(name, graph);
  if (target === undefined) {
    if (relation.isOptional) return;
    const message = `job "${job.name}" ${verb} "${name}", which does not exist`;
    problems.add({ code, message, path, ...didYouMean(name, graph.jobs.keys()) }, place);
    return;
  }
  const own = graph.stageOrder.get(job.stage) ?? 0;
  if ((graph.stageOrder.get(target.stage) ?? 0) <= own) return;
  const message = `job "${job.name}" ${verb} "${name}", which is in a later stage (${target.stage} comes after ${job.stage})`;
  problems.add({ code: 'later-stage', message, path }, place);
}

function checkDependencies(job: Job, dependencies: readonly string[], graph: Graph): void {
  const path = `jobs.${job.name}.dependencies`;
  const needed = job.config.needs ? new Set(needsOf(job, graph)) : null;
  for (const [index, name] of dependencies.entries()) {
    const place = { node: dependencies, key: index };
    checkTarget(job, name, { isOptional: false, verb: 'depends on', code: 'unknown-dependency', path, place }, graph);
    const target = find(name, graph);
    if (needed === null || target === undefined || needed.has(target.name)) continue;
    const message = `job "${job.name}" depends on "${name}", which is not among its needs`;
    graph.session.problems.add({ code: 'dependency-not-needed', message, path }, place);
  }
}
