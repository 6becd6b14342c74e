export { type ConditionCache, createConditionCache } from './condition-cache.ts';
export { decideInclude, type IncludeDecision } from './decide-include.ts';
export { decideJob, type JobConditions, type JobContext, type JobDecision, type JobRule } from './decide-job.ts';
export { decideWorkflow, type WorkflowDecision, type WorkflowRule } from './decide-workflow.ts';
export type { Expression, ParsedExpression, SyntaxMistake } from './expression/expression.ts';
export type { RefPolicy } from './match-only-except.ts';
export type { PipelineRef } from './match-refs.ts';
export type { ChangesClause, ExistsClause, FileSources, PathSource } from './paths/match-paths.ts';
export type { RuleClauses, RuleContext } from './pick-rule.ts';
