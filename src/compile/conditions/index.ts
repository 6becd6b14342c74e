export { type ConditionCache, createConditionCache, REGEX_HINT } from './condition-cache.ts';
export { decideInclude } from './decide-include.ts';
export { decideJob, type JobConditions, type JobDecision, type JobRule } from './decide-job.ts';
export { decideWorkflow } from './decide-workflow.ts';
export { compileRegex, type Regex } from './expression/regex.ts';
export type { RefPolicy } from './match-only-except.ts';
export { splitRegex } from './match-refs.ts';
export type { ChangesClause, ExistsClause, FileSources, PathSource } from './paths/match-paths.ts';
