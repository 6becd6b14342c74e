const TRUE = /^(?:true|t|yes|y|on|1)$/i;
const FALSE = /^(?:false|f|no|n|off|0)$/i;

/** As much of a schema as this looks at. */
interface LooseSchema {
  readonly type?: unknown;
  readonly anyOf?: readonly LooseSchema[];
  readonly properties?: Readonly<Record<string, LooseSchema>>;
}

/**
 * What GitLab takes beyond JSON's words, in a query, a form or a JSON body: `True` and `1` (as clients in Python and Ruby write them) are truths where one is
 * asked for, and an empty text is no number and no truth: as if it were not there. Changes `values`; what it does not understand it leaves to the schema.
 */
export function readLooseTexts(schema: LooseSchema, values: unknown): void {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return;
  const named = values as Record<string, unknown>;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const value = named[name];
    if (typeof value !== 'string') continue;
    const types = typesOf(property);
    if (types.includes('string')) continue;
    const isTruth = types.includes('boolean');
    if (value === '' && (isTruth || types.includes('integer') || types.includes('number'))) delete named[name];
    else if (isTruth && TRUE.test(value)) named[name] = true;
    else if (isTruth && FALSE.test(value)) named[name] = false;
  }
}

function typesOf({ type, anyOf = [] }: LooseSchema): readonly unknown[] {
  return [type, ...anyOf.map((each) => each.type)].flat();
}
