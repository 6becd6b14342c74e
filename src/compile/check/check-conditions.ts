import { REGEX_HINT, splitRegex } from '../conditions/index.ts';
import type { Job } from '../config/job.ts';
import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import type { NestedRules, NestedWorkflowRules, PolicyConfig, RuleConfig } from '../shape/rules.ts';
import { isInherited } from '../yaml/mapping.ts';
import type { Place } from '../yaml/source-map.ts';
import { isGiven } from './is-given.ts';

/** Checks the rules of every job, whichever of them a pipeline would reach. Rules that jobs share are looked at once, if they are right. */
export function checkConditions(jobs: readonly Job[], session: Session): void {
  const right = new Set<NestedRules>();
  for (const { name, config } of jobs) {
    const { rules } = config;
    if (rules && !(isInherited(config, 'rules', rules) && right.has(rules))) {
      const before = session.problems.count();
      checkRules(rules, `job "${name}"`, session);
      if (isInherited(config, 'rules', rules) && session.problems.count() === before) right.add(rules);
    }
    if (config.only) checkPolicy(config.only, `job "${name}": only`, session);
    if (config.except) checkPolicy(config.except, `job "${name}": except`, session);
  }
}

/** `subject` opens the messages. */
export function checkRules(rules: NestedRules | NestedWorkflowRules, subject: string, session: Session): void {
  const count = walk(rules, subject, session, 0);
  if (count <= LIMITS.rules) return;
  session.problems.add(
    { code: 'too-many-rules', message: `${subject}: rules are nested too deep or too many` },
    { node: rules },
  );
}

/** How many rules there are; more than the limit when they are nested too deep. */
function walk(rules: NestedRules | NestedWorkflowRules, subject: string, session: Session, depth: number): number {
  if (depth > LIMITS.listDepth) return Number.POSITIVE_INFINITY;
  let count = 0;
  for (const rule of rules) {
    if (count > LIMITS.rules) break;
    if ('length' in rule) {
      count += walk(rule as NestedRules, subject, session, depth + 1);
      continue;
    }
    count++;
    if (isGiven(rule.if)) checkIf(rule.if, { node: rule, key: 'if', clause: 'rules:if' }, subject, session);
    checkStartIn(rule as RuleConfig, subject, session);
  }
  return count;
}

interface Clause {
  readonly node: unknown;
  readonly key: string | number;
  /** Such as `rules:if`. */
  readonly clause: string;
}

function checkIf(text: string, { node, key, clause }: Clause, subject: string, session: Session): void {
  const parsed = session.cache.parse(text);
  if (parsed.ok) return;
  const { message, hint, offset } = parsed.mistake;
  const place = `at character ${offset + 1} of \`${text}\``;
  const finding = { code: 'bad-expression', message: `${subject}: ${clause}: ${message} (${place})` };
  session.problems.add({ ...finding, ...(hint === undefined ? {} : { hint }) }, { node, key, part: 'value' });
}

function checkPolicy(policy: PolicyConfig, subject: string, session: Session): void {
  const refs = 'length' in policy ? policy : (policy.refs ?? []);
  for (const [key, text] of refs.entries()) checkRef(text, { node: refs, key, part: 'value' }, subject, session);
  if ('length' in policy || !policy.variables) return;
  for (const [key, text] of policy.variables.entries()) {
    checkIf(text, { node: policy.variables, key, clause: 'variables' }, subject, session);
  }
}

/** Text between slashes is a regular expression. With the path of a project behind it GitLab does not look inside. */
function checkRef(text: string, place: Place, subject: string, session: Session): void {
  const pattern = splitRegex(text.split('@', 1)[0] ?? '');
  if (pattern === null || session.cache.regex(pattern.source, pattern.flags) !== null) return;
  const message = `${subject}: \`${text}\` is not a valid regular expression`;
  const finding = text.includes('@')
    ? ({ message: `${message}, so it matches nothing`, severity: 'warning' } as const)
    : { message };
  session.problems.add({ code: 'bad-regex', hint: REGEX_HINT, ...finding }, place);
}

function checkStartIn(rule: RuleConfig, subject: string, session: Session): void {
  const { when, start_in: startIn } = rule;
  if (!isGiven(startIn) && when !== 'delayed') return;
  const complain = (code: string, message: string, key: string) =>
    session.problems.add({ code, message: `${subject}: ${message}` }, { node: rule, key });
  if (!isGiven(startIn)) complain('bad-start-in', 'a rule with when: delayed needs start_in', 'when');
  else if (when !== 'delayed') complain('bad-start-in', 'start_in needs when: delayed', 'start_in');
  else {
    const parsed = session.duration(startIn);
    if (!parsed.ok) complain('bad-duration', `start_in: ${parsed.message}`, 'start_in');
    else if (parsed.ms > LIMITS.startInMs) complain('bad-start-in', 'start_in is at most 1 week', 'start_in');
  }
}
