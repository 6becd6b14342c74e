import { Type } from 'typebox';
import { VARIABLE_SOURCES } from '../../work/index.ts';
import { nullable, shape } from './common.ts';

export const JOB_VARIABLE = shape('JobVariable', {
  key: Type.String(),
  source: Type.Enum([...VARIABLE_SOURCES], {
    description:
      'where the one that counts is from: `ci_file` the root of the CI file or a rule of its workflow, `job` what it says at the job, `dotenv` a report of a job before, `pipeline` given at its start, `play` given when the job was started by hand, `predefined` replaces what the file says',
  }),
  value: nullable(Type.String(), 'as the CI file writes it, not expanded; null: it is from elsewhere, and not shown'),
});
