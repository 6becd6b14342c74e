import type { PlanVariable } from '../../protocol/index.ts';
import { decideJob, type JobConditions, type JobDecision } from '../conditions/index.ts';
import type { Job } from '../config/read-jobs.ts';
import type { JobReport } from '../context.ts';
import type { Session } from '../session.ts';
import type { VariableLookup } from '../values/index.ts';
import { parseDuration } from '../values/index.ts';
import type { Pipeline } from './decide-pipeline.ts';
import { expandParallel, type Instance } from './expand-parallel.ts';
import { jobLookup } from './job-lookup.ts';
import { type PlannedRule, readPolicy, readRules } from './job-rules.ts';
import { memo } from './memo.ts';
import { mergeVariables, planVariables } from './plan-variables.ts';

/** A job that is in the pipeline, with everything that decides how. */
export interface PickedJob extends Instance {
  readonly decision: Extract<JobDecision<PlannedRule>, { kind: 'added' }>;
  readonly variables: readonly PlanVariable[];
  readonly lookup: VariableLookup;
}

export interface Picker {
  /** The rules of a job, read and checked. */
  readonly conditionsOf: (job: Job) => JobConditions<PlannedRule>;
  readonly own: (job: Job) => readonly PlanVariable[];
}

export function createPicker(session: Session): Picker {
  // Jobs that share rules share what was read from them; problems then name the first of them.
  const rules = new Map<unknown, readonly PlannedRule[]>();
  const policy = memo(readPolicy);
  const variables = memo(planVariables);
  return {
    own: (job) => variables(job.config.variables),
    conditionsOf: (job) => {
      const { config } = job;
      let known = rules.get(config.rules);
      if (known === undefined && config.rules) {
        known = readRules(config.rules, `job "${job.name}"`, session);
        rules.set(config.rules, known);
      }
      return {
        rules: known ?? null,
        only: config.only ? policy(config.only) : null,
        except: config.except ? policy(config.except) : null,
        when: config.when ?? null,
        startInMs: startIn(config.start_in),
        allowFailure: allowFailure(config.allow_failure),
      };
    },
  };
}

function startIn(text: string | number | null | undefined): number | null {
  if (text === null || text === undefined) return null;
  const parsed = parseDuration(text);
  return parsed.ok ? parsed.ms : null;
}

function allowFailure(value: Job['config']['allow_failure']): JobConditions<PlannedRule>['allowFailure'] {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  return { exitCodes: typeof value.exit_codes === 'number' ? [value.exit_codes] : value.exit_codes };
}

/** Asks the rules of every job whether it is in the pipeline. */
export function pickJobs(
  jobs: readonly Job[],
  picker: Picker,
  { scope: root, hasWorkflowRules }: Pick<Pipeline, 'scope' | 'hasWorkflowRules'>,
  session: Session,
): { readonly picked: readonly PickedJob[]; readonly reports: readonly JobReport[] } {
  const picked: PickedJob[] = [];
  const reports: JobReport[] = [];
  const inherited = inheritedVariables(root.planned);
  for (const job of jobs) {
    const conditions = picker.conditionsOf(job);
    const own = picker.own(job);
    for (const instance of expandParallel(job, session)) {
      const local = mergeVariables(own, instance.matrix);
      const lookup = jobLookup(instance, local, root, session);
      const { files, cache, context } = session;
      const decision = decideJob(conditions, { variables: lookup, files, cache, ref: context.ref, hasWorkflowRules });
      if (decision.kind === 'broken') {
        reportBroken(job, decision, conditions, session);
        continue;
      }
      reports.push({
        name: instance.name,
        stage: job.stage,
        added: decision.kind === 'added',
        reason: decision.reason,
      });
      if (decision.kind === 'excluded') continue;
      const ofRule = planVariables(decision.rule?.config.variables);
      const variables = mergeVariables(mergeVariables(inherited(job), local), ofRule);
      picked.push({ ...instance, decision, variables, lookup });
    }
  }
  return { picked, reports };
}

/** Root variables as `inherit:variables` lets them through. */
function inheritedVariables(root: readonly PlanVariable[]): (job: Job) => readonly PlanVariable[] {
  return (job) => {
    const wanted = job.config.inherit?.variables ?? true;
    if (wanted === true) return root;
    return wanted === false ? [] : root.filter((variable) => wanted.includes(variable.key));
  };
}

function reportBroken(
  job: Job,
  decision: Extract<JobDecision<PlannedRule>, { kind: 'broken' }>,
  conditions: JobConditions<PlannedRule>,
  session: Session,
): void {
  const rule = decision.ruleIndex === null ? undefined : conditions.rules?.[decision.ruleIndex]?.config;
  const place = rule === undefined ? { node: job.config, key: job.config.only ? 'only' : 'except' } : { node: rule };
  const finding = { code: 'bad-rule', message: `job "${job.name}": ${decision.message}`, path: `jobs.${job.name}` };
  session.problems.add(finding, place);
}
