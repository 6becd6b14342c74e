import { type Static, Type } from 'typebox';
import { answer, COMMIT, ID, INSTANT, nullable, shape } from '../../rest/schemas/common.ts';
import { STATUS } from '../../rest/schemas/pipeline.ts';

/** As git has it, with its writer's offset; null: git cannot make sense of it. */
const DATE = nullable(Type.String({ description: 'ISO 8601, with the offset of its writer' }));
const NO_TRAILERS = answer({});

export const REPOSITORY_COMMIT = shape('RepositoryCommit', {
  ...COMMIT.properties,
  created_at: DATE,
  authored_date: DATE,
  committed_date: DATE,
  trailers: NO_TRAILERS,
  extended_trailers: NO_TRAILERS,
});
export type RepositoryCommit = Static<typeof REPOSITORY_COMMIT>;

const STATS = answer({ additions: Type.Integer(), deletions: Type.Integer(), total: Type.Integer() });

export const LISTED_COMMIT = shape('ListedCommit', {
  ...REPOSITORY_COMMIT.properties,
  stats: Type.Optional(STATS),
});

export const FULL_COMMIT = shape('FullCommit', {
  ...LISTED_COMMIT.properties,
  status: nullable(STATUS, 'of its last pipeline'),
  project_id: ID,
  last_pipeline: nullable(
    answer({
      id: ID,
      iid: ID,
      project_id: ID,
      sha: Type.String(),
      ref: Type.String(),
      status: STATUS,
      source: Type.String(),
      created_at: INSTANT,
      updated_at: INSTANT,
      web_url: Type.String(),
    }),
  ),
});

export const BRANCH = shape('Branch', {
  name: Type.String(),
  commit: REPOSITORY_COMMIT,
  merged: Type.Boolean(),
  protected: Type.Boolean(),
  developers_can_push: Type.Boolean(),
  developers_can_merge: Type.Boolean(),
  can_push: Type.Boolean({ description: 'the asker' }),
  default: Type.Boolean(),
  web_url: Type.String(),
});

export const TAG = shape('Tag', {
  name: Type.String(),
  message: Type.String(),
  target: Type.String(),
  commit: nullable(REPOSITORY_COMMIT),
  release: Type.Null(),
  protected: Type.Boolean(),
  created_at: DATE,
});

export const DIFF = shape('Diff', {
  diff: Type.String(),
  collapsed: Type.Boolean(),
  too_large: Type.Boolean(),
  new_path: Type.String(),
  old_path: Type.String(),
  a_mode: Type.String(),
  b_mode: Type.String(),
  new_file: Type.Boolean(),
  renamed_file: Type.Boolean(),
  deleted_file: Type.Boolean(),
  generated_file: Type.Null(),
});

export const REF = answer({ type: Type.Enum(['branch', 'tag']), name: Type.String() });

export const COMPARISON = shape('Comparison', {
  commit: nullable(REPOSITORY_COMMIT, 'the newest of them'),
  commits: Type.Array(REPOSITORY_COMMIT),
  diffs: Type.Array(DIFF),
  compare_timeout: Type.Boolean(),
  compare_same_ref: Type.Boolean(),
  web_url: Type.String(),
});

export const TREE_ENTRY = shape('TreeEntry', {
  id: Type.String(),
  name: Type.String(),
  type: Type.Enum(['blob', 'tree', 'commit']),
  path: Type.String(),
  mode: Type.String(),
});

export const FILE = shape('RepositoryFile', {
  file_name: Type.String(),
  file_path: Type.String(),
  size: Type.Integer({ description: 'bytes' }),
  encoding: Type.String(),
  content_sha256: Type.String(),
  ref: Type.String(),
  blob_id: Type.String(),
  commit_id: Type.String(),
  last_commit_id: Type.String(),
  execute_filemode: Type.Boolean(),
  content: Type.String(),
});

export const BLOB = shape('Blob', {
  size: Type.Integer({ description: 'bytes' }),
  encoding: Type.String(),
  content: Type.String(),
  sha: Type.String(),
});
