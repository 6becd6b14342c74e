import { type AutoCancel, expandText, type Variable } from '../../protocol/index.ts';
import { checkRules } from '../check/check-conditions.ts';
import { decideWorkflow } from '../conditions/index.ts';
import type { RootConfig } from '../config/read-root.ts';
import { changesClause, existsClause } from '../config/rule-clauses.ts';
import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import type { NestedWorkflowRules, WorkflowRuleConfig } from '../shape/rules.ts';
import { flatten } from './flatten.ts';
import { type RootScope, rootScope } from './job-lookup.ts';
import { mergeVariables, planVariables } from './plan-variables.ts';

/** What `workflow` makes of the pipeline as a whole. */
export interface Pipeline {
  /** null: the pipeline is made; else why it is not. */
  readonly filtered: string | null;
  readonly name: string | null;
  readonly scope: RootScope;
  readonly autoCancel: AutoCancel;
  readonly hasWorkflowRules: boolean;
}

export function decidePipeline(root: RootConfig, session: Session): Pipeline {
  const { workflow } = root;
  const planned = planVariables(root.variables);
  const scope = rootScope(planned, session);
  const rules = workflow.rules ? readRules(workflow.rules, session) : null;
  const { decision, matched } = judge(rules, scope, session);
  const chosen = rootVariables(planned, matched, scope, session);
  const cancel = { ...workflow.auto_cancel, ...matched?.auto_cancel };
  return {
    filtered: decision,
    name: workflow.name ? expandText(workflow.name, lookupIn(chosen, session)).slice(0, 255) : null,
    scope: chosen,
    autoCancel: { onNewCommit: cancel.on_new_commit ?? 'conservative', onJobFailure: cancel.on_job_failure ?? 'none' },
    hasWorkflowRules: rules !== null,
  };
}

function readRules(nested: NestedWorkflowRules, session: Session): readonly WorkflowRuleConfig[] {
  checkRules(nested, 'workflow', session);
  return flatten<WorkflowRuleConfig>(nested, LIMITS.rules) ?? [];
}

function judge(
  rules: readonly WorkflowRuleConfig[] | null,
  scope: RootScope,
  session: Session,
): { readonly decision: string | null; readonly matched: WorkflowRuleConfig | null } {
  const clauses = rules?.map((config) => ({
    if: config.if ?? null,
    changes: changesClause(config.changes),
    exists: existsClause(config.exists),
    when: config.when ?? null,
    config,
  }));
  const { files, cache } = session;
  const decision = decideWorkflow(clauses ?? null, { variables: lookupIn(scope, session), files, cache });
  if (decision.kind === 'run') return { decision: null, matched: decision.rule?.config ?? null };
  if (decision.kind === 'filtered') return { decision: `workflow: ${decision.reason}`, matched: null };
  const finding = { code: 'bad-rule', message: `workflow: ${decision.message}`, path: 'workflow.rules' };
  session.problems.add(finding, { node: rules?.[decision.ruleIndex] });
  return { decision: decision.message, matched: null };
}

function rootVariables(
  planned: readonly Variable[],
  rule: WorkflowRuleConfig | null,
  scope: RootScope,
  session: Session,
): RootScope {
  const ofRule = planVariables(rule?.variables);
  return ofRule.length === 0 ? scope : rootScope(mergeVariables(planned, ofRule), session);
}

function lookupIn(scope: RootScope, session: Session) {
  const { variables } = session.context;
  return (name: string) =>
    (Object.hasOwn(variables, name) ? variables[name] : scope.values.get(name)) ?? session.outerVariables(name);
}
