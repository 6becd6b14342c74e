import { type Static, Type } from 'typebox';
import { answer, ID, INSTANT, nullable, shape } from './common.ts';

const CONTACT = Type.Enum(['online', 'offline', 'stale', 'never_contacted']);

export const RUNNER = shape('Runner', {
  id: ID,
  description: Type.String(),
  ip_address: nullable(Type.String()),
  active: Type.Boolean(),
  paused: Type.Boolean(),
  is_shared: Type.Boolean(),
  runner_type: Type.Enum(['instance_type', 'project_type']),
  name: nullable(Type.String()),
  online: nullable(Type.Boolean()),
  status: CONTACT,
});
export type BriefRunner = Static<typeof RUNNER>;

const MANAGER = {
  id: ID,
  system_id: Type.String(),
  version: Type.String(),
  revision: Type.String(),
  platform: Type.String(),
  architecture: Type.String(),
  created_at: INSTANT,
  contacted_at: INSTANT,
  ip_address: nullable(Type.String()),
  status: CONTACT,
};

/** The machine that a job runs on. */
export const RUNNER_MANAGER = shape('RunnerManager', MANAGER);
export type BriefManager = Static<typeof RUNNER_MANAGER>;

const QUARANTINED = nullable(
  answer({ since: INSTANT, reason: Type.String() }),
  'null: it is in none; else it takes no job until it is released',
);

export const LISTED_RUNNER = shape('ListedRunner', { ...RUNNER.properties, quarantined: QUARANTINED });
export type ListedRunner = Static<typeof LISTED_RUNNER>;

/** One of the machines that work under a runner's token. */
export const LISTED_MANAGER = shape('ListedRunnerManager', { ...MANAGER, quarantined: QUARANTINED });

/** A project as a runner and its jobs name it. */
export const RUNNERS_PROJECT = answer({ id: ID, name: Type.String(), path_with_namespace: Type.String() });

export const RUNNER_DETAILS = shape('RunnerDetails', {
  ...LISTED_RUNNER.properties,
  version: nullable(Type.String()),
  revision: nullable(Type.String()),
  platform: nullable(Type.String()),
  architecture: nullable(Type.String()),
  tag_list: Type.Array(Type.String()),
  run_untagged: Type.Boolean(),
  locked: Type.Boolean(),
  access_level: Type.Enum(['ref_protected', 'not_protected']),
  maximum_timeout: nullable(Type.Integer({ description: 's' })),
  maintenance_note: nullable(Type.String()),
  created_at: INSTANT,
  contacted_at: nullable(INSTANT),
  projects: Type.Array(RUNNERS_PROJECT),
  groups: Type.Array(Type.Unknown(), { description: 'empty: there are no runners of groups' }),
});
export type FullRunner = Static<typeof RUNNER_DETAILS>;

/** Of a runner that was just made, or asked for another token. */
export const RUNNER_TOKEN = shape('RunnerToken', {
  id: ID,
  token: Type.String({ description: 'never shown again' }),
  token_expires_at: nullable(INSTANT),
});

/** The same of one that the asker has named. */
export const NEXT_TOKEN = answer({
  token: RUNNER_TOKEN.properties.token,
  token_expires_at: RUNNER_TOKEN.properties.token_expires_at,
});
