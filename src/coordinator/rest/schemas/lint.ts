import { type Static, Type } from 'typebox';
import { WHENS } from '../../../protocol/index.ts';
import { answer, nullable } from './common.ts';

/** Ours: each finding with its place, for editors. */
const PROBLEM = answer({
  severity: Type.Enum(['error', 'warning']),
  code: Type.String(),
  message: Type.String(),
  file: nullable(Type.String()),
  line: nullable(Type.Integer()),
  column: nullable(Type.Integer()),
  path: nullable(Type.String({ description: 'inside the document, such as `jobs.build.retry.max`' })),
  hint: nullable(Type.String()),
});

const LINES = Type.Array(Type.String());

const LINT_JOB = answer({
  name: Type.String(),
  stage: Type.String(),
  before_script: LINES,
  script: LINES,
  after_script: LINES,
  tag_list: LINES,
  environment: nullable(Type.String()),
  when: Type.Enum([...WHENS]),
  allow_failure: Type.Boolean(),
  needs: nullable(Type.Array(answer({ name: Type.String(), artifacts: Type.Boolean() }))),
  only: Type.Null(),
  except: Type.Null(),
});

export const LINT = answer({
  valid: Type.Boolean(),
  errors: LINES,
  warnings: LINES,
  merged_yaml: nullable(Type.String()),
  includes: Type.Array(Type.Unknown()),
  jobs: Type.Optional(Type.Array(LINT_JOB, { description: 'with `include_jobs`' })),
  problems: Type.Array(PROBLEM),
});
export type Lint = Static<typeof LINT>;
