import type { Session } from '../session.ts';
import type { RootMap } from '../yaml/compose/compose.ts';
import type { YamlFile } from '../yaml/read-yaml.ts';
import { interpolate } from './interpolate.ts';
import { readSpec } from './read-spec.ts';
import { type GivenInputs, takeInputs } from './take-inputs.ts';

/** A file with its inputs put in, before its own includes are read. null: they do not fit what the file declares, which was reported. */
export function fillIn({ root, header }: YamlFile, file: string, given: GivenInputs, session: Session): RootMap | null {
  if (root === null) return null;
  if (header === null) return hasNone(given, file, session) ? root : null;
  const specs = readSpec(header, session);
  const values = takeInputs(specs, given, session);
  if (values === null) return null;
  return interpolate(root, values, session);
}

function hasNone({ values, node }: GivenInputs, file: string, { problems }: Session): boolean {
  const names = Object.keys(values);
  if (names.length === 0) return true;
  const message = `unknown input "${names.join('", "')}": ${file} declares no inputs (spec:inputs before a line with ---)`;
  problems.add({ code: 'unknown-input', message, path: 'inputs' }, node === null ? null : { node });
  return false;
}
