import Type, { type Static } from 'typebox';
import { DEFAULT_KEYWORDS } from './job.ts';
import { IncludeRule, WorkflowAutoCancel, WorkflowRules } from './rules.ts';
import { closed, flattened, maybe, namesTo, TextOrList } from './scalars.ts';
import { RootVariables } from './variables.ts';

export const Workflow = closed({
  name: maybe(Type.String({ minLength: 1, maxLength: 255 })),
  rules: maybe(WorkflowRules),
  auto_cancel: maybe(WorkflowAutoCancel),
});
export type WorkflowConfig = Static<typeof Workflow>;

const includeExtras = {
  rules: maybe(Type.Array(IncludeRule, { minItems: 1 })),
  inputs: maybe(namesTo(Type.Unknown())),
};
export const IncludeItem = Type.Union(
  [
    Type.String({ minLength: 1 }),
    closed({ local: Type.String({ minLength: 1 }), ...includeExtras }),
    closed({ project: Type.String(), file: TextOrList, ref: maybe(Type.String()), ...includeExtras }),
    closed({ remote: Type.String(), integrity: maybe(Type.String()), cache: maybe(Type.Unknown()), ...includeExtras }),
    closed({ template: Type.String(), ...includeExtras }),
    closed({ component: Type.String(), ...includeExtras }),
  ],
  { description: 'a path, or one of local, project, remote, template, component' },
);
export type IncludeItemConfig = Static<typeof IncludeItem>;
export const Include = Type.Union([IncludeItem, Type.Array(IncludeItem)], { description: 'a file or a list of files' });

/** Root keys that are not jobs. */
export const ROOT_KEYWORDS = {
  stages: flattened('Stages', [Type.String()], { description: 'a list of texts' }),
  variables: RootVariables,
  workflow: Workflow,
  include: Include,
  before_script: DEFAULT_KEYWORDS.before_script,
  after_script: DEFAULT_KEYWORDS.after_script,
  image: DEFAULT_KEYWORDS.image,
  services: DEFAULT_KEYWORDS.services,
  cache: DEFAULT_KEYWORDS.cache,
} as const;

/** Old root-level spellings of `default`. */
export const GLOBAL_DEFAULTS = ['before_script', 'after_script', 'image', 'services', 'cache'] as const;
