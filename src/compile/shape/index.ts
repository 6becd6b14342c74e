export type { JobConfig } from './job.ts';
export type { PolicyConfig, RuleConfig, WorkflowRuleConfig } from './rules.ts';
