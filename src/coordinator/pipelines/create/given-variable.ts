import type { Variable } from '../../../protocol/index.ts';
import type { GivenVariable } from '../pipeline-request.ts';

/** As it is stored and sent to a runner. */
export function givenVariable({ key, value, kind }: GivenVariable): Variable {
  return { key, value, public: false, masked: false, file: kind === 'file', raw: false };
}
