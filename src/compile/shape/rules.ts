import Type, { type Static } from 'typebox';
import { RuleNeeds } from './needs.ts';
import { closed, Duration, maybe, oneOf, TextList } from './scalars.ts';
import { RuleVariables } from './variables.ts';

export const AllowFailure = Type.Union(
  [
    Type.Boolean(),
    closed({
      exit_codes: maybe(Type.Union([Type.Integer(), Type.Array(Type.Integer(), { minItems: 1, uniqueItems: true })])),
    }),
  ],
  { description: 'true, false or exit_codes' },
);

/** Auto-cancel reads `true` and `graceful` alike; `graceful` adds a teardown that survives its runner. */
export const Interruptible = Type.Union([Type.Boolean(), Type.Literal('graceful')], {
  description: 'true, false or graceful',
});

export const Changes = Type.Union(
  [TextList, closed({ paths: TextList, compare_to: maybe(Type.String({ minLength: 1 })) })],
  { description: 'a list of paths' },
);
export type Changes = Static<typeof Changes>;

export const Exists = Type.Union(
  [
    Type.String(),
    TextList,
    closed({
      paths: TextList,
      project: maybe(Type.String({ minLength: 1 })),
      ref: maybe(Type.String({ minLength: 1 })),
    }),
  ],
  { description: 'a path or a list of paths' },
);
export type Exists = Static<typeof Exists>;

const clauses = { if: maybe(Type.String({ minLength: 1 })), changes: maybe(Changes), exists: maybe(Exists) };

export const Rule = closed({
  ...clauses,
  when: maybe(oneOf('on_success', 'on_failure', 'always', 'never', 'manual', 'delayed')),
  start_in: maybe(Duration),
  allow_failure: maybe(Type.Boolean()),
  variables: maybe(RuleVariables),
  needs: maybe(RuleNeeds),
  interruptible: maybe(Interruptible),
});
export type RuleConfig = Static<typeof Rule>;

export const WorkflowAutoCancel = closed({
  on_new_commit: maybe(oneOf('conservative', 'interruptible', 'none')),
  on_job_failure: maybe(oneOf('none', 'all')),
});

/** `start_in`, `allow_failure` and `needs` are tolerated here and do nothing, as in GitLab. */
export const WorkflowRule = closed({
  ...clauses,
  when: maybe(oneOf('always', 'never')),
  variables: maybe(RuleVariables),
  auto_cancel: maybe(WorkflowAutoCancel),
  start_in: maybe(Duration),
  allow_failure: maybe(Type.Boolean()),
  needs: maybe(RuleNeeds),
});
export type WorkflowRuleConfig = Static<typeof WorkflowRule>;

export const IncludeRule = closed({ ...clauses, when: maybe(oneOf('always', 'never')) });
export type IncludeRuleConfig = Static<typeof IncludeRule>;

/** At least one rule, or a list of rules from `!reference`, which may be empty. */
function nestedRules<T extends Type.TSchema>(name: string, rule: T) {
  const options = { description: 'a list of rules' };
  const items = Type.Union([rule, Type.Ref(`${name}Inside`)]);
  const parts = {
    [name]: Type.Array(items, { ...options, minItems: 1 }),
    [`${name}Inside`]: Type.Array(items, options),
  };
  return Type.Cyclic(parts, name);
}

/** Rules as written: lists inside lists come from `!reference`. They are flattened when a job's conditions are read. */
export type NestedRules = readonly (RuleConfig | NestedRules)[];
export const Rules = Type.Unsafe<NestedRules>(nestedRules('Rules', Rule));
export type NestedWorkflowRules = readonly (WorkflowRuleConfig | NestedWorkflowRules)[];
export const WorkflowRules = Type.Unsafe<NestedWorkflowRules>(nestedRules('WorkflowRules', WorkflowRule));

/** The old `only` and `except`. */
export const Policy = Type.Union(
  [
    TextList,
    closed({
      refs: maybe(TextList),
      variables: maybe(TextList),
      changes: maybe(TextList),
      kubernetes: maybe(oneOf('active')),
    }),
  ],
  { description: 'a list of refs, or refs, variables, changes' },
);
export type PolicyConfig = Static<typeof Policy>;
