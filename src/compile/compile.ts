import type { Plan } from '../protocol/index.ts';
import { checkConditions } from './check/check-conditions.ts';
import { checkInterpolation } from './check/check-interpolation.ts';
import { checkRelations } from './check/check-needs.ts';
import { checkTriggers } from './check/check-triggers.ts';
import { checkUnsupported } from './check/check-unsupported.ts';
import { checkVariableCycles } from './check/check-variable-cycles.ts';
import { warnImages } from './check/warn-images.ts';
import { loadIncludes } from './config/load-includes.ts';
import { readJobs } from './config/read-jobs.ts';
import { readRoot } from './config/read-root.ts';
import { resolveExtends } from './config/resolve-extends.ts';
import { resolveReferences } from './config/resolve-references.ts';
import type { CompileContext, CompileResult, CompileSource } from './context.ts';
import { fillIn } from './inputs/fill-in.ts';
import { assemblePlan } from './plan/assemble-plan.ts';
import { decidePipeline } from './plan/decide-pipeline.ts';
import { draftJobs } from './plan/draft-jobs.ts';
import { expandJobs } from './plan/expand-jobs.ts';
import { openSession, type Session } from './session.ts';
import type { RootMap } from './yaml/compose/compose.ts';
import { readYaml } from './yaml/read-yaml.ts';

/**
 * Compiles a CI file into a plan. Pure and synchronous: everything it may know is in `context`. Whatever the user wrote, nothing is thrown;
 * mistakes are problems, and all that can be found in one go are.
 */
export function compile(source: CompileSource, context: CompileContext): CompileResult {
  const session = openSession(context);
  const { problems } = session;

  const main = readYaml(source, session.sources);
  problems.addAll(main.problems);
  const nothing = () => ({ plan: null, problems: problems.sorted(), filtered: null, merged: null, jobs: [] });
  if (main.root === null) return { ...nothing(), inputs: [] };
  rejectSpec(main.root, session);
  const { root: filled, inputs } = fillIn(main, source.file, { values: context.inputs ?? {}, node: null }, session);
  if (filled === null) return { ...nothing(), inputs };

  const loaded = loadIncludes({ ...main, root: filled }, source.file, session);
  const extended = resolveExtends(loaded.root, session);
  const merged = loaded.hasReferences ? resolveReferences(extended, session) : extended;

  const root = readRoot(merged, session);
  const jobs = readJobs(merged, root, session);
  checkConditions(jobs, session);
  checkRelations(jobs, root, session);
  const instances = expandJobs(jobs, merged, session);
  checkUnsupported(jobs, session);
  checkInterpolation(merged, session);
  warnImages(jobs, session);

  const pipeline = decidePipeline(root, session);
  const stop = (filtered: string | null) => ({ ...nothing(), filtered, merged, inputs });
  if (problems.hasErrors() || pipeline.filtered !== null) {
    // Nobody asks the rules any more: in a file with errors every job counts as planned, in a pipeline that is not made none.
    checkTriggers(jobs, () => pipeline.filtered === null, session);
    return stop(problems.hasErrors() ? null : pipeline.filtered);
  }

  const { drafts, reports } = draftJobs(jobs, instances, pipeline, session);
  const planned = new Set(drafts.map(({ job }) => job));
  checkTriggers(jobs, (job) => planned.has(job), session);
  checkVariableCycles(drafts, session);
  const plan = assemblePlan(drafts, instances, { root, pipeline }, session);
  if (problems.hasErrors()) return { ...stop(null), jobs: reports };
  const idle = whyIdle(plan);
  if (idle !== null) return { ...stop(idle), jobs: reports };
  const leftOut = reports.filter(({ added }) => !added).map(({ name, stage, reason }) => ({ name, stage, reason }));
  return { plan: { ...plan, leftOut }, problems: problems.sorted(), filtered: null, merged, jobs: reports, inputs };
}

/** GitLab makes no pipeline that only has jobs before and after the work. */
function whyIdle({ stages }: Plan): string | null {
  if (stages.length === 0) return 'no job was added';
  return stages.every((stage) => stage === '.pre' || stage === '.post') ? 'only .pre and .post jobs were added' : null;
}

function rejectSpec(root: RootMap, session: Session): void {
  if (!root.has('spec')) return;
  const message = 'spec stands in a document of its own, before a line with ---';
  session.problems.add({ code: 'bad-spec', message, path: 'spec' }, { node: root, key: 'spec' });
}
