import { type Static, Type } from 'typebox';
import { WHENS } from '../../../protocol/index.ts';
import { answer, nullable, shape } from './common.ts';

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
  reason: Type.String({ description: 'what decided that it is there, such as `rule 2: …`' }),
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

const EXCLUDED = answer({ name: Type.String(), stage: Type.String(), reason: Type.String() });

const INPUT = shape('DeclaredInput', {
  name: Type.String(),
  type: Type.Enum(['string', 'number', 'boolean', 'array']),
  description: nullable(Type.String()),
  required: Type.Boolean({ description: 'it has no default' }),
  default: Type.Unknown(),
  options: nullable(Type.Array(Type.Unknown())),
});

const PREFILLED = shape('PrefilledVariable', {
  key: Type.String(),
  value: Type.String(),
  description: Type.String(),
  options: nullable(LINES),
});

export const LINT = shape('Lint', {
  valid: Type.Boolean(),
  errors: LINES,
  warnings: LINES,
  merged_yaml: nullable(Type.String()),
  includes: Type.Array(Type.Unknown()),
  jobs: Type.Optional(Type.Array(LINT_JOB, { description: 'with `include_jobs`' })),
  excluded: Type.Optional(Type.Array(EXCLUDED, { description: 'with `include_jobs`: jobs that there would not be' })),
  inputs: Type.Array(INPUT, { description: 'that the file declares' }),
  variables: Type.Array(PREFILLED, {
    description: 'of the file, with a description: whoever runs it is to look at them',
  }),
  problems: Type.Array(PROBLEM),
});
export type Lint = Static<typeof LINT>;
