/** As a check of a request tells what is wrong with it. */
export interface ValidationProblem {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * In GitLab's words, and after them what would do: `ref is missing`, `scope does not have a valid value (allowed: created, pending)`,
 * `page is invalid (it has to be 1 or more)`.
 */
export function describeValidation(problems: readonly ValidationProblem[]): string {
  const paths = [...new Set(problems.map(({ instancePath }) => instancePath))];
  return paths.map((path) => describeAt(problems.filter(({ instancePath }) => instancePath === path))).join(', ');
}

/** Of a value that may be one of several things each says why it is not that, and then one more that it is none of them. */
function describeAt(problems: readonly ValidationProblem[]): string {
  const named = problems.find(({ keyword }) => keyword === 'required' || keyword === 'additionalProperties');
  const [first] = problems;
  if (first === undefined) return '';
  if (named !== undefined) return describeProperty(named);
  const allowed = problems.flatMap(allowedBy);
  if (allowed.length > 0) return `${nameOfChoice(first)} does not have a valid value (allowed: ${allowed.join(', ')})`;
  const wishes = [...new Set(problems.map(wishOf).filter((wish) => wish !== null))];
  return `${written(partsOf(first.instancePath))} is invalid${wishes.length === 0 ? '' : ` (it has to be ${wishes.join(', or ')})`}`;
}

function describeProperty({ instancePath, keyword, params }: ValidationProblem): string {
  if (keyword === 'required') return `${join(instancePath, params.missingProperty)} is missing`;
  return `${join(instancePath, params.additionalProperty)} is unknown`;
}

function join(instancePath: string, last: unknown): string {
  return written([...partsOf(instancePath), String(last)]);
}

/** One value where a list may be is a list of one: who wrote `scope=x` wrote no `scope[0]`. */
function nameOfChoice({ instancePath }: ValidationProblem): string {
  const parts = partsOf(instancePath);
  return written(/^\d+$/.test(parts.at(-1) ?? '') ? parts.slice(0, -1) : parts);
}

function partsOf(instancePath: string): string[] {
  return instancePath.split('/').filter(Boolean);
}

function written([first = 'body', ...rest]: readonly string[]): string {
  return first + rest.map((part) => `[${part}]`).join('');
}

function allowedBy({ keyword, params }: ValidationProblem): readonly string[] {
  if (keyword === 'enum' && Array.isArray(params.allowedValues)) return params.allowedValues.map(String);
  return keyword === 'const' ? [String(params.allowedValue)] : [];
}

const KINDS: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of names and values',
};

const PATTERNS: Readonly<Record<string, string>> = {
  '^[^\\u0000]*$': 'without the character U+0000',
  '^\\d{4}-\\d{2}-\\d{2}$': 'a day, as 2026-01-31',
};

type Wish = (params: ValidationProblem['params']) => string | null;

const WISHES: Readonly<Record<string, Wish>> = {
  // That null would do as well helps nobody.
  type: ({ type }) =>
    [type]
      .flat()
      .map((each) => KINDS[String(each)])
      .find((words) => words !== undefined) ?? null,
  minimum: ({ limit }) => `${limit} or more`,
  maximum: ({ limit }) => `${limit} at most`,
  minLength: ({ limit }) => (limit === 1 ? '1 character or more' : `${limit} characters or more`),
  maxLength: ({ limit }) => `${limit} characters at most`,
  minItems: ({ limit }) => `a list of ${limit} or more`,
  maxItems: ({ limit }) => `a list of ${limit} at most`,
  pattern: ({ pattern }) => PATTERNS[String(pattern)] ?? `as the expression ${pattern} says`,
};

function wishOf({ keyword, params }: ValidationProblem): string | null {
  return WISHES[keyword]?.(params) ?? null;
}
