import Type, { type Static } from 'typebox';
import { FAILURE_REASONS } from '../../protocol/index.ts';
import { Artifacts, Cache } from './artifacts.ts';
import { Image, Services } from './containers.ts';
import { Dast, Environment, IdTokens, JobInputs, Pages, Release, Secrets, Steps, Trigger } from './deploy.ts';
import { Hooks } from './hooks.ts';
import { Needs, Parallel } from './needs.ts';
import { AllowFailure, Interruptible, Policy, Rules } from './rules.ts';
import { closed, Duration, Lines, maybe, oneOf, TextList, TextOrList } from './scalars.ts';
import { JobVariables } from './variables.ts';

const RetryReason = oneOf('always', ...FAILURE_REASONS);
const RetryMax = Type.Integer({ minimum: 0, maximum: 2 });
/** GitLab takes a number for what it looks like, but only here. */
const RetryMaxOrText = Type.Union(
  [RetryMax, Type.String({ pattern: '^[012]$', description: 'a number from 0 to 2' })],
  {
    description: 'a number from 0 to 2',
  },
);
export const Retry = Type.Union(
  [
    RetryMax,
    closed({
      max: maybe(RetryMaxOrText),
      when: maybe(Type.Union([RetryReason, Type.Array(RetryReason)])),
      exit_codes: maybe(Type.Union([Type.Integer(), Type.Array(Type.Integer())])),
    }),
  ],
  { description: 'a number from 0 to 2, or max, when, exit_codes' },
);
export type RetryConfig = Static<typeof Retry>;

/** What `default` may hold, and `inherit:default` may name. */
export const DEFAULT_KEYWORDS = {
  before_script: Lines,
  after_script: Lines,
  hooks: Hooks,
  cache: Cache,
  image: Image,
  services: Services,
  interruptible: Interruptible,
  timeout: Duration,
  retry: Retry,
  tags: TextList,
  artifacts: Artifacts,
  id_tokens: IdTokens,
  identity: oneOf('google_cloud'),
} as const;
export type DefaultKeyword = keyof typeof DEFAULT_KEYWORDS;
export const DEFAULT_KEYS = Object.keys(DEFAULT_KEYWORDS) as DefaultKeyword[];

export const Inherit = closed({
  default: maybe(Type.Union([Type.Boolean(), Type.Array(oneOf(...DEFAULT_KEYS))])),
  variables: maybe(Type.Union([Type.Boolean(), TextList])),
});
export type InheritConfig = Static<typeof Inherit>;

/** Every keyword of a job and the shape of its value. An empty value counts as absent everywhere. */
export const JOB_KEYWORDS = {
  ...DEFAULT_KEYWORDS,
  script: Lines,
  run: Steps,
  stage: Type.String({ minLength: 1 }),
  extends: TextOrList,
  variables: JobVariables,
  rules: Rules,
  only: Policy,
  except: Policy,
  when: oneOf('on_success', 'on_failure', 'always', 'manual', 'delayed'),
  start_in: Duration,
  allow_failure: AllowFailure,
  manual_confirmation: Type.String({ minLength: 1 }),
  needs: Needs,
  dependencies: TextList,
  parallel: Parallel,
  environment: Environment,
  coverage: Type.String({ pattern: '^/.*/[ismU]*$', description: 'a regular expression between slashes' }),
  release: Release,
  resource_group: Type.String({ minLength: 1, maxLength: 255 }),
  secrets: Secrets,
  inherit: Inherit,
  inputs: JobInputs,
  pages: Pages,
  publish: Type.String(),
  trigger: Trigger,
  dast_configuration: Dast,
} as const;
export type JobKeyword = keyof typeof JOB_KEYWORDS;

export const JOB_KEYWORD_TABLE: ReadonlyMap<string, Type.TSchema> = new Map(Object.entries(JOB_KEYWORDS));
export const DEFAULT_KEYWORD_TABLE: ReadonlyMap<string, Type.TSchema> = new Map(Object.entries(DEFAULT_KEYWORDS));

/** A job after includes, extends, references and defaults: the values of the file, shape-checked, unexpanded. */
export type JobConfig = { readonly [K in JobKeyword]?: Static<(typeof JOB_KEYWORDS)[K]> | null };

/** Trigger jobs run nowhere, so most keywords make no sense there. Source: GitLab's trigger jobs, plus `manual_confirmation`. */
export const TRIGGER_KEYS: ReadonlySet<string> = new Set<JobKeyword>([
  'trigger',
  'parallel',
  'extends',
  'stage',
  'only',
  'except',
  'rules',
  'variables',
  'inherit',
  'allow_failure',
  'when',
  'needs',
  'resource_group',
  'environment',
  'interruptible',
  'manual_confirmation',
]);
