import { reportMisfit } from '../schema/check-keywords.ts';
import type { Session } from '../session.ts';
import { type InputConfig, Spec, type SpecConfig } from '../shape/spec.ts';
import type { RootMap } from '../yaml/compose/compose.ts';
import { isMapping } from '../yaml/mapping.ts';
import type { Place } from '../yaml/source-map.ts';
import type { InputSpec } from './input-spec.ts';

const NAME = /^[A-Za-z0-9_-]+$/;

/** The inputs that a header declares, by name; what is wrong with one is reported and leaves it out. */
export function readSpec(header: RootMap, session: Session): ReadonlyMap<string, InputSpec> {
  const specs = new Map<string, InputSpec>();
  const spec = header.get('spec');
  if (spec === null || spec === undefined) return specs;
  if (!session.checks.passes(Spec, spec)) {
    reportMisfit({ schema: Spec, value: spec, node: header, key: 'spec' }, { subject: '', path: '' }, session.problems);
    return specs;
  }
  refuseRest(spec as SpecConfig, session);
  const { inputs } = spec as SpecConfig;
  for (const [name, config] of Object.entries(inputs ?? {})) {
    const place: Place = { node: inputs, key: name };
    const read = readInput(name, (config ?? {}) as InputConfig, place, session);
    if (read !== null) specs.set(name, read);
  }
  return specs;
}

/** Rather an error than a file that quietly means something else. */
function refuseRest(spec: SpecConfig, { problems }: Session): void {
  for (const key of ['component', 'include'] as const) {
    if (spec[key] === undefined || spec[key] === null) continue;
    problems.add(
      { code: 'not-supported', message: `spec:${key} is not supported yet`, path: 'spec' },
      { node: spec, key },
    );
  }
}

function readInput(name: string, config: InputConfig, place: Place, { problems }: Session): InputSpec | null {
  const path = `spec.inputs.${name}`;
  const refuse = (message: string, where: Place = place, code = 'bad-spec') => {
    problems.add({ code, message: `input "${name}": ${message}`, path }, where);
    return null;
  };
  const at = (key: string): Place => ({ node: config, key, part: 'value' });
  const { type = null, options = null, regex = null } = config;
  const kind = (type ?? 'string') as InputSpec['type'];
  if (!NAME.test(name)) return refuse('a name is made of letters, digits, _ and -');
  if (config.rules !== undefined && config.rules !== null) {
    return refuse('rules are not supported yet', at('rules'), 'not-supported');
  }
  if (options !== null && kind !== 'string' && kind !== 'number') {
    return refuse('options are for inputs of type string or number', at('options'));
  }
  if (options?.some((option) => typeof option === 'object' && (option === null || isMapping(option)))) {
    return refuse('options must be texts or numbers', at('options'));
  }
  if (regex !== null && kind !== 'string') return refuse('regex is for inputs of type string', at('regex'));
  const { description = null } = config;
  return { name, type: kind, default: config.default, options, regex, description, place };
}
