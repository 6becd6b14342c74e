import Type, { type Static } from 'typebox';
import { closed, Duration, maybe, namesTo, oneOf, Scalar, TextOrList } from './scalars.ts';

export const EnvironmentMapping = closed({
  name: Type.String({ minLength: 1, maxLength: 255 }),
  url: maybe(Type.String({ maxLength: 255 })),
  on_stop: maybe(Type.String({ minLength: 1 })),
  action: maybe(oneOf('start', 'prepare', 'stop', 'verify', 'access')),
  auto_stop_in: maybe(Duration),
  deployment_tier: maybe(
    Type.String({
      pattern: '^(production|staging|testing|development|other|.*\\$.*)$',
      description: 'production, staging, testing, development or other',
    }),
  ),
  kubernetes: maybe(Type.Record(Type.String(), Type.Unknown())),
});
export const Environment = Type.Union([Type.String({ minLength: 1, maxLength: 255 }), EnvironmentMapping], {
  description: 'a name, or name, url, on_stop, action, …',
});
export type EnvironmentConfig = Static<typeof Environment>;

export const Release = closed({
  tag_name: Type.String({ minLength: 1 }),
  description: Type.String({ minLength: 1 }),
  tag_message: maybe(Type.String()),
  name: maybe(Type.String()),
  ref: maybe(Type.String()),
  milestones: maybe(TextOrList),
  released_at: maybe(Type.String()),
  assets: maybe(
    closed({
      links: Type.Array(
        closed({
          name: Type.String(),
          url: Type.String(),
          filepath: maybe(Type.String()),
          link_type: maybe(oneOf('runbook', 'package', 'image', 'other')),
        }),
      ),
    }),
  ),
});

export const Pages = Type.Union([
  Type.Boolean(),
  closed({
    publish: maybe(Type.String()),
    path_prefix: maybe(Type.String()),
    expire_in: maybe(Duration),
  }),
]);

export const IdTokens = namesTo(closed({ aud: TextOrList }));

/** Kept open inside: which fields a vault wants is its server's business. */
export const Secrets = namesTo(Type.Record(Type.String(), Type.Unknown()));

const Inputs = namesTo(Type.Union([Scalar, Type.Null(), Type.Array(Type.Unknown()), namesTo(Type.Unknown())]));
export const JobInputs = namesTo(namesTo(Type.Unknown()));

const ChildInclude = Type.Union([
  Type.String({ minLength: 1 }),
  closed({ local: Type.String({ minLength: 1 }), inputs: maybe(Inputs) }),
  closed({ template: Type.String(), inputs: maybe(Inputs) }),
  closed({ artifact: Type.String(), job: Type.String(), inputs: maybe(Inputs) }),
  closed({ project: Type.String(), file: TextOrList, ref: maybe(Type.String()), inputs: maybe(Inputs) }),
  closed({ component: Type.String(), inputs: maybe(Inputs) }),
  closed({ remote: Type.String(), integrity: maybe(Type.String()), inputs: maybe(Inputs) }),
]);

const followUp = {
  strategy: maybe(oneOf('depend', 'mirror')),
  forward: maybe(closed({ yaml_variables: maybe(Type.Boolean()), pipeline_variables: maybe(Type.Boolean()) })),
  inputs: maybe(Inputs),
};
export const Trigger = Type.Union(
  [
    Type.String({ minLength: 1 }),
    closed({
      include: Type.Union([ChildInclude, Type.Array(ChildInclude, { minItems: 1, maxItems: 3 })]),
      ...followUp,
    }),
    closed({ project: Type.String({ minLength: 1 }), branch: maybe(Type.String()), ...followUp }),
  ],
  { description: 'a project path, or include, or project' },
);
export type TriggerConfig = Static<typeof Trigger>;

export const Dast = closed({ site_profile: maybe(Type.String()), scanner_profile: maybe(Type.String()) });
export const Steps = Type.Array(Type.Record(Type.String(), Type.Unknown()));
