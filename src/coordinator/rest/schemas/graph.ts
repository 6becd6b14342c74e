import { type Static, Type } from 'typebox';
import { WHENS } from '../../../protocol/index.ts';
import { answer, nullable } from './common.ts';

const REASON = nullable(
  Type.String(),
  'which rule decided that, in words; null: it was not noted, or the asker may not read the CI file',
);

/** What was planned when the pipeline was made: it never changes. */
export const PIPELINE_GRAPH = answer({
  stages: Type.Array(Type.String(), { description: 'in order, those that have a job' }),
  jobs: Type.Array(
    answer({
      name: Type.String(),
      group: Type.String({ description: 'its name without the part that tells parallel jobs apart' }),
      node: nullable(
        answer({ index: Type.Integer({ description: 'from 1' }), total: Type.Integer() }),
        'among parallel jobs; null: it is alone',
      ),
      stage: Type.Integer({ description: 'place in `stages`, from 0' }),
      kind: Type.Enum(['job', 'bridge']),
      needs: nullable(
        Type.Array(Type.Integer({ description: 'place in `jobs`, from 0' })),
        'null: it waits for the stages before its own',
      ),
      when: Type.Enum([...WHENS]),
      manual_confirmation: nullable(Type.String(), 'what whoever starts it is asked'),
      reason: REASON,
    }),
    { description: 'by position: a job of the pipeline says its own' },
  ),
  left_out: nullable(
    Type.Array(answer({ name: Type.String(), stage: Type.String(), reason: Type.String() })),
    'jobs of the CI file that its rules left out; null: it was not noted, or the asker may not read the file',
  ),
});
export type PipelineGraph = Static<typeof PIPELINE_GRAPH>;
