import type { Session } from '../session.ts';
import type { RootMap } from '../yaml/compose/compose.ts';
import type { YamlFile } from '../yaml/read-yaml.ts';
import type { InputSpec } from './input-spec.ts';
import { interpolate } from './interpolate.ts';
import { readSpec } from './read-spec.ts';
import { type GivenInputs, takeInputs } from './take-inputs.ts';

export interface Filled {
  /** The file with its inputs put in, before its own includes are read. null: they do not fit what it declares, which was reported. */
  readonly root: RootMap | null;
  /** What it declares. */
  readonly inputs: readonly InputSpec[];
}

export function fillIn({ root, header }: YamlFile, file: string, given: GivenInputs, session: Session): Filled {
  if (root === null) return { root: null, inputs: [] };
  if (header === null) return { root: hasNone(given, file, session) ? root : null, inputs: [] };
  const specs = readSpec(header, session);
  const values = takeInputs(specs, given, session);
  const inputs = [...specs.values()];
  return { root: values === null ? null : interpolate(root, values, session), inputs };
}

function hasNone({ values, node }: GivenInputs, file: string, { problems }: Session): boolean {
  const names = Object.keys(values);
  if (names.length === 0) return true;
  const message = `unknown input "${names.join('", "')}": ${file} declares no inputs (spec:inputs before a line with ---)`;
  problems.add({ code: 'unknown-input', message, path: 'inputs' }, node === null ? null : { node });
  return false;
}
