import { decideInclude } from '../conditions/index.ts';
import type { Session } from '../session.ts';
import type { IncludeRuleConfig } from '../shape/rules.ts';
import { changesClause, existsClause } from './rule-clauses.ts';

/** Whether `include:rules` let a file in. Only variables that exist before the file is read count. */
export function decideIncludeRules(rules: readonly IncludeRuleConfig[] | null, session: Session): boolean {
  const clauses = rules?.map((rule) => ({
    if: rule.if ?? null,
    changes: changesClause(rule.changes),
    exists: existsClause(rule.exists),
    when: rule.when ?? null,
  }));
  const { cache, files, outerVariables } = session;
  const decision = decideInclude(clauses ?? null, { variables: outerVariables, files, cache });
  if (decision.kind !== 'broken') return decision.kind === 'included';
  const rule = rules?.[decision.ruleIndex];
  const place = rule?.if === undefined ? { node: rule } : ({ node: rule, key: 'if', part: 'value' } as const);
  session.problems.add({ code: 'bad-rule', message: `include:rules: ${decision.message}`, path: 'include' }, place);
  return false;
}
